"""A corpus ready for training: encoded sentences and, where scores need them, their words and true tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.words import EncodedWords
from seqnlp.metrics.spans import SpanScores
from seqnlp.metrics.tags import TagScores
from seqnlp.records import TaggedSentence
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.decoding import decode
from seqnlp.text.schemes import convert
from seqnlp.types import Arrays

Scores = SpanScores | TagScores


@dataclass(frozen=True)
class Split:
    """Sentences, encoded and as they are.

    Attributes:
        encoded: The arrays.
        sentences: The words and the true tags, in the scheme of predictions.
    """

    encoded: EncodedWords
    sentences: Sequence[TaggedSentence]

    @property
    def words(self) -> list[Sequence[str]]:
        """The words of each sentence."""
        return [sentence.words for sentence in self.sentences]

    @classmethod
    def of(cls, codec: TaggingCodec, sentences: Sequence[TaggedSentence], training: bool = False) -> "Split":
        """Encode sentences; those to train on are cut into windows without overlap."""
        words = [sentence.words for sentence in sentences]
        tags = [convert(sentence.tags, codec.output_scheme, codec.scheme) for sentence in sentences]
        return cls(codec.encode(words, tags, context=0 if training else None), sentences)

    def to_arrays(self) -> Arrays:
        """The arrays by their names."""
        return self.encoded.to_arrays()

    def to_records(self) -> list[Any]:
        """The sentences as JSON values."""
        return [[sentence.words, sentence.tags] for sentence in self.sentences]

    @classmethod
    def from_contents(cls, arrays: Arrays, records: Sequence[Any]) -> Self:
        """Restore what `to_arrays` and `to_records` gave."""
        sentences = [TaggedSentence(tuple(words), tuple(tags)) for words, tags in records]
        return cls(EncodedWords.from_arrays(arrays), sentences)


@dataclass(frozen=True)
class DevScorer:
    """Scores a network on a split while it is trained.

    Attributes:
        network: The network.
        codec: Its codec.
        split: The sentences.
        buckets: The padded lengths of training, so that no other shapes need compiling.
    """

    network: Any
    codec: TaggingCodec
    split: Split
    buckets: Buckets

    @cached_property
    def _batches(self) -> list[Batch]:
        return self.buckets.cover(self.codec.max_length).batches(self.split.encoded.windows.lengths)

    def __call__(self) -> dict[str, float]:
        """The scores: `f1`, `precision`, `recall` of spans, and `accuracy`; of plain tags the accuracy."""
        encoded, sentences = self.split.encoded, self.split.sentences
        ids = np.zeros(len(encoded.words), np.int64)
        for batch in self._batches:
            inputs = {name: array for name, array in encoded.batch(batch).items() if name != "tags"}
            emissions = np.asarray(self.network.predict_on_batch(inputs))
            encoded.windows.join(batch, decode(emissions, inputs["lengths"], self.network), ids)
        predictions = self.codec.decode(ids, [len(sentence.words) for sentence in sentences])
        scores = new_scores(self.codec)
        for sentence, predicted in zip(sentences, predictions, strict=True):
            scores.add(sentence.words, sentence.tags, predicted)
        figures = scores.to_dict()
        return {key: figures[key] for key in ("f1", "precision", "recall", "accuracy") if key in figures}


def new_scores(codec: TaggingCodec, known: Any = None) -> Scores:
    """What counts right and wrong tags of this codec's kind."""
    return TagScores(known) if codec.scheme == "plain" else SpanScores(codec.output_scheme, known)


def main_metric(codec: TaggingCodec) -> str:
    """The score that decides between epochs."""
    return "accuracy" if codec.scheme == "plain" else "f1"
