"""What the graphs of all tasks that read words have in common: their inputs, and cached character vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.words import Encoded, WordCodec
from seqnlp.types import Arrays, Flags, Tensor

if TYPE_CHECKING:
    from seqnlp.layers.encoder import Encoder

Codec = TypeVar("Codec", bound=WordCodec)

_CHARACTER_INPUTS = {"spellings": ("batch", "time"), "characters": ("distinct", "width")}


def cache_characters(encoder: "Encoder", codec: Codec) -> tuple[Codec, Callable[[dict[str, Tensor]], Tensor]]:
    """Prepare an encoder for export: compute the character vectors of frequent words once, as a table.

    Args:
        encoder: The trained encoder.
        codec: The codec of training.

    Returns:
        The codec that the graph is served with, and the function from inputs to hidden states, [time, batch,
        size].
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


def input_axes(codec: WordCodec) -> Mapping[str, Sequence[str]]:
    """Return the inputs of a graph that is served with a codec, each with the names of its axes."""
    characters = _CHARACTER_INPUTS if codec.spelled else {}
    return {"words": ("batch", "time"), **characters, "lengths": ("batch",)}


def make_batches(encoded: Encoded, positions: int = 2048) -> Sequence[Batch]:
    """Cut sentences into batches for a parity check.

    Args:
        encoded: The sentences.
        positions: Maximum number of positions of a batch: rows times padded length.
    """
    lengths = encoded.windows.lengths
    return Buckets.learn(lengths, positions).batches(lengths)


def word_mask(inputs: Arrays) -> Flags:
    """Return a mask of the positions of a batch that hold a word, [batch, time]."""
    return np.arange(inputs["words"].shape[1]) < inputs["lengths"][:, None]
