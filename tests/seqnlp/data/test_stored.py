"""Arrays and bytes in temporary files."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.stored import ArrayWriter, TemporaryFile
from seqnlp.errors import DataError


@given(parts=st.lists(st.lists(st.integers(0, 255), max_size=5)))
def test_an_array_is_written_piece_by_piece(parts: list[list[int]]) -> None:
    writer = ArrayWriter(np.uint8)
    for part in parts:
        writer.append(part)
    found = writer.finish()
    assert found.dtype == np.uint8
    assert found.tolist() == [number for part in parts for number in part]
    assert type(found) is np.ndarray


def test_a_file_has_no_name_and_forks_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    file = TemporaryFile()
    file.append(b"abc")
    file.append(b"de")
    file.flush()
    assert list(tmp_path.iterdir()) == []
    child = os.fork()
    if child == 0:
        os._exit(file.read(1, 3) != b"bcd")
    assert os.waitpid(child, 0)[1] == 0
    assert file.read(2, 10) == b"cde"


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    file = TemporaryFile()
    with Path("/dev/full").open("wb", buffering=0) as full:
        file._file = full
        with pytest.raises(DataError, match=r"^a temporary file cannot be written: No space left on device$"):
            file.append(b"a" * (1 << 20))
    monkeypatch.setattr(tempfile, "tempdir", "/absent")
    monkeypatch.setenv("TMPDIR", "/absent")
    with pytest.raises(DataError, match=r"^no temporary file can be written: No such file or directory$"):
        TemporaryFile()
