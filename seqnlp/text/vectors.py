"""Read pre-trained word vectors: word2vec text and binary, GloVe, and fastText `.vec`.

Only requested words are kept, so memory does not depend on the size of the file.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError

Format: TypeAlias = Literal["text with header", "text", "binary"]
"""word2vec text and fastText `.vec`; GloVe; word2vec binary."""

_GZIP = b"\x1f\x8b"
_BLOCK = 1 << 20
_SAMPLE = 4096
_MAX_WORD_BYTES = 1 << 16
_MAX_DIMENSIONS = 1 << 16


@dataclass(frozen=True)
class WordVectors:
    """Word vectors from a file.

    Attributes:
        words: The requested words that the file contains, in file order.
        matrix: float32 [words, dimensions], the vectors.
        format: The detected format.
        read: Number of vectors in the file.
    """

    words: tuple[str, ...]
    matrix: NDArray[np.float32]
    format: Format
    read: int

    def coverage(self, words: Iterable[str]) -> float:
        """Return the fraction of `words` that has a vector, from 0 to 1."""
        found = set(self.words)
        hits = [word in found for word in words]
        return sum(hits) / len(hits) if hits else 0.0


def read_vectors(path: Path, words: Container[str]) -> WordVectors:
    """Read the vectors of some words.

    The format and gzip compression are detected from the content. If a word occurs twice, its first vector is
    used. Every line must have the same number of dimensions. Numbers are checked for requested words only.

    Args:
        path: The file.
        words: The words to read, spelled as in the file.

    Returns:
        The vectors. Words that are not in the file are omitted.

    Raises:
        DataError: The file cannot be read, is empty, truncated or damaged, or has a line with the wrong
            number of fields. Or the vector of a requested word has a value that is not a finite number.
    """
    try:
        with path.open("rb") as raw:
            plain = gzip.GzipFile(fileobj=raw) if raw.peek(len(_GZIP)).startswith(_GZIP) else raw
            with io.BufferedReader(cast(io.RawIOBase, plain), _BLOCK) as file:
                return _read(file, path, words)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"the gzip data are damaged or truncated: {error}", path) from error
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error


@dataclass
class _Reading:
    """The state of reading a file. `file` is positioned at the first vector."""

    file: BinaryIO
    path: Path
    requested: Container[str]
    dimensions: int
    declared: int | None
    rows: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def needs(self, word: str) -> bool:
        return word in self.requested and word not in self.rows


def _read(file: BinaryIO, path: Path, words: Container[str]) -> WordVectors:
    start = len(codecs.BOM_UTF8) if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
    file.seek(start)
    header = file.readline(_BLOCK).split()
    if not header:
        raise DataError("no word vectors: the file is empty or starts with an empty line", path, 1)
    if len(header) == 2 and all(map(bytes.isdigit, header)):
        declared, dimensions = map(int, header)
        form: Format = "text with header" if _is_text(file.read(_SAMPLE)) else "binary"
    else:
        declared, dimensions, form = None, _count_numbers(header[1:]), "text"
    if not 0 < dimensions <= _MAX_DIMENSIONS:
        raise DataError(f"not a file of word vectors: the first line has {dimensions} dimensions", path, 1)
    file.seek(start)
    reading = _Reading(file, path, words, dimensions, declared)
    if declared is not None:
        file.readline()
    read = _read_binary(reading) if form == "binary" else _read_text(reading)
    if declared is not None and read != declared:
        raise DataError(f"{read} word vectors, but the first line declares {declared}", path)
    matrix = np.array(list(reading.rows.values()), np.float32).reshape(-1, dimensions)
    return WordVectors(tuple(reading.rows), matrix, form, read)


def _is_text(sample: bytes) -> bool:
    """Return whether bytes are (truncated) UTF-8 without control characters, unlike binary vectors."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\t\r\n" for character in text)


def _count_numbers(fields: Collection[bytes]) -> int:
    """Count the numbers at the end of a line."""
    numbers = [_is_number(text) for text in fields]
    return len(numbers) if all(numbers) else numbers[::-1].index(False)


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read_text(reading: _Reading) -> int:
    """Read one vector per line, and return the number of vectors."""
    dimensions, path = reading.dimensions, reading.path
    read = 0
    for number, line in enumerate(reading.file, 1 if reading.declared is None else 2):
        stripped = line.rstrip()
        if not stripped:
            continue
        read += 1
        spaces = stripped.count(b" ")
        # Some GloVe words contain spaces, so the numbers are counted from the right.
        parts = stripped.split(b" ", 1) if spaces == dimensions else stripped.rsplit(b" ", dimensions)
        if spaces < dimensions or _has_extra_number(parts[0]):
            count = _count_numbers(stripped.split(b" ")[1:])
            raise DataError(f"{count} numbers, but other lines have {dimensions}", path, number)
        word = parts[0].decode(errors="replace")
        if reading.needs(word):
            fields = stripped.rsplit(b" ", dimensions)[1:]
            reading.rows[word] = _vector(fields, word, path, number)
    return read


def _has_extra_number(word: bytes) -> bool:
    """Return whether the word field contains a space and ends with another number."""
    _, space, last = word.rpartition(b" ")
    return bool(space) and b"." in last and _is_number(last)


def _vector(fields: list[bytes], word: str, path: Path, line: int) -> NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):
            vector = np.array(fields, np.float32)
    except ValueError:
        wrong = next(text for text in fields if not _is_number(text))
        raise DataError(f"{wrong.decode(errors='replace')!r} is not a number", path, line) from None
    _check_finite(vector, word, path, line)
    return vector


def _check_finite(vector: NDArray[np.float32], word: str, path: Path, line: int | None = None) -> None:
    if not np.isfinite(vector).all():
        raise DataError(f"the vector of {word!r} is not finite", path, line)


def _read_binary(reading: _Reading) -> int:
    """Read words and little-endian float32 vectors of word2vec, and return their number."""
    size = 4 * reading.dimensions
    declared = reading.declared or 0
    block, place = b"", 0
    for number in range(declared):
        end = block.find(b" ", place)
        while end < 0 or end + 1 + size > len(block):
            more = reading.file.read(_BLOCK)
            block, place = block[place:] + more, 0
            end = block.find(b" ")
            if not more or (end < 0 and len(block) > _MAX_WORD_BYTES):
                raise DataError(f"damaged or truncated in vector {number + 1} of {declared}", reading.path)
        word = block[place:end].lstrip(b"\n").decode(errors="replace")
        place = end + 1 + size
        if reading.needs(word):
            vector = np.frombuffer(block, "<f4", reading.dimensions, end + 1).astype(np.float32)
            _check_finite(vector, word, reading.path)
            reading.rows[word] = vector
    if (block[place:] + reading.file.read(_SAMPLE)).strip():
        raise DataError(f"more data after the {declared} vectors that the first line declares", reading.path)
    return declared
