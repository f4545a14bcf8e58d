"""The best tree of each sentence from the scores of its spans: the CKY algorithm.

The score of a tree is the sum of the scores of its spans (Stern et al. 2017, eq. 1). The best tree of a span
consists of the best trees of two parts:  best(i, j) = value(i, j) + max_k best(i, k) + best(k, j).
All spans of one length, in all sentences of a batch, are computed at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.types import Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class BestTrees:
    """The spans of the best binary tree of each sentence, including single words.

    A tree of n words has 2 n - 1 spans.

    Attributes:
        rows: int64 [spans], the sentence of each span.
        starts: int64 [spans], its first word.
        ends: int64 [spans], its end (exclusive).
    """

    rows: Integers
    starts: Integers
    ends: Integers


def span_numbers(starts: Integers, ends: Integers, time: int) -> Integers:
    """Return the numbers of spans among all spans of `time` words, ordered by start and then by end.

    Example:
        >>> span_numbers(np.array([0, 1]), np.array([3, 2]), time=3)
        array([2, 3])
    """
    before: Integers = starts * time - starts * (starts - 1) // 2
    return before + (ends - starts - 1)


def span_mask(lengths: Integers, time: int) -> Flags:
    """Return a mask of the spans that lie within their sentence, [batch, spans].

    Args:
        lengths: [batch], the number of words of each sentence.
        time: The padded length.
    """
    _, ends = np.triu_indices(time + 1, 1)
    return np.asarray(ends <= lengths[:, None])


def find_best_trees(values: Floats, lengths: Integers, time: int) -> BestTrees:
    """Find the trees with the highest value (Cocke, Kasami, Younger).

    Time grows with the cube of the length, memory with its square.

    Args:
        values: [batch, spans], the value of each span, in the order of `span_numbers`.
        lengths: [batch], the number of words of each sentence.
        time: The padded length.
    """
    splits = _best_splits(_to_square(values, time))
    rows = np.flatnonzero(lengths > 0)
    starts, ends = np.zeros(len(rows), np.int64), lengths[rows].astype(np.int64)
    levels = [(rows[:0], starts[:0], ends[:0])]
    while len(rows):
        levels.append((rows, starts, ends))
        several = ends - starts > 1
        rows, starts, ends = rows[several], starts[several], ends[several]
        middles = splits[rows, starts, ends]
        rows = np.concatenate([rows, rows])
        starts, ends = np.concatenate([starts, middles]), np.concatenate([middles, ends])
    return BestTrees(*(np.concatenate(columns) for columns in zip(*levels, strict=True)))


def _to_square(values: Floats, time: int) -> Floats:
    """Return the values by row, start and end, [batch, time + 1, time + 1]."""
    square = np.zeros((len(values), time + 1, time + 1), values.dtype)
    starts, ends = np.triu_indices(time + 1, 1)
    square[:, starts, ends] = values
    return square


def _best_splits(square: Floats) -> NDArray[np.int32]:
    """Return the position at which the best tree of each span is split, by row, start and end."""
    bounds = square.shape[1]
    splits = np.zeros(square.shape, np.int32)
    # The best value of each span by its start and its length, and by its end and its length.
    rightward, leftward = np.zeros_like(square), np.zeros_like(square)
    for length in range(1, bounds):
        starts = np.arange(bounds - length)
        best = square[:, starts, starts + length]
        if length > 1:
            sums = rightward[:, :-length, 1:length] + leftward[:, length:, length - 1 : 0 : -1]
            first = sums.argmax(axis=2)
            best = best + np.take_along_axis(sums, first[:, :, None], axis=2)[:, :, 0]
            splits[:, starts, starts + length] = starts + 1 + first
        rightward[:, :-length, length] = best
        leftward[:, length:, length] = best
    return splits
