"""Graphs of networks that read words: their inputs, and cached character vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.language_words import PLACES
from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.layers.encoder import Encoder

Codec = TypeVar("Codec", bound=WordCodec)

_CHARACTER_INPUTS = {"spellings": ("batch", "time"), "characters": ("distinct", "width")}


def cache_characters(encoder: "Encoder", codec: Codec) -> tuple[Codec, Callable[[dict[str, Tensor]], Tensor]]:
    """Prepare an encoder for export with a table of the character vectors of frequent words.

    Args:
        encoder: The trained encoder.
        codec: The codec of training.

    Returns:
        The codec that serves the graph, and the function from inputs to hidden states, [time, batch, size].
    """
    characters = encoder.character_encoder
    table, encode = None, None
    if characters is not None:
        encode = characters.precompute()
        if codec.frequent:
            table = np.asarray(characters(codec.encode_characters(codec.frequent)))

    def states(inputs: dict[str, Tensor]) -> Tensor:
        return encoder.encode(encoder.embed(inputs, table, encode), inputs["lengths"])

    return replace(codec, caches_characters=table is not None, uses_characters=characters is not None), states


def input_axes(codec: WordCodec) -> Mapping[str, Sequence[str]]:
    """Return the inputs of the graph that a codec serves, each with the names of its axes."""
    characters = _CHARACTER_INPUTS if codec.uses_characters else {}
    return {"words": ("batch", "time"), **characters, "lengths": ("batch",), **_language_axes(codec)}


def _language_axes(codec: WordCodec) -> dict[str, Sequence[str]]:
    if codec.language is None:
        return {}
    places = {PLACES[direction]: ("batch", "time") for direction in codec.language.directions}
    return {"tokens": ("batch", "tokens"), "token_lengths": ("batch",), **places}


def make_batches(encoded: EncodedWords, positions: int = 2048) -> Sequence[Batch]:
    """Divide sentences into batches for a parity check.

    Args:
        encoded: The sentences.
        positions: Maximum number of positions of a batch: rows times padded length.
    """
    lengths = encoded.windows.lengths
    return Buckets.learn(lengths, positions).batches(lengths)
