import gzip
from pathlib import Path

import pytest

from seqnlp.corpora.formats.lines import check_utf8, read_lines, read_text
from seqnlp.errors import DataError

TEXT = "uno\ndos\r\n\x85tres\u2028cuatro\x0b\n\ncinco"
LINES = [(1, "uno"), (2, "dos"), (3, "\x85tres\u2028cuatro\x0b"), (4, ""), (5, "cinco")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("name", ["plain.txt", "misnamed.gz"])
def test_lines_end_at_newlines_only(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(TEXT.encode(encoding))
    assert list(read_lines(path)) == LINES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n", "\r"])
def test_a_whole_file_keeps_its_text(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "plain.txt"
    path.write_bytes((TEXT + end).encode(encoding))
    assert "".join(read_text(path)) == (TEXT + end).replace("\r\n", "\n")
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert "".join(read_text(path)) == (TEXT + end).replace("\r\n", "\n")


def test_a_whole_file_of_joined_files_has_no_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "joined.txt"
    path.write_bytes("one\n".encode("utf-8-sig") + "two\ufeff\n".encode("utf-8-sig") + b"three")
    assert "".join(read_text(path)) == "one\ntwo\ufeff\nthree"


def test_a_whole_file_that_cannot_be_read_raises(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent: No such file or directory$"):
        list(read_text(tmp_path / "absent"))
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(b"a b\n" * 1000)[:-12])
    with pytest.raises(DataError, match=r"cut\.gz: the gzip data are damaged or truncated"):
        list(read_text(path))


def test_joined_files_have_several_byte_order_marks(tmp_path: Path) -> None:
    path = tmp_path / "joined.txt"
    path.write_bytes("one\n".encode("utf-8-sig") + "two\ufeff\n".encode("utf-8-sig") + b"three")
    assert list(read_lines(path)) == [(1, "one"), (2, "two\ufeff"), (3, "three")]


@pytest.mark.parametrize("name", ["file.conll.gz", "no-ending"])
def test_gzip_is_recognized_by_the_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(TEXT.encode("utf-8-sig")))
    assert list(read_lines(path)) == LINES


def test_a_truncated_gzip_file_raises_after_its_valid_lines(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    whole = gzip.compress("\n".join(f"word {number:x}" for number in range(20_000)).encode())
    path.write_bytes(whole[: len(whole) // 2])
    seen = []
    with pytest.raises(DataError, match=r"cut\.gz:\d+: the gzip data are damaged or truncated"):
        seen.extend(line for _, line in read_lines(path))


def test_a_damaged_gzip_file_raises(tmp_path: Path) -> None:
    path = tmp_path / "damaged.gz"
    whole = bytearray(gzip.compress(b"a b\n" * 1000))
    whole[-6] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(DataError, match="damaged or truncated: CRC"):
        list(read_lines(path))


def test_missing_files_and_directories_raise(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent: No such file or directory$"):
        list(read_lines(tmp_path / "absent"))
    with pytest.raises(DataError, match=r": Is a directory$"):
        list(read_lines(tmp_path))


def test_the_error_names_the_first_invalid_byte(tmp_path: Path) -> None:
    path = tmp_path / "latin1.txt"
    path.write_bytes("ok\nCoruña NC\n".encode("latin-1"))
    first, second = read_lines(path)
    check_utf8(first, path)
    with pytest.raises(DataError, match=r"latin1\.txt:2: not UTF-8: byte 0xF1 after 'Coru'$"):
        check_utf8(second, path)


def test_the_error_shows_only_the_end_of_a_long_line(tmp_path: Path) -> None:
    line = (7, "x" * 100_000 + "Coru\udcf1a")
    with pytest.raises(DataError, match=rf"a:7: not UTF-8: byte 0xF1 after '{'x' * 36}Coru'$"):
        check_utf8(line, "a")
    with pytest.raises(DataError, match=r"a:9: not UTF-8: byte 0xF1 after 'Coru'$"):
        check_utf8((7, "one\ntwo\nCoru\udcf1a\nfour\udcf1"), "a")


def test_a_surrogate_written_as_utf8_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "surrogate.txt"
    path.write_bytes(b"\xed\xa0\x80\n")
    (line,) = read_lines(path)
    with pytest.raises(DataError, match="byte 0xED"):
        check_utf8(line, path)
