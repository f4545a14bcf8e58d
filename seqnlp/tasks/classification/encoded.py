"""Encoded texts: the words of the windows, and the labels of the texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.data.words import EncodedWords
from seqnlp.types import Array, Arrays, Flags, Integers


@dataclass(frozen=True)
class EncodedTexts:
    """Texts with their labels as arrays. A row is a window of a text.

    Attributes:
        words: The words. Every text has at least one window.
        labels: bool [texts, labels], the labels of each text.
    """

    words: EncodedWords
    labels: Flags

    @property
    def lengths(self) -> Integers:
        """The number of words of each window."""
        return self.words.lengths

    @property
    def tokens(self) -> int:
        """The number of words of all texts."""
        return self.words.tokens

    def batch(self, batch: Batch) -> Arrays:
        """Return the inputs of a batch, and `labels`, bool [rows, labels], the labels of each row's text."""
        labels = np.zeros((batch.count, self.labels.shape[1]), bool)
        labels[: len(batch.rows)] = self.labels[self.words.windows.owners[batch.rows]]
        return {**self.words.batch(batch), "labels": labels}

    def to_arrays(self) -> Arrays:
        """Return all arrays by name."""
        return {**self.words.to_arrays(), "labels": self.labels}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the texts from the result of `to_arrays`.

        Raises:
            KeyError: An array is missing.
        """
        return cls(EncodedWords.from_arrays(arrays), arrays["labels"])
