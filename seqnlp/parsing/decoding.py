"""From what a network says of spans and words to sentences with their constituents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.parsing.chart import best_trees, numbers_of
from seqnlp.parsing.codec import ParserCodec
from seqnlp.parsing.constituents import Constituents
from seqnlp.trees.binary import Chain

Integers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of some words in a row.

    Attributes:
        tags: The part of speech of each.
        chains: The labels of the constituents, as `Constituents` has them.
        score: The sum of the scores of all constituents.
    """

    tags: tuple[str, ...]
    chains: dict[tuple[int, int], Chain]
    score: float


def decoded(
    codec: ParserCodec, tags: Integers, labels: Integers, best: NDArray[np.floating[Any]], lengths: Integers
) -> list[Found]:
    """Find the best tree of each sentence.

    Args:
        codec: Names labels and parts of speech.
        tags: [batch, time], the part of speech of each word.
        labels: [batch, spans], the best label of each span.
        best: [batch, spans], its score.
        lengths: [batch].
    """
    time, some = tags.shape[1], np.flatnonzero(lengths)
    wholes = numbers_of(np.zeros(len(some), np.int64), lengths[some].astype(np.int64), time)
    values = np.maximum(best, 0)
    values[some, wholes] = best[some, wholes]  # the whole of a sentence has a label in any case
    tree = best_trees(values, lengths, time)
    spans = numbers_of(tree.starts, tree.ends, time)
    labelled = (values[tree.rows, spans] > 0) | (tree.ends - tree.starts == lengths[tree.rows])
    scores = np.bincount(tree.rows, values[tree.rows, spans], minlength=len(lengths)).tolist()
    chains: list[dict[tuple[int, int], Chain]] = [{} for _ in lengths]
    names = codec.chains
    for row, start, end, label in zip(
        *(column[labelled].tolist() for column in (tree.rows, tree.starts, tree.ends)),
        labels[tree.rows, spans][labelled].tolist(),
        strict=True,
    ):
        chains[row][start, end] = names[label]
    entries = codec.tags.entries
    named = [
        tuple([entries[tag] for tag in row[:length]])
        for row, length in zip(tags.tolist(), lengths.tolist(), strict=True)
    ]
    return [Found(*found) for found in zip(named, chains, scores, strict=True)]


def put_together(words: Sequence[str], pieces: Sequence[Found]) -> tuple[Constituents, float]:
    """A sentence and its score, of pieces that were parsed by themselves.

    Several come, as they are, under one constituent that is called what the first is called.
    """
    if len(pieces) == 1:
        (piece,) = pieces
        return Constituents(tuple(words), piece.tags, piece.chains), piece.score
    chains: dict[tuple[int, int], Chain] = {}
    tags: list[str] = []
    first = 0
    for piece in pieces:
        chains |= {(first + start, first + end): chain for (start, end), chain in piece.chains.items()}
        tags += piece.tags
        first += len(piece.tags)
    top = pieces[0].chains[0, len(pieces[0].tags)][:1]
    return Constituents(tuple(words), tuple(tags), {(0, first): top, **chains}), sum(p.score for p in pieces)
