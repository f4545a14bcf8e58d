"""Encoded sentences with their constituents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.data.words import EncodedWords
from seqnlp.types import Array, Arrays, Ids, Integers


@dataclass(frozen=True)
class Brackets:
    """The constituents of all rows, concatenated.

    Attributes:
        bounds: int32 [constituents, 3], the first word, the end (exclusive) and the label id of each.
        firsts: int64 [rows + 1], where the constituents of each row begin, and the total number.
    """

    bounds: Ids
    firsts: Integers

    def select(self, rows: Integers) -> Ids:
        """Return the constituents of rows.

        Returns:
            int32 [constituents, 4]: position in `rows`, first word, end and label of each.
        """
        tables = [
            np.insert(self.bounds[self.firsts[row] : self.firsts[row + 1]], 0, place, axis=1)
            for place, row in enumerate(rows.tolist())
        ]
        return np.concatenate(tables)


@dataclass(frozen=True)
class EncodedTrees:
    """Encoded sentences with their parts of speech and constituents.

    Attributes:
        words: The words, with parts of speech as tags.
        brackets: The constituents.
    """

    words: EncodedWords
    brackets: Brackets

    @property
    def lengths(self) -> Integers:
        """The number of words of each row."""
        return self.words.lengths

    @property
    def tokens(self) -> int:
        """The number of words of all sentences."""
        return self.words.tokens

    def batch(self, batch: Batch) -> Arrays:
        """Return the inputs and the targets of a batch.

        Returns:
            The inputs as `EncodedWords.batch` returns them; `tags` [rows, time], the parts of speech; and
            `brackets` [constituents, 4], as `Brackets.select` returns them.
        """
        return {**self.words.batch(batch), "brackets": self.brackets.select(batch.rows)}

    def to_arrays(self) -> Arrays:
        """Return all arrays by name."""
        return {
            **self.words.to_arrays(),
            "bounds": self.brackets.bounds,
            "firsts": self.brackets.firsts,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the sentences from the result of `to_arrays`."""
        brackets = Brackets(arrays["bounds"], np.asarray(arrays["firsts"]))
        return cls(EncodedWords.from_arrays(arrays), brackets)
