"""`seqnlp prepare`."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from seqnlp.corpora import load
from seqnlp.errors import DataError
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import load_prepared
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.tasks.tagging.task import TaggerTask

TAGGER = TaggerTask()
SLICES = {"train": 120, "dev": 30, "test": 20}


@pytest.fixture(scope="module")
def slices() -> dict[str, list]:
    corpus = load("sample/ner")
    return {name: list(corpus.split(name)[:count]) for name, count in SLICES.items()}


@pytest.fixture
def files(slices, tmp_path: Path) -> list[object]:
    """Options with the files of part of the sample corpus."""
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


def test_a_prepared_directory_contains_what_was_prepared(cli, files, slices, tmp_path: Path) -> None:
    assert cli("prepare", "tagger", "--output", tmp_path / "prepared", *files).exit_code == 0
    read = load_prepared(tmp_path / "prepared", TAGGER)
    values = {f"data.{name}": tmp_path / f"{name}.conll" for name in SLICES}
    expected = prepare(TAGGER, TaggerSettings.load(values=values))
    assert read.codec == expected.codec
    for field in ("encoding", "format_options", "source", "facts"):
        assert getattr(read, field) == getattr(expected, field)
    assert list(read.held_out) == ["dev", "test"]
    assert list(read.encoded) == list(expected.encoded)
    for found, encoded in zip(read.encoded.values(), expected.encoded.values(), strict=True):
        for field in ("words", "spellings", "characters", "tags"):
            array = getattr(found, field)
            assert isinstance(array, np.memmap)
            assert array.dtype == np.int32
            np.testing.assert_array_equal(array, getattr(encoded, field))
        np.testing.assert_array_equal(found.windows.table, encoded.windows.table)
    for name, split in read.held_out.items():
        for found, sentence in zip(split.examples, slices[name], strict=True):
            assert (found.words, found.tags) == (sentence.words, sentence.tags)


def test_the_report_equals_a_count_by_hand(cli, files, slices, tmp_path: Path) -> None:
    result = cli("prepare", "tagger", "--output", tmp_path / "prepared", *files, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    digits = {ord(digit): "0" for digit in "123456789"}
    words = {
        name: [word.lower().translate(digits) for sentence in sentences for word in sentence.words]
        for name, sentences in slices.items()
    }
    known = set(words["train"])
    assert found["words"] == len(known) + 2
    assert found["characters"] == len({c for s in slices["train"] for word in s.words for c in word}) + 2
    labels = {tag[2:] for sentence in slices["train"] for tag in sentence.tags if tag != "O"}
    assert sorted(found["labels"]) == sorted(
        ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BIES")]
    )
    for name, sentences in slices.items():
        lengths = sorted(len(sentence.words) for sentence in sentences)
        split = found["splits"][name]
        side = split["sides"][""]
        assert (side["records"], side["tokens"]) == (SLICES[name], sum(lengths))
        assert side["unknown"] == round(sum(word not in known for word in words[name]) / sum(lengths), 6)
        assert side["mean"] == round(sum(lengths) / len(sentences), 1)
        assert side["max"] == lengths[-1]
        assert lengths[len(lengths) // 2 - 1] <= side["p50"] <= lengths[len(lengths) // 2]
        assert split["labels"] == Counter(tag[2:] for s in sentences for tag in s.tags if tag[:2] == "B-")
    assert found["splits"]["train"]["sides"][""]["unknown"] == 0
    assert found["splits"]["dev"]["sides"][""]["unknown"] > 0
    encoded = load_prepared(tmp_path / "prepared", TAGGER).encoded
    assert {name: len(each.lengths) for name, each in encoded.items()} == SLICES


def test_padding_is_that_of_the_training_batches(cli, files, slices, tmp_path: Path) -> None:
    options = ("--set", "training.buckets=1", "--set", "training.batch_tokens=16", "--json")
    found = json.loads(cli("prepare", "tagger", "--output", tmp_path / "prepared", *files, *options).stdout)
    lengths = [len(each.words) for each in slices["train"]]
    # With one padded length and room for one row, every sentence is a batch.
    assert found["buckets"] == [max(lengths)]
    assert found["batches"] == len(lengths)
    assert found["padding"] == round(1 - sum(lengths) / (max(lengths) * len(lengths)), 4)


def test_the_report_is_readable(cli, files, tmp_path: Path) -> None:
    result = cli("prepare", "tagger", "--output", tmp_path / "prepared", *files)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "% padding" in result.stdout
    assert all(name in result.stdout for name in SLICES)


def test_a_changed_byte_is_detected(cli, complaint, files, tmp_path: Path) -> None:
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
            load_prepared(prepared, TAGGER)
        assert str(caught.value) == f"{path}: changed since it was prepared"
        path.write_bytes(content)
    load_prepared(prepared, TAGGER)
    (prepared / "codec.json").unlink()
    line = complaint("train", "tagger", "--prepared", prepared, "--output", tmp_path / "run")
    assert line == f"{prepared / 'codec.json'}: No such file or directory; was it made by seqnlp prepare?"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "manifest", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "sha256": 3}', "[" * 10_000, "\x00"]
)
def test_a_damaged_manifest_is_an_error(complaint, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    line = complaint("train", "tagger", "--prepared", tmp_path, "--output", tmp_path / "run")
    assert line.startswith(str(tmp_path))
    assert not (tmp_path / "run").exists()


def test_existing_files_are_not_overwritten(cli, complaint, files, tmp_path: Path) -> None:
    for output, message in (
        (tmp_path, f"{tmp_path} is not empty; choose another --output"),
        (tmp_path / "train.conll", f"{tmp_path / 'train.conll'} is a file; choose a directory (--output)"),
    ):
        before = sorted(tmp_path.rglob("*"))
        assert complaint("prepare", "tagger", "--output", output, *files) == message
        assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    assert cli("prepare", "tagger", "--output", tmp_path / "empty", *files).exit_code == 0


def test_invalid_data_leave_no_output(complaint, files, tmp_path: Path) -> None:
    (tmp_path / "dev.conll").write_text("Ada B-PER\nlives\n")
    output = tmp_path / "prepared"
    assert "dev.conll:2: 1 column" in complaint("prepare", "tagger", "--output", output, *files)
    assert not output.exists()
