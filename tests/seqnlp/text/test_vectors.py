import codecs
import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.text.vectors import read_vectors

WORDS = ["the", "Straße", "東京", "U.S.", "<unk>", "3.5", "</s>"]
REQUESTED = {"Straße", "<unk>", "absent", "3.5"}


def table(count: int = len(WORDS), dimensions: int = 5) -> NDArray[np.float32]:
    return np.random.default_rng(3).normal(size=(count, dimensions)).astype(np.float32)


def as_text(words: list[str], matrix: NDArray[np.float32], header: bool, end: str = "\n") -> bytes:
    lines = [f"{len(words)} {matrix.shape[1]}"] if header else []
    lines += [" ".join([word, *map(repr, row.tolist())]) for word, row in zip(words, matrix, strict=True)]
    return "".join(line + end for line in lines).encode()


def as_binary(words: list[str], matrix: NDArray[np.float32], end: bytes = b"\n") -> bytes:
    """Return the file that word2vec.c writes."""
    rows = [
        word.encode() + b" " + struct.pack(f"<{matrix.shape[1]}f", *row) + end
        for word, row in zip(words, matrix.tolist(), strict=True)
    ]
    return f"{len(words)} {matrix.shape[1]}\n".encode() + b"".join(rows)


FILES = {
    "word2vec text": (as_text(WORDS, table(), header=True), "text with header"),
    "fastText": (as_text(WORDS, table(), header=True, end=" \n"), "text with header"),
    "GloVe": (as_text(WORDS, table(), header=False), "text"),
    "Windows": (as_text(WORDS, table(), header=False, end="\r\n"), "text"),
    "word2vec binary": (as_binary(WORDS, table()), "binary"),
    "gensim binary": (as_binary(WORDS, table(), end=b""), "binary"),
}


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", FILES)
def test_every_format(kind: str, compressed: bool, tmp_path: Path) -> None:
    content, form = FILES[kind]
    path = tmp_path / "vectors"
    path.write_bytes(gzip.compress(content) if compressed else content)
    vectors = read_vectors(path, REQUESTED)
    assert vectors.words == ("Straße", "<unk>", "3.5")
    assert vectors.matrix.dtype == np.float32
    np.testing.assert_array_equal(vectors.matrix, table()[[1, 4, 5]])
    assert vectors.format == form
    assert vectors.read == len(WORDS)
    assert vectors.coverage(REQUESTED) == 0.75
    assert vectors.coverage([]) == 0


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("compressed", [True, False])
def test_a_byte_order_mark_is_no_part_of_the_first_word(
    header: bool, compressed: bool, tmp_path: Path
) -> None:
    path = tmp_path / "marked"
    content = codecs.BOM_UTF8 + as_text(WORDS, table(), header)
    path.write_bytes(gzip.compress(content) if compressed else content)
    vectors = read_vectors(path, WORDS)
    assert vectors.words == tuple(WORDS)
    np.testing.assert_array_equal(vectors.matrix, table())


def test_words_may_contain_spaces(tmp_path: Path) -> None:
    path = tmp_path / "glove.840B"
    path.write_bytes(as_text(["the", ". . .", "at mail@x.org", "\xa0", "a\x85b"], table(5), header=False))
    words = {". . .", "at mail@x.org", "\xa0", "a\x85b"}
    vectors = read_vectors(path, words)
    assert set(vectors.words) == words
    np.testing.assert_array_equal(vectors.matrix, table(5)[1:])


def test_the_first_of_two_vectors_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "twice"
    path.write_bytes(as_text(["a", "b", "a"], table(3), header=False))
    vectors = read_vectors(path, {"a"})
    assert vectors.words == ("a",)
    np.testing.assert_array_equal(vectors.matrix, table(3)[:1])
    assert read_vectors(path, set()).matrix.shape == (0, 5)


@given(st.lists(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1), min_size=1, unique=True))
def test_any_words_in_binary_and_text(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    path = tmp_path_factory.mktemp("vectors") / "any"
    for content in (
        as_binary(words, table(len(words), 20)),
        as_text(words, table(len(words), 20), header=True),
    ):
        path.write_bytes(content)
        vectors = read_vectors(path, words)
        assert vectors.words == tuple(words)
        np.testing.assert_array_equal(vectors.matrix, table(len(words), 20))


HEADED = as_text(WORDS, table(), header=True)
BINARY = as_binary(WORDS, table())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: no word vectors: the file is empty"),
        (b"\n", ":1: no word vectors"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ":1: not a file of word vectors"),
        (b"only words here\n", ":1: not a file of word vectors"),
        (b"7 0\nthe\n", ":1: not a file of word vectors"),
        (b"a 1 2 3\nb 1 2\n", ":2: 2 numbers, but other lines have 3"),
        (b"a 1 2 3\nb\n", ":2: 0 numbers, but other lines have 3"),
        (b"a 1 2 3\nb 0.5 1 2 0.25\n", ":2: 4 numbers, but other lines have 3"),
        (b"a 1 2 3\nb 1 x 3\n", ":2: 'x' is not a number"),
        (b"a 1 2 3\nb 1 nan 3\n", ":2: the vector of 'b' is not finite"),
        (b"a 1 2 3\nb 1 1e39 3\n", ":2: the vector of 'b' is not finite"),
        (b"2 3\na 1 2 3\nb 1 2 x\n", ":3: 'x' is not a number"),
        (b"2 3\na 1 2 3\n", ": 1 word vectors, but the first line declares 2"),
        (b"2 3\n", ": 0 word vectors, but the first line declares 2"),
        (HEADED + b"more 1 2 3 4 5\n", ": 8 word vectors, but the first line declares 7"),
        (BINARY[:-3], ": damaged or truncated in vector 7 of 7"),
        (BINARY[:50], ": damaged or truncated in vector 2 of 7"),
        (BINARY + b"x", ": more data after the 7 vectors"),
        (b"2 5\n" + b"\x00" * 200_000, ": damaged or truncated in vector 1 of 2"),
        (as_binary(["b"], np.full((1, 5), np.inf, np.float32)), ": the vector of 'b' is not finite"),
        (gzip.compress(HEADED)[:-12], ": the gzip data are damaged or truncated"),
        (b"\x1f\x8b not gzip", ": the gzip data are damaged or truncated"),
    ],
)  # fmt: skip
def test_an_invalid_file_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_vectors(path, {"a", "b"})
    assert str(caught.value).startswith(str(path) + message)


def test_directories_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Is a directory"):
        read_vectors(tmp_path, set())
    with pytest.raises(DataError, match="No such file"):
        read_vectors(tmp_path / "none", set())


@given(st.binary())
def test_any_bytes_raise_only_data_errors(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("vectors") / "any"
    for start in (b"", b"2 3\n", b"1 2\na ", b"a 1 2\n"):
        path.write_bytes(start + content)
        try:
            vectors = read_vectors(path, {"a", "b"})
        except DataError:
            continue
        assert vectors.matrix.shape[0] == len(vectors.words)


@pytest.mark.parametrize("writer", [as_binary, lambda words, matrix: as_text(words, matrix, header=False)])
def test_memory_does_not_grow_with_the_file(writer, tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(20_000)]
    path = tmp_path / "large"
    path.write_bytes(writer(words, table(len(words), 100)))
    assert path.stat().st_size > 8_000_000
    tracemalloc.start()
    vectors = read_vectors(path, {"word7", "word19999"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert vectors.words == ("word7", "word19999")
    assert peak < 4_500_000
