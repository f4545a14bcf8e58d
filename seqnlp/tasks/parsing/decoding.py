"""Build trees from the outputs of a network or a graph."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from seqnlp.data.batching import Batch, Windows
from seqnlp.serving.signature import DerivedSizes, Value
from seqnlp.tasks.parsing.chart import find_best_trees, span_numbers
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.trees.binary import Chain
from seqnlp.trees.constituents import Constituents
from seqnlp.types import Array, Arrays, Integers

CHART_SIZES: DerivedSizes = {"spans": lambda sizes: sizes["time"] * (sizes["time"] + 1) // 2}
MERGE_SIZES: DerivedSizes = {
    "nodes": lambda sizes: 2 * sizes["time"] - 1,
    "merges": lambda sizes: sizes["time"] - 1,
    "places": lambda sizes: sizes["time"] + 1,
}


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """The parse of one row: a sentence, or a window of a long sentence.

    Attributes:
        tags: The part of speech of each word.
        chains: The labels of the constituents, as in `Constituents`.
        score: The sum of the scores of all constituents, or of all merges.
    """

    tags: tuple[str, ...]
    chains: dict[tuple[int, int], Chain]
    score: float


class Decoder(Protocol):
    """Builds trees from the outputs of one kind of network."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs that it reads."""

    @property
    def derived(self) -> DerivedSizes:
        """The sizes of the axes of these outputs, as in `Signature`."""

    def values(self, codec: ParserCodec) -> Mapping[str, Value]:
        """Return the types and shapes of the outputs that it reads."""

    def __call__(self, codec: ParserCodec, outputs: Arrays, lengths: Integers) -> list[ParsedRow]:
        """Build the tree of each row.

        Args:
            codec: Names labels and parts of speech.
            outputs: The outputs by name; one is `tags` [batch, time], the part of speech of each word.
            lengths: [batch], the number of words of each row.
        """


class ChartDecoder:
    """Finds the best tree by CKY.

    It reads `labels` and `best` [batch, spans]: the best label of each span and its score.
    """

    outputs = ("tags", "labels", "best")
    derived = CHART_SIZES

    def values(self, codec: ParserCodec) -> Mapping[str, Value]:
        """Return the types and shapes of the outputs that it reads."""
        return {
            "tags": Value("int32", ("batch", "time"), ids=len(codec.tags)),
            "labels": Value("int32", ("batch", "spans"), ids=len(codec.labels)),
            "best": Value("float32", ("batch", "spans")),
        }

    def __call__(self, codec: ParserCodec, outputs: Arrays, lengths: Integers) -> list[ParsedRow]:
        """Find the best tree of each row."""
        labels, best = outputs["labels"], outputs["best"]
        time, rows = outputs["tags"].shape[1], np.flatnonzero(lengths)
        wholes = span_numbers(np.zeros(len(rows), np.int64), lengths[rows].astype(np.int64), time)
        values = np.maximum(best, 0)
        values[rows, wholes] = best[rows, wholes]  # the whole row always has a label
        tree = find_best_trees(values, lengths, time)
        spans = span_numbers(tree.starts, tree.ends, time)
        labelled = (values[tree.rows, spans] > 0) | (tree.ends - tree.starts == lengths[tree.rows])
        scores = np.bincount(tree.rows, values[tree.rows, spans], minlength=len(lengths))
        nodes = _Nodes(
            *(each[labelled] for each in (tree.rows, tree.starts, tree.ends, labels[tree.rows, spans]))
        )
        return _name_labels(codec, outputs["tags"], lengths, nodes, scores)


class MergeDecoder:
    """Labels the tree that a sequence of merges builds.

    It reads `starts`, `ends` and `scores` [batch, time - 1] of the nodes in the order of their merges, and
    `labels` [batch, 2 * time - 1] of words and of merged nodes. The number of labels means no label.
    """

    outputs = ("tags", "labels", "starts", "ends", "scores")
    derived = MERGE_SIZES

    def values(self, codec: ParserCodec) -> Mapping[str, Value]:
        """Return the types and shapes of the outputs that it reads."""
        return {
            "tags": Value("int32", ("batch", "time"), ids=len(codec.tags)),
            "labels": Value("int32", ("batch", "nodes"), ids=len(codec.labels) + 1),
            "starts": Value("int32", ("batch", "merges"), ids="places"),
            "ends": Value("int32", ("batch", "merges"), ids="places"),
            "scores": Value("float32", ("batch", "merges")),
        }

    def __call__(self, codec: ParserCodec, outputs: Arrays, lengths: Integers) -> list[ParsedRow]:
        """Label the tree of each row."""
        tags, labels = outputs["tags"], outputs["labels"]
        batch, time = tags.shape
        words = np.tile(np.arange(time), (batch, 1))
        starts = np.concatenate([words, outputs["starts"]], axis=1)
        ends = np.concatenate([words + 1, outputs["ends"]], axis=1)
        merged = np.arange(time - 1) < lengths[:, None] - 1
        present = np.concatenate([words < lengths[:, None], merged], axis=1)
        rows, nodes = np.nonzero(present & (labels < len(codec.labels)))
        scores = np.where(merged, outputs["scores"], 0).sum(axis=1)
        columns = (each[rows, nodes] for each in (starts, ends, labels))
        return _name_labels(codec, tags, lengths, _Nodes(rows, *columns), scores)


DECODERS: tuple[Decoder, ...] = (ChartDecoder(), MergeDecoder())


def find_decoder(outputs: Collection[str]) -> Decoder:
    """Return the decoder that reads these outputs.

    Raises:
        KeyError: There is none.
    """
    for decoder in DECODERS:
        if set(outputs) == set(decoder.outputs):
            return decoder
    raise KeyError(f"the outputs {', '.join(sorted(outputs))} are not those of a parser")


def build_trees(
    codec: ParserCodec,
    windows: Windows,
    batches: Iterable[tuple[Batch, Arrays]],
    sentences: Sequence[Sequence[str]],
) -> list[tuple[Constituents, float]]:
    """Build the tree of each sentence.

    Args:
        codec: Names labels and parts of speech.
        windows: How the sentences are cut into rows.
        batches: Each batch of rows, and its outputs by name; they can have padding rows at the end.
        sentences: The words of each sentence, at least one.

    Returns:
        The constituents of each sentence, and their score.
    """
    rows: dict[int, ParsedRow] = {}
    for batch, arrays in batches:
        outputs = {name: array[: len(batch.rows)] for name, array in arrays.items()}
        parsed = find_decoder(outputs)(codec, outputs, windows.lengths[batch.rows])
        rows.update(zip(batch.rows.tolist(), parsed, strict=True))
    by_sentence: list[list[ParsedRow]] = [[] for _ in sentences]
    for row, owner in enumerate(windows.owners.tolist()):
        by_sentence[owner].append(rows[row])
    return [join_rows(words, parsed) for words, parsed in zip(sentences, by_sentence, strict=True)]


def join_rows(words: Sequence[str], rows: Sequence[ParsedRow]) -> tuple[Constituents, float]:
    """Join the rows of a sentence, which were parsed separately.

    Several rows become the children of one constituent, with the top label of the first row.
    """
    if len(rows) == 1:
        (row,) = rows
        return Constituents(tuple(words), row.tags, row.chains), row.score
    chains: dict[tuple[int, int], Chain] = {}
    tags: list[str] = []
    first = 0
    for row in rows:
        chains |= {(first + start, first + end): chain for (start, end), chain in row.chains.items()}
        tags += row.tags
        first += len(row.tags)
    top = rows[0].chains[0, len(rows[0].tags)][:1]
    score = sum(row.score for row in rows)
    return Constituents(tuple(words), tuple(tags), {(0, first): top, **chains}), score


class _Nodes(NamedTuple):
    """Labelled nodes of several rows: row, start, end and label id of each."""

    rows: Integers
    starts: Integers
    ends: Integers
    labels: Integers


def _name_labels(
    codec: ParserCodec, tags: Integers, lengths: Integers, nodes: _Nodes, scores: Array
) -> list[ParsedRow]:
    """Replace the ids of parts of speech and labels by their names."""
    chains: list[dict[tuple[int, int], Chain]] = [{} for _ in lengths]
    names = codec.chains
    for row, start, end, label in zip(*(column.tolist() for column in nodes), strict=True):
        chains[row][start, end] = names[label]
    entries = codec.tags.entries
    named = [
        tuple([entries[tag] for tag in row[:length]])
        for row, length in zip(tags.tolist(), lengths.tolist(), strict=True)
    ]
    return [ParsedRow(*parsed) for parsed in zip(named, chains, scores.tolist(), strict=True)]
