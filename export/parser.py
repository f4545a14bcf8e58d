"""A parsing network to one model.onnx: words in; parts of speech and the best label of every span out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.export.conversion import converted
from seqnlp.export.model_file import ParityError, batches_of, inputs_of, inside, serving, write_model
from seqnlp.parsing.chart import inside_lengths
from seqnlp.parsing.codec import ParserCodec

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.parsing.network import ParsingNetwork

TOLERANCE = 1e-4
"""How far the score of a span in the exported model may be from the network's."""

_POSITIONS = 512


def export_parser(
    network: "ParsingNetwork",
    codec: ParserCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Sequence[Sequence[str]],
) -> None:
    """Write a network with its codec as one file; what makes trees of its scores is `seqnlp.parsing.chart`.

    The character vectors of frequent words are computed here, once, and stored as a table.

    Args:
        network: The trained network.
        codec: Its codec.
        path: The file to write.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        check: Sentences on which the file must agree with the network before it is written.

    Raises:
        ParityError: It does not; the message says how far it is off.
    """
    served, states = serving(network.encoder, codec)

    def scores(inputs: Any) -> Any:
        return network.scores(network.read(states(inputs)))

    model = converted(
        scores,
        inputs_of(served),
        {"tags": ("batch", "time"), "labels": ("batch", "spans"), "best": ("batch", "spans")},
    )
    write_model(
        model,
        "parser",
        served,
        metadata,
        path,
        lambda session: check_parity(session, network, codec, served, check),
    )


def check_parity(
    session: "InferenceSession",
    network: "ParsingNetwork",
    codec: ParserCodec,
    served: ParserCodec,
    sentences: Sequence[Sequence[str]],
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        session: Runs the file.
        network: The network.
        codec: The codec that the network was trained with.
        served: The codec of the file.
        sentences: What both are to parse.

    Raises:
        ParityError: A score is further off than `TOLERANCE`; or a part of speech differs, or the label of a
            span, that was no tie.
    """
    ours, theirs = codec.encode(sentences), served.encode(sentences)
    worst = 0.0
    different = 0
    for batch in batches_of(ours, _POSITIONS):
        inputs = ours.batch(batch)
        expected = {name: np.asarray(each) for name, each in network.predict_on_batch(inputs).items()}
        tags, labels, best = session.run(["tags", "labels", "best"], theirs.batch(batch))
        spans = inside_lengths(inputs["lengths"], batch.length)
        worst = max(worst, float(np.abs(best - expected["best"])[spans].max(initial=0)))
        different += int((labels != expected["labels"])[spans].sum())
        different += int((tags != expected["tags"])[inside(inputs)].sum())
    if different or worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: {different:,} words and spans are labelled differently than by the "
            f"network, and a score differs by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )
