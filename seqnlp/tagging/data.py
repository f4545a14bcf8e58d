"""A corpus ready for training: encoded sentences and, where scores need them, their words and true tags."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch, Buckets
from seqnlp.metrics.spans import SpanScores
from seqnlp.metrics.tags import TagScores
from seqnlp.records import TaggedSentence
from seqnlp.settings import TrainingSettings
from seqnlp.spans import convert
from seqnlp.tagging.codec import Arrays, Encoded, TaggingCodec
from seqnlp.tagging.decoding import decode
from seqnlp.vocabulary import UNKNOWN

Scores = SpanScores | TagScores


@dataclass(frozen=True)
class Split:
    """Sentences, encoded and as they are.

    Attributes:
        encoded: The arrays.
        sentences: The words and the true tags, in the scheme of predictions.
    """

    encoded: Encoded
    sentences: Sequence[TaggedSentence]

    @classmethod
    def of(cls, codec: TaggingCodec, sentences: Sequence[TaggedSentence], training: bool = False) -> "Split":
        """Encode sentences; those to train on are cut into windows without overlap."""
        words = [sentence.words for sentence in sentences]
        tags = [convert(sentence.tags, codec.output_scheme, codec.scheme) for sentence in sentences]
        return cls(codec.encode(words, tags, context=0 if training else None), sentences)


@dataclass(frozen=True)
class TrainingBatches:
    """The batches of each epoch; words are taken for unknown at random, the rarer the more often.

    Attributes:
        encoded: The training sentences.
        buckets: The padded lengths.
        word_dropout: `a` in the probability a / (a + count) of a word seen `count` times
            (Kiperwasser and Goldberg 2016), so that the embedding of unknown words is trained.
        seed: Of the order and of the dropout; each epoch's are its own, whatever came before.
    """

    encoded: Encoded
    buckets: Buckets
    word_dropout: float
    seed: int

    @property
    def tokens(self) -> int:
        """How many tokens an epoch has."""
        return len(self.encoded.words)

    @cached_property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(self.plan(0))

    def plan(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, in order."""
        return self._plan(epoch)[0]

    @cached_property
    def _unknown_rates(self) -> NDArray[np.float64]:
        counts = np.bincount(self.encoded.words)
        rates = self.word_dropout / np.maximum(self.word_dropout + counts, 1)
        return np.asarray(rates, np.float64)

    def _plan(self, epoch: int) -> tuple[list[Batch], np.random.Generator]:
        random = np.random.default_rng([self.seed, epoch])
        return self.buckets.batches(self.encoded.windows.lengths, shuffled=random), random

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, NDArray[Any]]]:
        """The inputs and the tags of each batch of an epoch."""
        plan, random = self._plan(epoch)
        for batch in plan:
            inputs = self.encoded.batch(batch)
            words = inputs["words"]
            dropped = random.random(words.shape) < self._unknown_rates[words]
            inputs["words"] = np.where(dropped, np.int32(UNKNOWN), words)
            yield inputs, inputs.pop("tags")


def training_batches(encoded: Encoded, settings: TrainingSettings, word_dropout: float) -> TrainingBatches:
    """The batches of a training part, their size and their padded lengths as the settings say."""
    lengths, tokens = encoded.windows.lengths, len(encoded.words)
    buckets = Buckets.learn(lengths, settings.batch_positions(tokens), settings.most_buckets(tokens))
    return TrainingBatches(encoded, buckets, word_dropout, settings.seed)


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
        return self.buckets.covering(self.codec.longest).batches(self.split.encoded.windows.lengths)

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
