"""A tagging network to one model.onnx: words in, tags and their probabilities out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.export.conversion import compose_after, convert
from seqnlp.export.decoders import crf_decoder, softmax_decoder
from seqnlp.export.graph import Graph
from seqnlp.export.parity import Difference, check_parity, difference
from seqnlp.export.words import cache_characters, input_axes, make_batches, word_mask
from seqnlp.export.writer import write_model
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.decoding import decode

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession

    from seqnlp.tasks.tagging.network import TaggingNetwork

TOLERANCE = 1e-4
"""How far a logit of the exported model may be from the network's."""


def export_tagger(
    network: "TaggingNetwork",
    codec: TaggingCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Sequence[Sequence[str]],
) -> None:
    """Write a network with its codec and its decoder as one file.

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
    served, states = cache_characters(network.encoder, codec)

    def emissions(inputs: Any) -> Any:
        return {"emissions": network.emissions(states(inputs))}

    model = convert(emissions, input_axes(served), {"emissions": ("batch", "time", "labels")})
    write_model(
        Graph(_with_decoder(model, network), served),
        "tagger",
        metadata,
        path,
        lambda session: check_parity(_compare(session, network, codec, served, check), TOLERANCE, "a logit"),
    )


def _with_decoder(model: "ModelProto", network: "TaggingNetwork") -> "ModelProto":
    """Put the decoder behind the network; its `emissions` and `lengths` are the network's own."""
    if network.crf is None:
        decoder = softmax_decoder()
    else:
        decoder = crf_decoder(*(np.asarray(scores) for scores in network.crf.scores()))
    joined = compose_after(model, decoder, shared=("emissions", "lengths"))
    order = ("tags", "scores", "emissions")
    outputs = sorted(joined.graph.output, key=lambda output: order.index(output.name))
    del joined.graph.output[:]
    joined.graph.output.extend(outputs)
    return joined


def _compare(
    session: "InferenceSession",
    network: "TaggingNetwork",
    codec: TaggingCodec,
    served: TaggingCodec,
    sentences: Sequence[Sequence[str]],
) -> Iterator[Difference]:
    """Compare a model file with its network, batch by batch."""
    ours, theirs = codec.encode(sentences), served.encode(sentences)
    names = ["tags", "emissions"]
    for batch in make_batches(ours):
        inputs = ours.batch(batch)
        emissions = np.asarray(network.predict_on_batch(inputs))
        expected = {"tags": decode(emissions, inputs["lengths"], network), "emissions": emissions}
        found = dict(zip(names, session.run(names, theirs.batch(batch)), strict=True))
        yield difference(found, expected, word_mask(inputs), exact=["tags"], close=["emissions"])
