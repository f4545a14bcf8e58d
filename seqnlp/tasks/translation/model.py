"""Translators in use: texts in, translations out."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.serving.contents import Text, list_texts
from seqnlp.serving.search_model import SearchModel
from seqnlp.serving.signature import Signature, Value
from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.tasks.translation.encoded import EncodedTexts
from seqnlp.tasks.translation.prediction import Hypothesis, Translation
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING
from seqnlp.types import Arrays, Floats, Ids, Integers

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ROWS = 320
"""Number of hypotheses per step. With fewer, weights are read more often; with more, short rows wait."""
_POSITIONS = 50_000
"""Maximum of rows times source subwords, which limits the memory of the attention."""
_OUTPUTS = ("hypotheses", "scores")
IMPOSSIBLE = -1e8
"""Lower scores belong to texts that the model cannot generate."""


@dataclass(frozen=True, repr=False)
class Translator(SearchModel[TranslationCodec, Text, Translation]):
    """Translates texts with a model file.

    Example:
        >>> translator = seqnlp.Translator.load("runs/en-de")
        >>> translator("A dog runs over the grass.").text
        'Ein Hund rennt über das Gras.'
    """

    task = "translator"
    codec_class = TranslationCodec

    @classmethod
    def signature(cls, codec: TranslationCodec, outputs: Collection[str]) -> Signature:
        """Return the inputs and outputs of a translator's graph. The example forces the last target id."""
        options = SearchOptions(beam_size=1, max_length=1).inputs()
        last = {"source": len(codec.source) - 1, "prefix": len(codec.target) - 1}
        example = {name: np.array([[number]], np.int32) for name, number in last.items()}
        hypotheses = ("batch", "n_best", "steps")
        return Signature(
            inputs={
                "source": Value("int32", ("batch", "source")),
                "lengths": Value("int32", ("batch",)),
                **{name: Value(array.dtype.name, ()) for name, array in options.items()},
            },
            outputs={
                "hypotheses": Value("int32", hypotheses, ids=len(codec.target)),
                "scores": Value("float32", hypotheses[:2]),
                "attention": Value("float32", (*hypotheses, "source")),
            },
            example={**example, "lengths": np.ones(1, np.int32), **options},
            optional={"prefix": Value("int32", ("prefixes", "length"))},
        )

    def predict(
        self,
        contents: Iterable[Text],
        options: SearchOptions | None = None,
        *,
        attention: bool = True,
    ) -> list[Translation]:
        """Translate texts. One call with many texts is faster than one call per text.

        A text with more than `codec.max_length` subwords is translated in independent segments. The
        translation of an empty text is empty.

        Args:
            contents: Texts, or texts that are split into words.
            options: The options of the search.
            attention: Whether to return the attention, which needs most of the memory for long texts.

        Returns:
            One translation per text.

        Raises:
            TypeError: `contents` is a single text, or one of them is not a text.

        Example:
            >>> found = translator.predict(["A dog.", "A cat."], SearchOptions(beam_size=8, n_best=3))
            >>> [hypothesis.text for hypothesis in found[0].hypotheses]
            ['Ein Hund.', 'Der Hund.', 'Hund.']
        """
        given = list_texts(contents)
        texts = [content if isinstance(content, str) else " ".join(content) for content in given]
        segments = [self.codec.segment(text) for text in texts]
        rows = [ids for each in segments for ids in each]
        found = iter(self._search(rows, options or SearchOptions(), attention))
        return [
            Translation(
                text,
                tuple(self.codec.source.texts(subword for ids in each for subword in ids)),
                _join_segments([next(found) for _ in each]),
            )
            for text, each in zip(texts, segments, strict=True)
        ]

    def log_likelihoods(self, sources: Sequence[str], targets: Sequence[str]) -> list[tuple[float, int]]:
        """Return the log-likelihoods of reference translations, by forced decoding.

        Args:
            sources: The source texts.
            targets: One target text per source text.

        Returns:
            For each pair, the natural log of the target's probability, and the number of subwords of the
            target with its end symbol. A target with characters that training never saw is impossible; its
            log probability is below `IMPOSSIBLE`.
        """
        encoded, given = self.codec.encode(sources), self.codec.encode_targets(targets)
        options = SearchOptions(beam_size=1, length_penalty=0.0)
        order = np.argsort(given.lengths, kind="stable")
        totals = np.zeros(len(order))

        def score(rows: Integers) -> None:
            prefix = given.rows(rows)
            inputs = {**replace(options, max_length=prefix.shape[1]).inputs(), "prefix": prefix}
            (scores,) = self.file.run(["scores"], {**_source_inputs(encoded, rows), **inputs})
            totals[rows] = scores[:, 0]

        list(self._workers.map(score, np.array_split(order, -(-len(order) // ROWS) or 1)))
        return list(zip(totals.tolist(), given.lengths.tolist(), strict=True))

    def _search(
        self, segments: Sequence[Sequence[int]], options: SearchOptions, attention: bool
    ) -> list[list[Hypothesis]]:
        """Return the hypotheses of each segment, the best one first."""
        encoded = EncodedTexts.from_rows(segments)
        results: list[list[Hypothesis]] = [[] for _ in segments]
        inputs = options.inputs()

        def translate(rows: Integers, session: "InferenceSession") -> None:
            given = {**_source_inputs(encoded, rows), **inputs}
            ids, scores, *weights = self.file.run(
                [*_OUTPUTS, *(["attention"] if attention else [])], given, session
            )
            for place, number in enumerate(rows):
                found = [each[place, :, :, : encoded.lengths[number]] for each in weights]
                results[number] = list(self._hypotheses(ids[place], scores[place], found))

        groups = self.group(encoded.lengths, ROWS, options.beam_size, _POSITIONS)
        self.compute_groups(translate, groups)
        return results

    def _hypotheses(self, ids: Ids, scores: Floats, attention: Sequence[Floats]) -> Iterator[Hypothesis]:
        """Yield the hypotheses of a segment.

        Args:
            ids: The subwords of each hypothesis.
            scores: The score of each hypothesis.
            attention: The weights of all hypotheses as the only element, or nothing.
        """
        for place, (row, score) in enumerate(zip(ids.tolist(), scores.tolist(), strict=True)):
            if score > IMPOSSIBLE:
                subwords = [each for each in row[: row.index(END) if END in row else None] if each != PADDING]
                yield Hypothesis(
                    self.codec.target.decode(subwords),
                    score,
                    tuple(self.codec.target.texts(subwords)),
                    tuple(each[place, : len(subwords)].copy() for each in attention),
                )


def _source_inputs(encoded: EncodedTexts, rows: Integers) -> Arrays:
    return {"source": encoded.rows(rows), "lengths": encoded.lengths[rows].astype(np.int32)}


def _join_segments(segments: Sequence[Sequence[Hypothesis]]) -> tuple[Hypothesis, ...]:
    """Join the hypotheses of the segments of a text: the best ones, the second ones, and so on.

    A translation without any possible hypothesis is empty.
    """
    joined = segments[0] if len(segments) == 1 else map(_join, zip(*segments, strict=False))
    return tuple(joined) or (_EMPTY,)


def _join(parts: Sequence[Hypothesis]) -> Hypothesis:
    return Hypothesis(
        " ".join(part.text for part in parts),
        sum(part.score for part in parts) / len(parts),
        tuple(subword for part in parts for subword in part.subwords),
        tuple(weights for part in parts for weights in part.segments),
    )


_EMPTY = Hypothesis("", 0.0, (), ())
