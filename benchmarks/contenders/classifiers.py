"""The base class of classifiers, their sizes and their inputs."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.batches import Steps, by_length
from benchmarks.untrained import UntrainedClassifier, UntrainedTagger
from seqnlp.data.batching import pad_rows
from seqnlp.text.tokenizers import get_tokenizer

Content = str | Sequence[str]
"""A text, or its words."""


@dataclass(frozen=True)
class Sizes:
    """The sizes of a classifier with one bidirectional GRU over words.

    Attributes:
        words: Number of words.
        dimension: Size of the inputs of the GRU.
        units: Hidden units per direction.
        classes: Number of labels.
        dropout: Dropout rate of the inputs of the GRU and of the last layer.
        attention: Hidden units of attention pooling; 0 for max pooling.
    """

    words: int
    dimension: int
    units: int
    classes: int
    dropout: float
    attention: int = 0

    @classmethod
    def from_model(cls, untrained: UntrainedClassifier) -> "Sizes":
        """Return the sizes of a model.

        Raises:
            NotImplementedError: The contenders do not support the network of the model.
        """
        network, codec = untrained.settings.network, untrained.codec
        kind = network.characters, network.cell, network.layers, network.bidirectional, network.pooling
        if kind != ("none", "gru", 1, True, "attention"):
            raise NotImplementedError(f"the contenders have no classifier of this kind: {kind}")
        words, dimension = untrained.embeddings.shape
        attention = untrained.weights["pooling/hidden/kernel"].shape[1]
        return cls(words, dimension, network.units, len(codec.labels), network.dropout, attention)


class LabelledBatches:
    """The first training batches of the tagger. The class of a sentence is 1 if it has a labelled word.

    Args:
        untrained: Defines the corpus.
        steps: Number of batches.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int) -> None:
        self._steps = Steps(untrained.batches, steps)
        self._outside = untrained.codec.labels.entries.index("O")
        self.sizes = Sizes(len(untrained.codec.words), dimension=100, units=200, classes=2, dropout=0.5)
        self.steps = self._steps.steps
        self.tokens = self._steps.tokens

    def __iter__(self) -> Iterator[tuple[dict[str, NDArray[np.int32]], NDArray[np.int32]]]:
        for inputs, tags in self._steps:
            words, lengths = inputs["words"], inputs["lengths"]
            mask = np.arange(words.shape[1]) < lengths[:, None]
            classes = ((tags != self._outside) & mask).any(axis=1).astype(np.int32)
            yield {"words": words, "lengths": lengths}, classes


@dataclass(frozen=True)
class TextBatch:
    """A batch of texts as a network reads them.

    Attributes:
        rows: The numbers of the texts, the longest text first.
        words: Word ids, int32 [rows, longest], padded with 0.
        lengths: Number of words of each text, [rows].
    """

    rows: NDArray[np.integer[Any]]
    words: NDArray[np.int32]
    lengths: NDArray[np.integer[Any]]


class TextReader:
    """Read texts with seqnlp's tokenizer and vocabularies, but without characters and windows.

    Args:
        untrained: The model.
    """

    def __init__(self, untrained: UntrainedClassifier) -> None:
        codec = untrained.codec
        self.vocabulary, self.form, self.labels = codec.words, codec.form, codec.labels.entries
        self.tokenizer = get_tokenizer(untrained.settings.text.tokenizer)

    def batches(self, contents: Sequence[Content], size: int) -> Iterator[TextBatch]:
        """Tokenize texts, look words up, and yield batches of `size` texts of similar length."""
        texts = [self._words(content) for content in contents]
        distinct = dict.fromkeys(word for text in texts for word in text)
        ids = dict(zip(distinct, self.vocabulary.ids(map(self.form, distinct)), strict=True))
        flat = np.array([ids[word] for text in texts for word in text], np.int32)
        lengths = np.array([len(text) for text in texts])
        starts = np.cumsum(lengths) - lengths
        for batch in by_length(lengths, size):
            yield TextBatch(batch.rows, pad_rows(flat, starts, lengths, batch), lengths[batch.rows])

    def _words(self, content: Content) -> Sequence[str]:
        if isinstance(content, str):
            return [token.text for token in self.tokenizer.tokenize(content)]
        return content

    def name_labels(
        self, batches: Sequence[TextBatch], classes: Sequence[NDArray[np.integer[Any]]]
    ) -> list[str]:
        """Return the label of each text.

        Args:
            batches: The texts.
            classes: The classes of each batch, [rows].
        """
        found = np.zeros(sum(len(batch.rows) for batch in batches), np.int64)
        for batch, numbers in zip(batches, classes, strict=True):
            found[batch.rows] = numbers
        return [self.labels[number] for number in found]


class ClassifierPrediction(ABC):
    """Predict the labels of texts.

    Args:
        texts: The same texts as `words` and as raw `text`.
    """

    def __init__(self, texts: Mapping[str, Sequence[Content]]) -> None:
        self.texts = texts

    @abstractmethod
    def classify(self, contents: Sequence[Content], size: int) -> list[str]:
        """Return the label of each text, computed in batches of `size`."""

    def labels(self, size: int) -> list[str]:
        """Return the labels of all texts."""
        return self.classify(self.texts["words"], size)

    def run(self, size: int, form: str = "words") -> int:
        """Classify all texts, and return the number of labels."""
        return len(self.classify(self.texts[form], size))

    def one_by_one(self, count: int, form: str = "words") -> int:
        """Classify the first texts one at a time, and return the number of labels."""
        return sum(len(self.classify([content], 1)) for content in self.texts[form][:count])
