"""Texts to pieces and pieces to texts: the one encoder and decoder of training and of serving."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch, pad_rows
from seqnlp.errors import ModelFileError
from seqnlp.text.tokenizers.spaced import END, SpacedSubwords
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Arrays

_PARTING = frozenset(".!?;:,\u2026\u3002\uff01\uff1f\u0964")


@dataclass(frozen=True)
class Pieces:
    """Texts as pieces, laid end to end.

    Attributes:
        ids: int32 [pieces].
        lengths: int64 [texts].
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[Sequence[int]]) -> Self:
        """Lay texts end to end."""
        rows = list(texts)
        flat = np.array([number for row in rows for number in row], np.int32)
        return cls(flat, np.array([len(row) for row in rows], np.int64))

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.lengths)

    def select(self, wanted: NDArray[np.bool_]) -> "Pieces":
        """Some of the texts."""
        return Pieces(self.ids[np.repeat(wanted, self.lengths)], self.lengths[wanted])

    def rows(self, numbers: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Some of the texts, [numbers, longest of them], 0 in the padding."""
        longest = int(self.lengths[numbers].max(initial=1))
        return self.padded(Batch(numbers, len(numbers), longest))

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.cumsum(self.lengths) - self.lengths

    def padded(self, batch: Batch) -> NDArray[np.int32]:
        """The texts of a batch, [batch.count, batch.length], 0 in the padding."""
        return pad_rows(self.ids, self._starts, self.lengths, batch)


@dataclass(frozen=True)
class TranslationCodec:
    """What turns texts into arrays, and ids of pieces into texts.

    Attributes:
        source: The pieces of what is read.
        target: The pieces of what is written.
        max_length: A text of more pieces is translated in parts.
    """

    source: SpacedSubwords
    target: SpacedSubwords
    max_length: int = 100

    def encode(self, texts: Iterable[str]) -> Pieces:
        """Encode what is to be translated, each as a whole; of an empty text nothing is known."""
        return Pieces.of(self.source.encode(text) or [UNKNOWN] for text in texts)

    def parts(self, text: str) -> list[list[int]]:
        """Encode a text in parts of at most `max_length` pieces; one without a piece has none.

        A part ends at a space: behind a mark such as a full stop or a comma, if there is one in its second
        half. What stands between spaces is cut only where it is longer than a part.
        """
        words = text.split()
        encoded = [self.source.encode(word) for word in words]
        parts: list[list[int]] = []
        first = size = 0
        stop: int | None = None  # behind the last mark in the second half of the part
        number = 0
        while number < len(words):
            if size and size + len(encoded[number]) > self.max_length:
                number = stop or number
                parts.append([piece for ids in encoded[first:number] for piece in ids])
                first, size, stop = number, 0, None
                continue
            size += len(encoded[number])
            number += 1
            if words[number - 1][-1] in _PARTING and 2 * size > self.max_length:
                stop = number
        parts.append([piece for ids in encoded[first:] for piece in ids])
        cuts = [range(0, len(part), self.max_length) for part in parts]
        return [
            part[start : start + self.max_length]
            for part, starts in zip(parts, cuts, strict=True)
            for start in starts
        ]

    def encode_targets(self, texts: Iterable[str]) -> Pieces:
        """Encode translations, each with its end."""
        return Pieces.of([*self.target.encode(text), END] for text in texts)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of pieces, up to the end if it is among them."""
        return self.target.decode(ids[: ids.index(END)] if END in ids else ids)

    def summary(self) -> dict[str, Any]:
        """What there is to know of the codec in short, as JSON values."""
        return {
            "source_pieces": len(self.source),
            "target_pieces": len(self.target),
            "lower": self.source.lower,
            "max_length": self.max_length,
        }

    def to_spec(self) -> dict[str, Any]:
        """Give the codec as JSON values."""
        sides = {"source": self.source.to_spec(), "target": self.target.to_spec()}
        return {**sides, "max_length": self.max_length}

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            source, target = (SpacedSubwords.from_spec(spec[side]) for side in ("source", "target"))
            return cls(source, target, int(spec["max_length"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error


def inputs_of(sources: Pieces, targets: Pieces, batch: Batch) -> tuple[Arrays, NDArray[np.int32]]:
    """What a network is trained on.

    Args:
        sources: The sentences.
        targets: Their translations, each with its end.
        batch: Which of them; both sides are padded to its length.

    Returns:
        `source`, `before` int32 [rows, time], `lengths`, `target_lengths` int32 [rows]; and the pieces of the
        target, int32 [rows, time].
    """
    wanted = targets.padded(batch)
    before = np.zeros_like(wanted)
    before[: len(batch.rows), 0] = END
    before[:, 1:] = np.where(wanted[:, 1:] > 0, wanted[:, :-1], 0)
    arrays = {
        "source": sources.padded(batch),
        "before": before,
        "lengths": np.zeros(batch.count, np.int32),
        "target_lengths": np.zeros(batch.count, np.int32),
    }
    for name, pieces in (("lengths", sources), ("target_lengths", targets)):
        arrays[name][: len(batch.rows)] = pieces.lengths[batch.rows]
    return arrays, wanted
