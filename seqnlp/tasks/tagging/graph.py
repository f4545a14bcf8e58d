"""A tagging network to one model.onnx: words in, tags and their probabilities out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.export.conversion import compose_after, converted
from seqnlp.export.decoders import crf_decoder, softmax_decoder
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
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

    model = converted(emissions, input_axes(served), {"emissions": ("batch", "time", "labels")})
    write_model(
        Graph(_with_decoder(model, network), served),
        "tagger",
        metadata,
        path,
        lambda session: check_parity(session, network, codec, served, check),
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


def check_parity(
    session: "InferenceSession",
    network: "TaggingNetwork",
    codec: TaggingCodec,
    served: TaggingCodec,
    sentences: Sequence[Sequence[str]],
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        session: Runs the file.
        network: The network.
        codec: The codec that the network was trained with.
        served: The codec of the file.
        sentences: What both are to tag.

    Raises:
        ParityError: A logit is further off than `TOLERANCE`, or a tag differs.
    """
    ours, theirs = codec.encode(sentences), served.encode(sentences)
    worst = 0.0
    different = words = 0
    for batch in make_batches(ours):
        inputs = ours.batch(batch)
        emissions = np.asarray(network.predict_on_batch(inputs))
        expected = decode(emissions, inputs["lengths"], network)
        tags, logits = session.run(["tags", "emissions"], theirs.batch(batch))
        present = word_mask(inputs)
        worst = max(worst, float(np.abs(logits - emissions)[present].max(initial=0)))
        different += int((tags != expected)[present].sum())
        words += int(present.sum())
    if different or worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: of {words:,} words {different:,} are tagged differently than by the "
            f"network, and a logit differs by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )
