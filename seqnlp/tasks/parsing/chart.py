"""The best tree of each sentence of a batch from the scores of its spans: the CKY algorithm.

The score of a tree is the sum of those of its spans (Stern et al. 2017, eq. 1), and the best tree of a span
is made of the best trees of two parts of it:  best(i, j) = value(i, j) + max_k best(i, k) + best(k, j).
For each length of span the best splits of all spans of that length, in all sentences, are found at once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BestTrees:
    """The spans of the best binary tree of each sentence, those over one word included.

    A tree of n words has 2 n - 1 spans.

    Attributes:
        rows: [spans], which sentence of the batch each is of.
        starts: [spans], its first word.
        ends: [spans], the word behind its last.
    """

    rows: Integers
    starts: Integers
    ends: Integers


def numbers_of(starts: Integers, ends: Integers, time: int) -> Integers:
    """The numbers of spans among all spans of `time` words, in the order of their starts, then their ends."""
    before: Integers = starts * time - starts * (starts - 1) // 2
    return before + (ends - starts - 1)


def inside_lengths(lengths: NDArray[np.integer[Any]], time: int) -> NDArray[np.bool_]:
    """Which spans are within their sentence, [batch, spans].

    Args:
        lengths: [batch], how many words each sentence has.
        time: To how many words they are padded.
    """
    _, ends = np.triu_indices(time + 1, 1)
    return ends <= lengths[:, None]


def best_trees(values: Floats, lengths: NDArray[np.integer[Any]], time: int) -> BestTrees:
    """Find the trees of the highest value (Cocke, Kasami, Younger).

    Time grows with the cube of the length, memory with its square.

    Args:
        values: [batch, spans], what each span adds to a tree, numbered as `numbers_of` does.
        lengths: [batch], how many words each sentence has.
        time: To how many words they are padded.
    """
    splits = _splits(_square(values, time))
    rows = np.flatnonzero(lengths > 0)
    starts, ends = np.zeros(len(rows), np.int64), lengths[rows].astype(np.int64)
    found = [(rows[:0], starts[:0], ends[:0])]
    while len(rows):
        found.append((rows, starts, ends))
        several = ends - starts > 1
        rows, starts, ends = rows[several], starts[several], ends[several]
        middles = splits[rows, starts, ends]
        rows = np.concatenate([rows, rows])
        starts, ends = np.concatenate([starts, middles]), np.concatenate([middles, ends])
    return BestTrees(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _square(values: Floats, time: int) -> Floats:
    """The values by row, start and end, [batch, time + 1, time + 1]."""
    square = np.zeros((len(values), time + 1, time + 1), values.dtype)
    starts, ends = np.triu_indices(time + 1, 1)
    square[:, starts, ends] = values
    return square


def _splits(square: Floats) -> NDArray[np.int32]:
    """Where the best tree of each span is split, by row, start and end."""
    bounds = square.shape[1]
    splits = np.zeros(square.shape, np.int32)
    # The best value of each span by its start and its length, and by its end and its length.
    rightward, leftward = np.zeros_like(square), np.zeros_like(square)
    for length in range(1, bounds):
        starts = np.arange(bounds - length)
        best = square[:, starts, starts + length]
        if length > 1:
            ways = rightward[:, :-length, 1:length] + leftward[:, length:, length - 1 : 0 : -1]
            first = ways.argmax(axis=2)
            best = best + np.take_along_axis(ways, first[:, :, None], axis=2)[:, :, 0]
            splits[:, starts, starts + length] = starts + 1 + first
        rightward[:, :-length, length] = best
        leftward[:, length:, length] = best
    return splits
