"""A classification network to one model.onnx: words in, logits and probabilities of the labels out.

With attention pooling, so is how much each word counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.data.words import EncodedWords
from seqnlp.export.conversion import convert
from seqnlp.export.graph import Graph
from seqnlp.export.parity import Difference, check_parity, difference
from seqnlp.export.words import cache_characters, input_axes, make_batches
from seqnlp.export.writer import write_model
from seqnlp.tasks.classification.codec import ClassificationCodec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.tasks.classification.network import ClassificationNetwork

TOLERANCE = 1e-5
"""How far a probability of the exported model, or the weight of a word, may be from the network's."""


def export_classifier(
    network: "ClassificationNetwork",
    codec: ClassificationCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Sequence[Sequence[str]],
) -> None:
    """Write a network with its codec as one file.

    Args:
        network: The trained network.
        codec: Its codec.
        path: The file to write.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        check: Texts, cut into words, on which the file must agree with the network before it is written.

    Raises:
        ParityError: It does not; the message says how far it is off.
    """
    served, states = cache_characters(network.encoder, codec)
    if codec.threshold is not None:
        served = replace(served, threshold=float(network.threshold))

    def scores(inputs: Any) -> Any:
        hidden, lengths = states(inputs), inputs["lengths"]
        logits = network.logits(hidden, lengths)
        outputs = {"logits": logits, "probabilities": network.probabilities(logits)}
        return {**outputs, "attention": network.attention(hidden, lengths)} if network.attends else outputs

    axes = ("batch", "labels")
    outputs = {"logits": axes, "probabilities": axes}
    if network.attends:
        outputs["attention"] = ("batch", "time")
    model = convert(scores, input_axes(served), outputs)
    write_model(
        Graph(model, served),
        "classifier",
        metadata,
        path,
        lambda session: _check(session, network, codec, served, check),
    )


def _check(
    session: "InferenceSession",
    network: "ClassificationNetwork",
    codec: ClassificationCodec,
    served: ClassificationCodec,
    texts: Sequence[Sequence[str]],
) -> None:
    """Check that a model file computes the labels, the probabilities and the attention of its network."""
    ours, theirs = codec.encode(texts), served.encode(texts)
    check_parity(_compare_labels(session, network, served, ours, theirs), TOLERANCE, "a probability")
    if network.attends:
        check_parity(_compare_attention(session, network, ours, theirs), TOLERANCE, "the weight of a word")


def _compare_labels(
    session: "InferenceSession",
    network: "ClassificationNetwork",
    served: ClassificationCodec,
    ours: EncodedWords,
    theirs: EncodedWords,
) -> Iterator[Difference]:
    for batch in make_batches(ours):
        full = slice(0, len(batch.rows))
        computed = np.asarray(network.probabilities(network.predict_on_batch(ours.batch(batch))))
        (given,) = session.run(["probabilities"], theirs.batch(batch))
        found, expected = (
            {"labels": served.choice.chosen(each[full]), "probabilities": each[full]}
            for each in (given, computed)
        )
        yield difference(found, expected, None, exact=["labels"], close=["probabilities"])


def _compare_attention(
    session: "InferenceSession", network: "ClassificationNetwork", ours: EncodedWords, theirs: EncodedWords
) -> Iterator[Difference]:
    for batch in make_batches(ours):
        inputs = ours.batch(batch)
        expected = np.asarray(network.attention(network.encoder(inputs), inputs["lengths"]))
        (found,) = session.run(["attention"], theirs.batch(batch))
        yield difference({"attention": found}, {"attention": expected}, None, exact=[], close=["attention"])
