"""`seqnlp prepare`."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from seqnlp.corpora import load
from seqnlp.errors import DataError
from seqnlp.tasks.tagging.prepared import Prepared
from seqnlp.tasks.tagging.task import TaggerTask
from seqnlp.tasks.task import load_settings

SLICES = {"train": 120, "dev": 30, "test": 20}


@pytest.fixture(scope="module")
def slices() -> dict[str, list]:
    corpus = load("sample/ner")
    return {name: list(corpus.split(name)[:count]) for name, count in SLICES.items()}


@pytest.fixture
def files(slices, tmp_path: Path) -> list[object]:
    """The options that name a slice of the sample, written as files."""
    options: list[object] = []
    for name, sentences in slices.items():
        path = tmp_path / f"{name}.conll"
        text = "\n".join(
            "".join(f"{word} {tag}\n" for word, tag in zip(each.words, each.tags, strict=True))
            for each in sentences
        )
        path.write_text(text, encoding="utf-8")
        options += [f"--{name}", path]
    return options


def test_what_is_read_back_is_what_was_written(cli, files, slices, tmp_path: Path) -> None:
    assert cli("prepare", "tagger", "--output", tmp_path / "prepared", *files).exit_code == 0
    read = Prepared.read(tmp_path / "prepared")
    flags = {f"data.{name}": tmp_path / f"{name}.conll" for name in SLICES}
    made = TaggerTask().prepare(load_settings("tagger", None, None, flags))
    assert (read.codec, read.text, read.seen, read.source) == (made.codec, made.text, made.seen, made.source)
    assert list(read.held_out) == ["dev", "test"]
    parts = [(read.train, made.train)]
    parts += [(read.held_out[name].encoded, made.held_out[name].encoded) for name in read.held_out]
    for found, expected in parts:
        for field in ("words", "spellings", "characters", "tags"):
            array = getattr(found, field)
            assert isinstance(array, np.memmap)
            assert array.dtype == np.int32
            np.testing.assert_array_equal(array, getattr(expected, field))
        for field in ("starts", "lengths", "kept"):
            np.testing.assert_array_equal(getattr(found.windows, field), getattr(expected.windows, field))
    for name in ("dev", "test"):
        for found, expected in zip(read.held_out[name].sentences, slices[name], strict=True):
            assert (found.words, found.tags) == (expected.words, expected.tags)


def test_figures_equal_a_hand_count(cli, files, slices, tmp_path: Path) -> None:
    result = cli("prepare", "tagger", "--output", tmp_path / "prepared", *files, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    form = {
        word.lower().translate({ord(d): "0" for d in "123456789"}): 0
        for s in slices["train"]
        for word in s.words
    }
    assert found["words"] == len(form) + 2
    assert found["characters"] == len({c for s in slices["train"] for word in s.words for c in word}) + 2
    labels = Counter(tag[2:] for s in slices["train"] for tag in s.tags if tag != "O")
    assert sorted(found["labels"]) == sorted(
        ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BIES")]
    )
    for name, sentences in slices.items():
        lengths = sorted(len(s.words) for s in sentences)
        words = [
            word.lower().translate({ord(d): "0" for d in "123456789"}) for s in sentences for word in s.words
        ]
        part = found["parts"][name]
        assert (part["sentences"], part["rows"], part["tokens"]) == (SLICES[name], SLICES[name], len(words))
        assert part["unknown"] == round(sum(word not in form for word in words) / len(words), 4)
        assert part["length"]["mean"] == round(len(words) / len(sentences), 1)
        assert part["length"]["longest"] == lengths[-1]
        assert lengths[len(lengths) // 2 - 1] <= part["length"]["p50"] <= lengths[len(lengths) // 2]
        assert part["labels"] == Counter(tag[2:] for s in sentences for tag in s.tags if tag[:2] == "B-")
    assert found["parts"]["train"]["unknown"] == 0
    assert found["parts"]["dev"]["unknown"] > 0


def test_padding_is_what_the_batches_of_training_have(cli, files, slices, tmp_path: Path) -> None:
    options = ("--set", "training.buckets=1", "--set", "training.batch_tokens=16", "--json")
    found = json.loads(cli("prepare", "tagger", "--output", tmp_path / "prepared", *files, *options).stdout)
    lengths = [len(each.words) for each in slices["train"]]
    # One padded length, and room for one row only: every sentence is a batch of its own.
    assert found["buckets"] == [max(lengths)]
    assert found["batches"] == len(lengths)
    assert found["padding"] == round(1 - sum(lengths) / (max(lengths) * len(lengths)), 4)


def test_what_is_shown(cli, files, tmp_path: Path) -> None:
    result = cli("prepare", "tagger", "--output", tmp_path / "prepared", *files)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "positions are padding" in result.stdout
    assert all(name in result.stdout for name in SLICES)


def test_a_changed_byte_is_found(cli, complaint, files, tmp_path: Path) -> None:
    prepared = tmp_path / "prepared"
    cli("prepare", "tagger", "--output", prepared, *files)
    for path in sorted(prepared.iterdir()):
        if path.name == "manifest.json":
            continue
        content = path.read_bytes()
        changed = bytearray(content)
        changed[-2] ^= 1
        path.write_bytes(changed)
        with pytest.raises(DataError) as caught:
            Prepared.read(prepared)
        assert str(caught.value) == f"{path}: changed since it was prepared"
        path.write_bytes(content)
    Prepared.read(prepared)
    (prepared / "codec.json").unlink()
    line = complaint("train", "tagger", "--prepared", prepared, "--output", tmp_path / "run")
    assert line == f"{prepared / 'codec.json'}: No such file or directory; was it made by seqnlp prepare?"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "manifest", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "sha256": 3}', "[" * 10_000, "\x00"]
)
def test_a_damaged_manifest(complaint, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    line = complaint("train", "tagger", "--prepared", tmp_path, "--output", tmp_path / "run")
    assert line.startswith(str(tmp_path))
    assert not (tmp_path / "run").exists()


def test_what_stands_there_is_not_overwritten(cli, complaint, files, tmp_path: Path) -> None:
    for output in (tmp_path, tmp_path / "train.conll"):
        before = sorted(tmp_path.rglob("*"))
        assert "choose another --output" in complaint("prepare", "tagger", "--output", output, *files)
        assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    assert cli("prepare", "tagger", "--output", tmp_path / "empty", *files).exit_code == 0


def test_wrong_data_leave_nothing(complaint, files, tmp_path: Path) -> None:
    (tmp_path / "dev.conll").write_text("Ada B-PER\nlives\n")
    output = tmp_path / "prepared"
    assert "dev.conll:2: 1 column" in complaint("prepare", "tagger", "--output", output, *files)
    assert not output.exists()
