"""From what a network says of spans and words to sentences with their constituents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Windows
from seqnlp.tasks.parsing.chart import best_trees, numbers_of
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.trees.binary import Chain
from seqnlp.trees.constituents import Constituents

Integers: TypeAlias = NDArray[np.integer[Any]]
Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of some words in a row.

    Attributes:
        tags: The part of speech of each.
        chains: The labels of the constituents, as `Constituents` has them.
        score: The sum of the scores of all constituents, or of all merges.
    """

    tags: tuple[str, ...]
    chains: dict[tuple[int, int], Chain]
    score: float


class Decoder(Protocol):
    """Makes trees of what one kind of network says."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the arrays that it wants of a network, or of a graph."""

    def __call__(self, codec: ParserCodec, found: Mapping[str, Array], lengths: Integers) -> list[Found]:
        """Find the tree of each sentence.

        Args:
            codec: Names labels and parts of speech.
            found: The outputs; `tags` [batch, time], the part of speech of each word, is one of them.
            lengths: [batch].
        """


class ChartDecoder:
    """The best tree by CKY.

    It wants `labels` and `best` [batch, spans]: the best label of each span, and its score.
    """

    outputs = ("tags", "labels", "best")

    def __call__(self, codec: ParserCodec, found: Mapping[str, Array], lengths: Integers) -> list[Found]:
        """Find the best tree of each sentence."""
        labels, best = found["labels"], found["best"]
        time, some = found["tags"].shape[1], np.flatnonzero(lengths)
        wholes = numbers_of(np.zeros(len(some), np.int64), lengths[some].astype(np.int64), time)
        values = np.maximum(best, 0)
        values[some, wholes] = best[some, wholes]  # the whole of a sentence has a label in any case
        tree = best_trees(values, lengths, time)
        spans = numbers_of(tree.starts, tree.ends, time)
        labelled = (values[tree.rows, spans] > 0) | (tree.ends - tree.starts == lengths[tree.rows])
        scores = np.bincount(tree.rows, values[tree.rows, spans], minlength=len(lengths))
        nodes = _Nodes(
            *(each[labelled] for each in (tree.rows, tree.starts, tree.ends, labels[tree.rows, spans]))
        )
        return _named(codec, found["tags"], lengths, nodes, scores)


class MergeDecoder:
    """The tree that merges made.

    It wants `starts`, `ends` and `scores` [batch, time - 1], of the nodes in the order in which they were
    merged, and `labels` [batch, 2 * time - 1], those of words and of merged nodes; that of none is the number
    of labels.
    """

    outputs = ("tags", "labels", "starts", "ends", "scores")

    def __call__(self, codec: ParserCodec, found: Mapping[str, Array], lengths: Integers) -> list[Found]:
        """Name the tree of each sentence."""
        tags, labels = found["tags"], found["labels"]
        batch, time = tags.shape
        words = np.tile(np.arange(time), (batch, 1))
        starts = np.concatenate([words, found["starts"]], axis=1)
        ends = np.concatenate([words + 1, found["ends"]], axis=1)
        merged = np.arange(time - 1) < lengths[:, None] - 1
        there = np.concatenate([words < lengths[:, None], merged], axis=1)
        rows, nodes = np.nonzero(there & (labels < len(codec.labels)))
        scores = np.where(merged, found["scores"], 0).sum(axis=1)
        columns = (each[rows, nodes] for each in (starts, ends, labels))
        return _named(codec, tags, lengths, _Nodes(rows, *columns), scores)


DECODERS: Mapping[str, Decoder] = {"cky": ChartDecoder(), "greedy": MergeDecoder()}
"""The one registry: what makes trees, by how they are found."""


class _Nodes(NamedTuple):
    """Labelled nodes of several sentences: row, start, end and label of each."""

    rows: Integers
    starts: Integers
    ends: Integers
    labels: Integers


def _named(
    codec: ParserCodec, tags: Integers, lengths: Integers, nodes: _Nodes, scores: Array
) -> list[Found]:
    """Sentences with parts of speech and constituents by their names."""
    chains: list[dict[tuple[int, int], Chain]] = [{} for _ in lengths]
    names = codec.chains
    for row, start, end, label in zip(*(column.tolist() for column in nodes), strict=True):
        chains[row][start, end] = names[label]
    entries = codec.tags.entries
    named = [
        tuple([entries[tag] for tag in row[:length]])
        for row, length in zip(tags.tolist(), lengths.tolist(), strict=True)
    ]
    return [Found(*found) for found in zip(named, chains, scores.tolist(), strict=True)]


def by_sentence(windows: Windows, rows: Mapping[int, Found], count: int) -> list[list[Found]]:
    """What was found of each sentence, piece by piece.

    Args:
        windows: How the sentences are cut into rows.
        rows: What was found of each row.
        count: How many sentences there are.
    """
    pieces: list[list[Found]] = [[] for _ in range(count)]
    for row, owner in enumerate(windows.owners.tolist()):
        pieces[owner].append(rows[row])
    return pieces


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
