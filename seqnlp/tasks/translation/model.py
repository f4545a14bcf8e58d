"""A translator in use: text in, its best translations out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import Arrays
from seqnlp.serving.model import Model, check_items
from seqnlp.serving.workers import Workers
from seqnlp.tasks.translation.codec import Pieces, TranslationCodec
from seqnlp.tasks.translation.prediction import Hypothesis, Translation
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING

ROWS = 320
"""Hypotheses that a step goes on with: with fewer its weights are read too often, with more rows wait longer
for the longest of them."""
_POSITIONS = 50_000
"""Rows times pieces of the source: what is attended to stays small."""
IMPOSSIBLE = -1e8
"""Scores below are of what must not be."""

Ids = Sequence[int]


@dataclass(frozen=True, repr=False)
class Translator(Model):
    """Translates text with a model file; made by `seqnlp.load`."""

    task = "translator"
    codec_class = TranslationCodec

    codec: TranslationCodec

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def __call__(self, text: str) -> Translation:
        """Translate a text."""
        return self.predict([text])[0]

    def predict(
        self, contents: Sequence[str | Sequence[str]], options: SearchOptions | None = None
    ) -> list[Translation]:
        """Translate several texts at once, which is faster than one after the other.

        A text of more than `codec.longest` pieces is translated in parts, each by itself. An empty text stays
        empty.

        Args:
            contents: Texts, or texts that are cut into words already, in any mixture.
            options: How to search.

        Returns:
            A translation for each.
        """
        check_items(contents)
        texts = [content if isinstance(content, str) else " ".join(content) for content in contents]
        parts = [self.codec.parts(text) for text in texts]
        found = iter(self._found([part for each in parts for part in each], options or SearchOptions()))
        return [
            Translation(
                text,
                tuple(self.codec.source.pieces(piece for part in each for piece in part)),
                _joined([next(found) for _ in each]),
            )
            for text, each in zip(texts, parts, strict=True)
        ]

    def log_likelihoods(self, sources: Sequence[str], targets: Sequence[str]) -> list[tuple[float, int]]:
        """What given translations are worth.

        Args:
            sources: The texts.
            targets: A translation of each.

        Returns:
            For each the sum of the log probabilities of its pieces, and how many they are, its end counted. A
            translation with characters that training never saw cannot be written: its sum is far below any
            other.
        """
        read, written = self.codec.encode(sources), self.codec.encode_targets(targets)
        options = SearchOptions(beam_size=1, length_penalty=0.0)
        order = np.argsort(written.lengths, kind="stable")
        totals = np.zeros(len(order))

        def score(rows: NDArray[np.int64]) -> None:
            prefix = written.rows(rows)
            given = {**replace(options, maximum=prefix.shape[1]).inputs(), "prefix": prefix}
            (scores,) = self.file.session.run(["scores"], {**_sources(read, rows), **given})
            totals[rows] = scores[:, 0]

        list(self._workers.map(score, np.array_split(order, -(-len(order) // ROWS) or 1)))
        return list(zip(totals.tolist(), written.lengths.tolist(), strict=True))

    def _found(self, parts: Sequence[Ids], options: SearchOptions) -> list[list[Hypothesis]]:
        """The hypotheses of each of some sentences, the best first."""
        read = Pieces.of(parts)
        batches = list(self._batches(read.lengths, options))
        results: list[list[Hypothesis]] = [[] for _ in parts]
        given = options.inputs()

        def translate(rows: NDArray[np.int64]) -> None:
            session = self._workers.session(alone=len(batches) == 1)
            outputs = session.run(["hypotheses", "scores", "attention"], {**_sources(read, rows), **given})
            for number, *found in zip(rows, *outputs, strict=True):
                results[number] = list(self._hypotheses(int(read.lengths[number]), *found))

        list(self._workers.map(translate, batches) if len(batches) > 1 else map(translate, batches))
        return results

    def _batches(self, lengths: NDArray[np.int64], options: SearchOptions) -> Iterator[NDArray[np.int64]]:
        """Sentences of similar length together."""
        order = np.argsort(lengths, kind="stable")
        first = 0
        while first < len(order):
            rows = max(1, ROWS // options.beam_size)
            longest = lengths[order[min(first + rows, len(order)) - 1]]
            rows = min(
                rows, max(1, _POSITIONS // (options.beam_size * int(longest))), self.batch_size or rows
            )
            yield order[first : first + rows]
            first += rows

    def _hypotheses(
        self, length: int, pieces: NDArray[np.int32], scores: NDArray[Any], attention: NDArray[Any]
    ) -> Iterator[Hypothesis]:
        for row, score, weights in zip(pieces.tolist(), scores.tolist(), attention, strict=True):
            if score > IMPOSSIBLE:
                ids = [piece for piece in row[: row.index(END) if END in row else None] if piece != PADDING]
                yield Hypothesis(
                    self.codec.target.decode(ids),
                    score,
                    tuple(self.codec.target.pieces(ids)),
                    weights[: len(ids), :length].copy(),
                )


def _sources(read: Pieces, rows: NDArray[np.int64]) -> Arrays:
    return {"source": read.rows(rows), "lengths": read.lengths[rows].astype(np.int32)}


def _joined(parts: Sequence[Sequence[Hypothesis]]) -> tuple[Hypothesis, ...]:
    """The hypotheses of a text from those of its parts: the best with the best, and so on."""
    if len(parts) == 1:
        return tuple(parts[0])
    return tuple(map(_join, zip(*parts, strict=False))) or (_NOTHING,)


def _join(parts: Sequence[Hypothesis]) -> Hypothesis:
    sizes = [part.attention.shape for part in parts]
    attention = np.zeros((sum(rows for rows, _ in sizes), sum(columns for _, columns in sizes)), np.float32)
    row = column = 0
    for part, (rows, columns) in zip(parts, sizes, strict=True):
        attention[row : row + rows, column : column + columns] = part.attention
        row, column = row + rows, column + columns
    return Hypothesis(
        " ".join(part.text for part in parts),
        sum(part.score for part in parts) / len(parts),
        tuple(piece for part in parts for piece in part.pieces),
        attention,
    )


_NOTHING = Hypothesis("", 0.0, (), np.zeros((0, 0), np.float32))
