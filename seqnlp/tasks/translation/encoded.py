"""Texts, and pairs of texts, as arrays of subword ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from seqnlp.data.batching import Batch, pad_rows
from seqnlp.text.tokenizers.spaced import END
from seqnlp.types import Array, Arrays, Flags, Ids, Integers


@dataclass(frozen=True)
class EncodedTexts:
    """Texts as subwords, one after the other in a flat array.

    Attributes:
        ids: int32 [subwords], the subwords of all texts.
        lengths: int64 [texts], the number of subwords of each text.
    """

    ids: Ids
    lengths: Integers

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[int]]) -> Self:
        """Concatenate the subword ids of texts.

        Example:
            >>> EncodedTexts.from_rows([[3, 4], [5]]).lengths.tolist()
            [2, 1]
        """
        listed = list(rows)
        flat = np.array([number for row in listed for number in row], np.int32)
        return cls(flat, np.array([len(row) for row in listed], np.int64))

    def select(self, chosen: Flags) -> "EncodedTexts":
        """Return the chosen texts; `chosen` is bool [texts]."""
        return EncodedTexts(self.ids[np.repeat(chosen, self.lengths)], self.lengths[chosen])

    def rows(self, numbers: Integers) -> Ids:
        """Return the texts with these numbers, padded with 0 to the longest of them, [numbers, longest]."""
        longest = int(self.lengths[numbers].max(initial=1))
        return self.pad(Batch(numbers, len(numbers), longest))

    def pad(self, batch: Batch) -> Ids:
        """Return the texts of a batch, padded with 0, [batch.count, batch.length]."""
        return pad_rows(self.ids, self._starts, self.lengths, batch)

    @cached_property
    def _starts(self) -> Integers:
        return np.cumsum(self.lengths) - self.lengths


@dataclass(frozen=True)
class EncodedPairs:
    """Pairs of texts as subwords.

    Attributes:
        sources: The source texts.
        targets: The target texts, each with its end symbol.
    """

    sources: EncodedTexts
    targets: EncodedTexts

    @property
    def lengths(self) -> Integers:
        """The number of subwords of the longer side of each pair, [pairs]."""
        return np.maximum(self.sources.lengths, self.targets.lengths)

    @property
    def tokens(self) -> int:
        """The number of subwords of all targets, including their end symbols."""
        return len(self.targets.ids)

    def select(self, chosen: Flags) -> "EncodedPairs":
        """Return the chosen pairs; `chosen` is bool [pairs]."""
        return EncodedPairs(self.sources.select(chosen), self.targets.select(chosen))

    def batch(self, batch: Batch) -> Arrays:
        """Return the inputs and the target of a batch. Both sides are padded to its length.

        Returns:
            `source`, `previous` (the target shifted by one after `END`) and `target`, int32 [rows, time];
            `lengths` and `target_lengths`, int32 [rows].
        """
        present = slice(0, len(batch.rows))
        target = self.targets.pad(batch)
        previous = np.zeros_like(target)
        previous[present, 0] = END
        previous[:, 1:] = np.where(target[:, 1:] > 0, target[:, :-1], 0)
        arrays: Arrays = {
            "source": self.sources.pad(batch),
            "previous": previous,
            "lengths": np.zeros(batch.count, np.int32),
            "target_lengths": np.zeros(batch.count, np.int32),
            "target": target,
        }
        arrays["lengths"][present] = self.sources.lengths[batch.rows]
        arrays["target_lengths"][present] = self.targets.lengths[batch.rows]
        return arrays

    def to_arrays(self) -> Arrays:
        """Return all arrays by name."""
        return {
            "source_ids": self.sources.ids,
            "source_lengths": self.sources.lengths,
            "target_ids": self.targets.ids,
            "target_lengths": self.targets.lengths,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the pairs from the result of `to_arrays`."""
        return cls(
            EncodedTexts(arrays["source_ids"], arrays["source_lengths"]),
            EncodedTexts(arrays["target_ids"], arrays["target_lengths"]),
        )
