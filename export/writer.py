"""A graph to a model.onnx, with what prediction needs beside it; held to its network before it is there."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.words import Arrays, Encoded, WordCodec
from seqnlp.errors import SeqnlpError
from seqnlp.files import written_whole
from seqnlp.serving.model_file import FORMAT

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession

    from seqnlp.layers.encoder import Encoder
    from seqnlp.tasks.translation.codec import TranslationCodec

Tensor = Any
Codec = TypeVar("Codec", bound=WordCodec)

_SPELLING = {"spellings": ("batch", "time"), "characters": ("distinct", "width")}


class ParityError(SeqnlpError):
    """The exported model does not compute what the network computes; nothing was written."""


def serving(encoder: "Encoder", codec: Codec) -> tuple[Codec, Callable[[dict[str, Tensor]], Tensor]]:
    """What an encoder is when it is served: the character vectors of frequent words as a table.

    Returns:
        The codec that goes with it, and the function from inputs to hidden states, [time, batch, size].
    """
    characters = encoder.character_encoder
    table, reader = None, None
    if characters is not None:
        reader = characters.for_prediction()
        if codec.frequent:
            table = np.asarray(characters(codec.spell(codec.frequent)))

    def states(inputs: dict[str, Tensor]) -> Tensor:
        return encoder.states(encoder.represent(inputs, table, reader), inputs["lengths"])

    return replace(codec, folded=table is not None, spelled=characters is not None), states


def inputs_of(codec: WordCodec) -> Mapping[str, Sequence[str]]:
    """The inputs of a graph that is served with a codec, and the names of their dimensions."""
    return {"words": ("batch", "time"), **(_SPELLING if codec.spelled else {}), "lengths": ("batch",)}


def write_model(
    model: "ModelProto",
    task: str,
    codec: "WordCodec | TranslationCodec",
    metadata: Mapping[str, Any],
    path: Path,
    check: Callable[["InferenceSession"], None],
) -> None:
    """Write a model file, if it passes a check.

    Args:
        model: The graph.
        task: The task that it is for.
        codec: The codec that it is served with.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        path: The file to write.
        check: Told of a session of the file before the file takes its name; raises `ParityError`.
    """
    import onnxruntime

    spec = {**metadata["spec"], "codec": codec.to_spec()}
    for key, value in {**metadata, "format": FORMAT, "task": task, "spec": spec}.items():
        model.metadata_props.add(key=f"seqnlp.{key}", value=json.dumps(value) if key != "task" else value)
    with written_whole(path) as temporary:
        temporary.write_bytes(model.SerializeToString())
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # not that inputs with a default value are no constants
        check(onnxruntime.InferenceSession(str(temporary), options, providers=["CPUExecutionProvider"]))


def batches_of(encoded: Encoded, positions: int = 2048) -> Sequence[Batch]:
    """Batches for checking a file, of so many positions at most."""
    lengths = encoded.windows.lengths
    return Buckets.learn(lengths, positions).batches(lengths)


def inside(inputs: Arrays) -> Any:
    """Where a batch has words, bool [batch, time]."""
    return np.arange(inputs["words"].shape[1]) < inputs["lengths"][:, None]
