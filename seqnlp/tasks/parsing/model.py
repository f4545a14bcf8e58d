"""A parser in use: text in, trees out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from seqnlp.data.words import Encoded
from seqnlp.errors import ModelFileError
from seqnlp.serving.model import check_items
from seqnlp.serving.runner import Computed, Runner
from seqnlp.serving.word_model import WordModel
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.constituents import Constituents
from seqnlp.tasks.parsing.decoding import DECODERS, Decoder, Found, by_sentence, put_together
from seqnlp.tasks.parsing.prediction import Parse

POSITIONS = 512
"""Rows times padded length of a batch: its spans, many more than its words, should stay in the cache."""


@dataclass(frozen=True, repr=False)
class Parser(WordModel):
    """Parses text with a model file; made by `seqnlp.load`."""

    task = "parser"
    codec_class = ParserCodec

    codec: ParserCodec

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self._decoder  # made now, so that a graph that is no parser's is told of when the file is opened

    @cached_property
    def _decoder(self) -> Decoder:
        """What makes trees of the outputs that the graph has."""
        there = {output.name for output in self.file.session.get_outputs()}
        for decoder in DECODERS.values():
            if there == set(decoder.outputs):
                return decoder
        raise ModelFileError(f"{self.file.path} has the outputs {', '.join(sorted(there))}, no parser's")

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size, POSITIONS)

    def __call__(self, text: str) -> Parse:
        """Parse a text, sentence by sentence."""
        return self.predict([text])[0]

    def predict(self, contents: Sequence[str | Sequence[str]]) -> list[Parse]:
        """Parse several texts at once, which is faster than one after the other.

        Args:
            contents: Texts, or sentences that are cut into words already, in any mixture. The text of such
                words is that of them joined by blanks.

        Returns:
            The trees of each.
        """
        check_items(contents)
        cut = [self.cut(content) for content in contents]
        words = [[token.text for token in tokens[part]] for _, tokens, parts in cut for part in parts]
        parsed = iter(self.parse(words))
        parses = []
        for text, tokens, parts in cut:
            found = [next(parsed) for _ in parts]
            trees = tuple(sentence.tree() for sentence, _ in found)
            parses.append(Parse(text, tokens, trees, sum((score for _, score in found), 0.0)))
        return parses

    def parse(self, sentences: Sequence[Sequence[str]]) -> list[tuple[Constituents, float]]:
        """Parse sentences of words.

        Args:
            sentences: The words of each, at least one. What is longer than the model's `longest` is parsed
                piece by piece.

        Returns:
            For each the tree that scores highest, and its score: the sum of those of its constituents, or
            of its merges.
        """

        def collect(
            numbers: Sequence[int], encoded: Encoded, computed: Computed
        ) -> list[tuple[Constituents, float]]:
            pieces = by_sentence(encoded, dict(self._rows(encoded, computed)), len(numbers))
            return [
                put_together(sentences[number], found) for number, found in zip(numbers, pieces, strict=True)
            ]

        return self._runner(sentences, self._decoder.outputs, collect)

    def _rows(self, encoded: Encoded, computed: Computed) -> Iterator[tuple[int, Found]]:
        """What was found of each row."""
        for batch, arrays in computed:
            outputs = dict(zip(self._decoder.outputs, arrays, strict=True))
            found = self._decoder(self.codec, outputs, encoded.windows.lengths[batch.rows])
            yield from zip(batch.rows.tolist(), found, strict=True)
