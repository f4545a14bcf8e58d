"""A tagging network to one model.onnx: words in, tags and their probabilities out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.batching import Buckets
from seqnlp.errors import SeqnlpError
from seqnlp.export.conversion import compose_after, converted
from seqnlp.export.decoders import crf_decoder, softmax_decoder
from seqnlp.files import written_whole
from seqnlp.tagging.codec import TaggingCodec
from seqnlp.tagging.decoding import decode

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tagging.network import TaggingNetwork

TOLERANCE = 1e-4
"""How far a logit of the exported model may be from the network's."""


INPUTS = {
    "words": ("batch", "time"),
    "spellings": ("batch", "time"),
    "characters": ("distinct", "width"),
    "lengths": ("batch",),
}
"""The inputs of a tagger's graph, and the names of their dimensions."""


class ParityError(SeqnlpError):
    """The exported model does not compute what the network computes; nothing was written."""


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
    folds = network.character_encoder is not None and len(codec.frequent) > 0
    served = replace(codec, folded=folds)
    model = _with_decoder(_emissions(network, codec, folds), network)
    spec = {**metadata["spec"], "codec": served.to_spec()}
    for key, value in {"format": 1, "task": "tagger", **metadata, "spec": spec}.items():
        model.metadata_props.add(key=f"seqnlp.{key}", value=json.dumps(value) if key != "task" else value)
    with written_whole(path) as temporary:
        temporary.write_bytes(model.SerializeToString())
        check_parity(temporary, network, codec, served, check)


def _emissions(network: "TaggingNetwork", codec: TaggingCodec, folds: bool) -> "ModelProto":
    encoder = network.character_encoder
    table = np.asarray(encoder(codec.spell(codec.frequent))) if folds and encoder is not None else None
    reader = encoder and encoder.for_prediction()

    def emissions(inputs: Any) -> Any:
        vectors = network.represent(inputs, table, reader)
        return {"emissions": network.emissions(vectors, inputs["lengths"])}

    return converted(emissions, INPUTS, {"emissions": ("batch", "time", "labels")})


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
    path: Path,
    network: "TaggingNetwork",
    codec: TaggingCodec,
    served: TaggingCodec,
    sentences: Sequence[Sequence[str]],
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        path: The file.
        network: The network.
        codec: The codec that the network was trained with.
        served: The codec of the file.
        sentences: What both are to tag.

    Raises:
        ParityError: A logit is further off than `TOLERANCE`, or a tag differs.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    ours, theirs = codec.encode(sentences), served.encode(sentences)
    lengths = ours.windows.lengths
    worst = 0.0
    different = words = 0
    for batch in Buckets.learn(lengths, positions=2048).batches(lengths):
        inputs = ours.batch(batch)
        emissions = np.asarray(network.predict_on_batch(inputs))
        expected = decode(emissions, inputs["lengths"], network)
        tags, logits = session.run(["tags", "emissions"], theirs.batch(batch))
        present = np.arange(batch.length) < inputs["lengths"][:, None]
        worst = max(worst, float(np.abs(logits - emissions)[present].max(initial=0)))
        different += int((tags != expected)[present].sum())
        words += int(present.sum())
    if different or worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: of {words:,} words {different:,} are tagged differently than by the "
            f"network, and a logit differs by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )
