"""A classification network to one model.onnx: words in, logits and probabilities of the labels out.

With attention pooling, so is how much each word counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.data.words import Encoded
from seqnlp.export.conversion import converted
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
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
    model = converted(scores, input_axes(served), outputs)
    write_model(
        Graph(model, served),
        "classifier",
        metadata,
        path,
        lambda session: check_parity(session, network, codec, served, check),
    )


def check_parity(
    session: "InferenceSession",
    network: "ClassificationNetwork",
    codec: ClassificationCodec,
    served: ClassificationCodec,
    texts: Sequence[Sequence[str]],
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        session: Runs the file.
        network: The network.
        codec: The codec that the network was trained with.
        served: The codec of the file.
        texts: What both are to classify.

    Raises:
        ParityError: A probability or the weight of a word is further off than `TOLERANCE`, or a label
            differs.
    """
    ours, theirs = codec.encode(texts), served.encode(texts)
    worst = 0.0
    different = rows = 0
    for batch in make_batches(ours):
        full = slice(0, len(batch.rows))
        expected = np.asarray(network.probabilities(network.predict_on_batch(ours.batch(batch))))[full]
        (found,) = session.run(["probabilities"], theirs.batch(batch))
        worst = max(worst, float(np.abs(found[full] - expected).max(initial=0)))
        chosen = [served.choice.chosen(each) for each in (found[full], expected)]
        different += int((chosen[0] != chosen[1]).any(axis=-1).sum())
        rows += len(batch.rows)
    if different or worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: of {rows:,} texts {different:,} get another label than by the "
            f"network, and a probability differs by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )
    if network.attends:
        _check_attention(session, network, ours, theirs)


def _check_attention(
    session: "InferenceSession", network: "ClassificationNetwork", ours: Encoded, theirs: Encoded
) -> None:
    worst = 0.0
    for batch in make_batches(ours):
        inputs = ours.batch(batch)
        expected = np.asarray(network.attention(network.encoder(inputs), inputs["lengths"]))
        (found,) = session.run(["attention"], theirs.batch(batch))
        worst = max(worst, float(np.abs(found - expected).max(initial=0)))
    if worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: the weight of a word differs from the network's by {worst:.1e} "
            f"where {TOLERANCE:.0e} is allowed"
        )
