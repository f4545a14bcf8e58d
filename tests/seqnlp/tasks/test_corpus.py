"""The corpus of a run."""

import hashlib
import os
from pathlib import Path

from seqnlp.tasks.corpus import readable_checksum


def test_only_a_file_that_can_be_read_again_has_a_checksum(tmp_path: Path) -> None:
    file, pipe = tmp_path / "train.conll", tmp_path / "pipe"
    file.write_bytes(b"Oslo B-LOC\n")
    os.mkfifo(pipe)
    assert readable_checksum(file) == hashlib.sha256(b"Oslo B-LOC\n").hexdigest()
    assert [readable_checksum(path) for path in (pipe, tmp_path, tmp_path / "absent")] == [None, None, None]
