"""Documents in a temporary file, which are read passage by passage."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np

from seqnlp.data.stored import ArrayWriter, TemporaryFile
from seqnlp.records import Document, Origin, Passage
from seqnlp.types import Array, Flags, Integers

_PLACE = np.dtype(
    [("start", "i8"), ("size", "i4"), ("length", "i4"), ("path", "i4"), ("line", "i8"), ("last", "?")]
)
"""The place of a passage: its first byte, its size in bytes and in characters, and its origin."""
_BLOCK = 4096
_ERRORS = "surrogatepass"  # texts in memory may contain lone surrogates


class StoredPassages(Sequence[Passage]):
    """Passages in a temporary file. Only the passage that is read is in memory.

    Args:
        file: The file with all texts.
        paths: The files of the origins.
        places: An array with the places of passages.
        numbers: The places that are selected, in order; None for all.
    """

    def __init__(
        self, file: TemporaryFile, paths: Sequence[str], places: Array, numbers: Integers | None = None
    ) -> None:
        self.file, self.paths, self.places, self.numbers = file, paths, places, numbers

    @classmethod
    def write(cls, passages: Iterable[Passage]) -> "StoredPassages":
        """Write passages to a new file.

        Raises:
            DataError: The disk is full.
        """
        file, places, paths = TemporaryFile(), ArrayWriter(_PLACE), dict[str, int]()
        rows = list[tuple[int, int, int, int, int, bool]]()
        for each in passages:
            content = each.text.encode(errors=_ERRORS)
            number, line = -1, 0
            if each.origin is not None:
                number, line = paths.setdefault(each.origin.path, len(paths)), each.origin.line
            rows.append((file.size, len(content), len(each.text), number, line, each.last))
            file.append(content)
            if len(rows) == _BLOCK:
                places.append(rows)
                rows = []
        places.append(rows)
        file.flush()
        return cls(file, list(paths), places.finish())

    def __len__(self) -> int:
        return len(self.places if self.numbers is None else self.numbers)

    @overload
    def __getitem__(self, index: int) -> Passage: ...

    @overload
    def __getitem__(self, index: slice) -> list[Passage]: ...

    def __getitem__(self, index: int | slice) -> Passage | list[Passage]:
        if isinstance(index, slice):
            return list(map(self.__getitem__, range(*index.indices(len(self)))))
        places = self._places(slice(range(len(self))[index], range(len(self))[index] + 1))
        return self._read(places.tolist()[0])

    def __iter__(self) -> Iterator[Passage]:
        for first in range(0, len(self), _BLOCK):
            yield from map(self._read, self._places(slice(first, first + _BLOCK)).tolist())

    def select(self, chosen: Flags) -> "StoredPassages":
        """Return the passages with a flag."""
        rows = np.flatnonzero(chosen)
        numbers = rows if self.numbers is None else self.numbers[rows]
        return StoredPassages(self.file, self.paths, self.places, numbers)

    def column(self, name: str) -> Array:
        """Return a field of the places of all passages."""
        column = self.places[name]
        return np.asarray(column if self.numbers is None else column[self.numbers])

    def cut(self, length: int) -> tuple["StoredPassages", "StoredPassages"]:
        """Cut the passages into two parts.

        Args:
            length: Number of characters of the first part, above 0 and below the number of all characters.
                Its last passage ends a document.
        """
        ends = np.cumsum(self.column("length"), dtype=np.int64)
        row = int(np.searchsorted(ends, length))
        places = np.array(self._places(slice(0, len(self))))
        first, second = places[: row + 1].copy(), places[row:].copy()
        passage = self[row]
        cut = length - int(ends[row]) + len(passage.text)
        start = passage.text[:cut]
        size = len(start.encode(errors=_ERRORS))
        first["size"][-1], first["length"][-1], first["last"][-1] = size, cut, True
        second["start"][0] += size
        second["size"][0] -= size
        second["length"][0] -= cut
        second["line"][0] += start.count("\n")
        if not second["length"][0]:
            second = second[1:]
        return StoredPassages(self.file, self.paths, first), StoredPassages(self.file, self.paths, second)

    def _places(self, rows: slice) -> Array:
        return self.places[rows] if self.numbers is None else self.places[self.numbers[rows]]

    def _read(self, place: tuple[int, int, int, int, int, bool]) -> Passage:
        start, size, _, path, line, last = place
        text = self.file.read(start, size).decode(errors=_ERRORS)
        return Passage(text, last, None if path < 0 else Origin(self.paths[path], line))


class StoredDocuments(Sequence[Document]):
    """Documents in a temporary file. Only the document that is read is in memory.

    Args:
        passages: Their passages.

    Attributes:
        passages: Their passages.
        ends: int64 [documents], the number of passages up to the end of each document.
    """

    def __init__(self, passages: StoredPassages) -> None:
        self.passages = passages
        self.ends = np.flatnonzero(passages.column("last")) + 1

    @classmethod
    def write(cls, passages: Iterable[Passage]) -> "StoredDocuments":
        """Write the passages of documents to a new file.

        Raises:
            DataError: The disk is full.
        """
        return cls(StoredPassages.write(passages))

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> Document: ...

    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...

    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        if isinstance(index, slice):
            return list(map(self.__getitem__, range(*index.indices(len(self)))))
        number = range(len(self))[index]
        start = int(self.ends[number - 1]) if number else 0
        found = self.passages[start : int(self.ends[number])]
        return Document("".join(each.text for each in found), found[0].origin)

    @property
    def lengths(self) -> Integers:
        """The number of characters of each document, [documents]."""
        ends = np.cumsum(self.passages.column("length"), dtype=np.int64)[self.ends - 1]
        return np.diff(ends, prepend=0)

    def select(self, chosen: Flags) -> "StoredDocuments":
        """Return the documents with a flag."""
        counts = np.diff(self.ends, prepend=0)
        return StoredDocuments(self.passages.select(np.repeat(chosen, counts)))

    def cut(self, length: int) -> tuple["StoredDocuments", "StoredDocuments"]:
        """Cut the documents into two parts.

        Args:
            length: Number of characters of the first part, above 0 and below that of all documents.
        """
        first, second = self.passages.cut(length)
        return StoredDocuments(first), StoredDocuments(second)


def passages_of(documents: Sequence[Document]) -> Sequence[Passage]:
    """Return the passages of documents, in memory or in a file."""
    from seqnlp.corpora import split_document

    if isinstance(documents, StoredDocuments):
        return documents.passages
    return [passage for document in documents for passage in split_document(document)]
