"""Directories with prepared corpora."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seqnlp.data.prepared import Contents, read_prepared, write_prepared
from seqnlp.errors import DataError

CONTENTS = Contents(
    codec={"words": ["ä", "b"]},
    arrays={
        "features": np.array([[0.5, -1.0], [np.inf, 2.0]], np.float32),
        "train.words": np.arange(5, dtype=np.int32),
        "dev.words": np.ones(1),
    },
    records={"dev.texts": [["ein\nTéxt", 1], []], "none": []},
    facts={"source": {"corpus": "a"}, "seen": None},
)


def read(directory: Path, task: str = "tagger") -> Contents:
    def read_records(contents: Contents) -> Contents:
        return replace(contents, records={name: list(values) for name, values in contents.records.items()})

    return read_prepared(directory, task, read_records)


def test_written_contents_are_read(tmp_path: Path) -> None:
    write_prepared(tmp_path / "a" / "b", "tagger", CONTENTS)
    found = read(tmp_path / "a" / "b")
    assert (found.codec, found.records) == (CONTENTS.codec, CONTENTS.records)
    assert {key: found.facts[key] for key in CONTENTS.facts} == CONTENTS.facts
    assert found.arrays.keys() == CONTENTS.arrays.keys()
    for name, expected in CONTENTS.arrays.items():
        assert isinstance(found.arrays[name], np.memmap)
        assert found.arrays[name].dtype == expected.dtype
        np.testing.assert_array_equal(found.arrays[name], expected)
    assert list(found.split("train")) == ["words"]
    np.testing.assert_array_equal(found.split("train")["words"], np.arange(5))


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    broken = Contents(CONTENTS.codec, CONTENTS.arrays, {"dev.texts": [object()]}, {})
    with pytest.raises(TypeError):
        write_prepared(tmp_path, "tagger", broken)
    assert list(tmp_path.iterdir()) == []


def test_another_task_is_refused(tmp_path: Path) -> None:
    write_prepared(tmp_path, "tagger", CONTENTS)
    with pytest.raises(DataError, match="prepared for a tagger, not for a classifier"):
        read(tmp_path, "classifier")


def test_missing_contents_are_reported_as_damage(tmp_path: Path) -> None:
    write_prepared(tmp_path, "tagger", CONTENTS)
    with pytest.raises(DataError, match=r"not made by seqnlp prepare, or damaged \('test'\)"):
        read_prepared(tmp_path, "tagger", lambda contents: contents.records["test"])


def test_another_format_is_refused(tmp_path: Path) -> None:
    write_prepared(tmp_path, "tagger", CONTENTS)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text(encoding="utf-8")), "format": 2}))
    with pytest.raises(DataError, match="format 2 is not supported; run seqnlp prepare again"):
        read(tmp_path)
