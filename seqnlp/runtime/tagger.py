"""A tagger in use: text in, tags, entities and their probabilities out."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch
from seqnlp.errors import ModelFileError
from seqnlp.metrics.fingerprints import Fingerprints
from seqnlp.runtime.model_file import ModelFile, open_model
from seqnlp.runtime.prediction import Prediction, entities_of
from seqnlp.sentences import split_sentences
from seqnlp.tagging.codec import TaggingCodec
from seqnlp.tokenizers import Token, tokenizer

POSITIONS = 2048
"""Rows times padded length of a batch; more gains nothing (`benchmarks/tagging.py`)."""


@dataclass(frozen=True)
class Tagger:
    """Tags text with a model file; made by `seqnlp.load`.

    Attributes:
        file: The model.
        batch_size: The most sentences of a batch; None to go by their length alone.
    """

    file: ModelFile
    batch_size: int | None = None

    @classmethod
    def open(
        cls, path: Path, threads: int | None = None, device: str = "cpu", batch_size: int | None = None
    ) -> "Tagger":
        """Open a model file or a run directory; for the other arguments and the errors see `open_model`."""
        file = open_model(path, threads, device)
        if file.task != "tagger":
            raise ModelFileError(f"{path} is a {file.task}, not a tagger")
        return cls(file, batch_size)

    @cached_property
    def codec(self) -> TaggingCodec:
        """The codec that the model was trained with."""
        return TaggingCodec.from_spec(self.file.spec["codec"])

    @cached_property
    def _tokenize(self) -> Any:
        return tokenizer(self.file.spec["tokenizer"]).tokenize

    @cached_property
    def known(self) -> Container[Any] | None:
        """What training knew: the spans with their labels, or the words where tags are plain."""
        if self.codec.scheme == "plain":
            return set(self.codec.frequent)
        seen = self.file.metadata.get("seen")
        return None if seen is None else Fingerprints.from_text(seen)

    def __call__(self, text: str) -> Prediction:
        """Tag a text, sentence by sentence."""
        return self.predict([text])[0]

    def predict(self, contents: Sequence[str | Sequence[str]]) -> list[Prediction]:
        """Tag several texts at once, which is faster than one after the other.

        Args:
            contents: Texts, or sentences that are cut into words already, in any mixture. The text of such
                words is that of them joined by blanks.

        Returns:
            A prediction for each.
        """
        cut = [self._cut(content) for content in contents]
        sentences = [[token.text for token in tokens[part]] for _, tokens, parts in cut for part in parts]
        tagged = iter(self.tag(sentences))
        return [self._prediction(text, tokens, [next(tagged) for _ in parts]) for text, tokens, parts in cut]

    def _cut(self, content: str | Sequence[str]) -> tuple[str, Sequence[Token], Sequence[slice]]:
        """The text, its tokens, and which of them make up each sentence."""
        if isinstance(content, str):
            tokens = self._tokenize(content)
            return content, tokens, list(split_sentences(content, tokens))
        ends = np.cumsum([len(word) + 1 for word in content], dtype=np.int64).tolist()
        tokens = [Token(word, end - 1 - len(word), end - 1) for word, end in zip(content, ends, strict=True)]
        return " ".join(content), tokens, [slice(0, len(tokens))]

    def _prediction(
        self, text: str, tokens: Sequence[Token], sentences: Sequence[tuple[list[str], list[float]]]
    ) -> Prediction:
        tags = [tag for labels, _ in sentences for tag in labels]
        scores = [score for _, given in sentences for score in given]
        entities = []
        first = 0
        for labels, given in sentences:
            part = tokens[first : first + len(labels)]
            entities += entities_of(text, part, labels, given, self.codec.output_scheme)
            first += len(labels)
        return Prediction(text, tokens, tags, scores, entities)

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[tuple[list[str], list[float]]]:
        """Tag sentences of words.

        Args:
            sentences: The words of each; a sentence may be empty.

        Returns:
            For each sentence its tags (`bio`, or plain ones) and the probability of each, from 0 to 1.
        """
        lengths = [len(sentence) for sentence in sentences]
        encoded = self.codec.encode([sentence for sentence in sentences if sentence])
        tags = np.zeros(len(encoded.words), np.int32)
        scores = np.zeros(len(encoded.words), np.float32)
        for batch in _batches(encoded.windows.lengths, self.batch_size):
            best, sure = self.file.session.run(["tags", "scores"], encoded.batch(batch))
            encoded.windows.join(batch, best, tags)
            encoded.windows.join(batch, sure, scores)
        labels = self.codec.decode(tags, lengths)
        return list(zip(labels, _split(scores, lengths), strict=True))


def _batches(lengths: NDArray[np.integer[Any]], most: int | None) -> Iterator[Batch]:
    """Rows of similar length together, each batch padded to its longest."""
    order = np.argsort(lengths, kind="stable")
    first = 0
    while first < len(order):
        last = first + 1
        # Lengths rise, so a batch that takes one row more is padded to that row.
        while (
            last < len(order)
            and (last + 1 - first) * lengths[order[last]] <= POSITIONS
            and last - first != most
        ):
            last += 1
        yield Batch(order[first:last], last - first, int(lengths[order[last - 1]]))
        first = last


def _split(values: NDArray[np.floating[Any]], lengths: Sequence[int]) -> list[list[float]]:
    plain = values.tolist()
    ends = np.cumsum(lengths, dtype=np.int64).tolist()
    return [plain[end - length : end] for end, length in zip(ends, lengths, strict=True)]
