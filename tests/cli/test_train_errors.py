"""Errors of `seqnlp train` in data and settings, all of which are reported before TensorFlow is loaded."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqnlp import corpora
from seqnlp.tasks.corpus import prepare as prepare_corpus
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.tasks.tagging.task import TaggerTask

GOOD = "EU B-ORG\nrejects O\n\nPeter B-PER\nBlackburn I-PER\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a valid training file and many invalid ones."""
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "good.conll": GOOD.encode(),
        "empty.conll": b"",
        "blank.conll": b"\n \n\n",
        "short.conll": b"EU B-ORG\nrejects\n\nPeter B-PER\n",
        "long.conll": b"EU B-ORG\nrejects O O\n\nPeter B-PER\n",
        "forbidden.conll": GOOD.encode() + b"\nin O\nParis I-LOC\n",
        "malformed.conll": GOOD.encode() + b"\nin O\nParis X-LOC\n",
        "latin1.conll": b"EU B-ORG\n\nM\xfcnchen B-LOC\n",
        "cut.jsonl": b'{"text": "Oslo is", "entities": [[0, 3, "LOC"]]}\n',
        "broken.jsonl": b'{"text": "Oslo", "entities": []}\n{"text": \n',
        "new.conll": b"Oslo B-CITY\nis O\n",
        "config.toml": b"[training]\nepochs = 3\n",
        "unknown.toml": b"[trainig]\nepochs = 3\n",
        "broken.toml": b"[training\n",
        "latin1.toml": b"# M\xfcnchen\n",
    }.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.conll").mkdir()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "config.toml").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "metrics.json").write_text("mine")
    (tmp_path / "file").write_text("")
    return tmp_path


FILES = ("--train", "good.conll", "--dev", "good.conll")

WRONG = {
    "unknown key": (
        ["--set", "training.epoch=3"],
        "unknown setting training.epoch; did you mean training.epochs?",
    ),
    "key of another section": (["--set", "training.units=3"], "did you mean network.units?"),
    "unknown section in a file": (["--config", "unknown.toml"], "unknown.toml: unknown setting trainig"),
    "wrong type": (["--set", "training.epochs=many"], "training.epochs: "),
    "out of range": (["--set", "network.dropout=1.5"], "network.dropout: "),
    "seed of 33 bits": (["--seed", "4294967296"], "training.seed: "),
    "negative seed": (["--seed", "-1"], "training.seed: "),
    "not finite": (["--set", "training.learning_rate=nan"], "training.learning_rate: "),
    "infinite": (["--set", "training.clip=inf"], "training.clip: "),
    "thousands of digits": (["--set", f"network.units={'9' * 5000}"], "network.units: "),
    "thousands of brackets": (["--set", f"network.units={'[' * 20_000}"], "network.units: "),
    "too large": (["--epochs", "1" + "0" * 30], "training.epochs: "),
    "null character": (["--set", r'data.train="a\u0000"'], r"data.train: 'a\x00' contains a null character"),
    "output has files": ([*FILES, "--output", "full"], "full is not empty; choose another --output"),
    "folds in a directory with files": ([*FILES, "--folds", "3", "--output", "full"], "full is not empty"),
    "unknown choice": (["--set", "network.cell=qrnn"], "network.cell: "),
    "no value": (["--set", "training.epochs"], "--set expects SECTION.KEY=VALUE, not 'training.epochs'"),
    "not a section": (["--set", "training.epochs=3", "--set", "training.epochs.x=3"], "epochs is a setting"),
    "section for a setting": (["--set", "training=3"], "training: "),
    "negative epochs": (["--epochs", "0"], "training.epochs: "),
    "missing config": (["--config", "none.toml"], "none.toml: No such file or directory"),
    "config is a folder": (["--config", "taken"], "taken: Is a directory"),
    "broken config": (["--config", "broken.toml"], "broken.toml: "),
    "config not UTF-8": (["--config", "latin1.toml"], "latin1.toml: "),
    "unknown corpus": (["--corpus", "conll2002/epo"], "did you mean conll2002/esp?"),
    "unknown corpus, far": (["--corpus", "zzz"], "conll2002/esp"),
    "corpus and file": (
        ["--corpus", "sample/ner", "--train", "good.conll"],
        "give --corpus or --train, not both",
    ),
    "corpus and dev": (["--corpus", "sample/ner", "--dev", "good.conll"], "give --corpus or --dev, not both"),
    "train without dev, too few": (
        ["--train", "good.conll"],
        "training records are too few to hold out dev data",
    ),
    "dev without train": (["--dev", "good.conll"], "--train is missing"),
    "prepared and files": (
        [*FILES, "--prepared", "taken"],
        "give --prepared or data.train, not both: a prepared corpus is already read",
    ),
    "prepared and dev": (
        ["--dev", "good.conll", "--prepared", "taken"],
        "give --prepared or data.dev, not both",
    ),
    "not prepared": (["--prepared", "taken"], "was it made by seqnlp prepare?"),
    "missing file": (
        ["--train", "none.conll", "--dev", "good.conll"],
        "none.conll: No such file or directory",
    ),
    "directory": (["--train", "folder.conll", "--dev", "good.conll"], "folder.conll: Is a directory"),
    "unknown ending": (["--train", "file", "--dev", "good.conll"], "file: the file ending selects no format"),
    "unknown format": ([*FILES, "--format", "xml"], "xml"),
    "empty": (["--train", "empty.conll", "--dev", "good.conll"], "empty.conll: contains no sentence"),
    "blank": (["--train", "blank.conll", "--dev", "good.conll"], "blank.conll: contains no sentence"),
    "empty dev": (["--train", "good.conll", "--dev", "empty.conll"], "empty.conll: contains no sentence"),
    "empty test": ([*FILES, "--test", "empty.conll"], "empty.conll: contains no sentence"),
    "column missing": (
        ["--train", "short.conll", "--dev", "good.conll"],
        "short.conll:2: 1 column, but line 1 has 2",
    ),
    "column too many": (
        ["--train", "long.conll", "--dev", "good.conll"],
        "long.conll:2: 3 columns, but line 1 has 2",
    ),
    "no such column": ([*FILES, "--tag-column", "2"], "good.conll:1: 2 columns, but the word is in column 0"),
    "forbidden": (
        ["--train", "forbidden.conll", "--dev", "good.conll", "--strict-tags"],
        "forbidden.conll:8: I-LOC follows O",
    ),
    "forbidden in dev": (
        ["--train", "good.conll", "--dev", "forbidden.conll", "--strict-tags"],
        "forbidden.conll:8: I-LOC follows O",
    ),
    "malformed tag": (
        ["--train", "malformed.conll", "--dev", "good.conll"],
        "malformed.conll:8: 'X-LOC' is not a bio tag",
    ),
    "not UTF-8": (["--train", "latin1.conll", "--dev", "good.conll"], "latin1.conll:3: not UTF-8: byte 0xFC"),
    "span cuts a word": (
        ["--train", "cut.jsonl", "--dev", "good.conll"],
        "cut.jsonl:1: the span 'Osl' (0-3)",
    ),
    "invalid JSON": (["--train", "broken.jsonl", "--dev", "good.conll"], "broken.jsonl:2: invalid JSON"),
    "resume without output": (["--resume"], "--resume needs --output"),
    "resume without a run": (["--resume", "--output", "nowhere"], "nowhere contains no run to resume"),
    "resume with settings": (["--resume", "--output", "taken", "--epochs", "3"], "give no others"),
    "output is a run": ([*FILES, "--output", "taken"], "taken contains a run; resume it (--resume)"),
    "output is a file": ([*FILES, "--output", "file"], "file is a file; choose a directory"),
    "unknown task": (["--help-me"], "No such option"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_error_is_one_line_and_nothing_is_written(
    complaint: Callable[..., str], files: Path, case: str
) -> None:
    arguments, message = WRONG[case]
    before = sorted(files.rglob("*"))
    assert message in complaint("train", "tagger", *arguments)
    assert sorted(files.rglob("*")) == before


def test_an_unknown_corpus_lists_the_known_ones(complaint: Callable[..., str], files: Path) -> None:
    line = complaint("train", "tagger", "--corpus", "zzz", "--output", "run")
    assert all(name in line for name in corpora.known())


def test_errors_do_not_load_tensorflow(files: Path) -> None:
    """All commands run in one process, which then lists its modules."""
    script = (
        "import json, sys\n"
        "from seqnlp.cli.main import main\n"
        "for arguments in json.load(sys.stdin):\n"
        "    sys.argv[1:] = arguments\n"
        "    try: main()\n"
        "    except SystemExit as end: print(end.code)\n"
        "print(*{'tensorflow', 'keras', 'onnx', 'tf2onnx', 'matplotlib'} & set(sys.modules))\n"
    )
    commands = [
        ["train", "tagger", *arguments, *([] if "--output" in arguments else ["--output", "run"])]
        for arguments, _ in WRONG.values()
    ]
    result = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines() == [*["2"] * len(WRONG), ""]
    assert len(result.stderr.splitlines()) == len(WRONG)
    assert not (files / "run").exists()


def prepare(*overrides: str, **data: object) -> Prepared[Any, Any]:
    settings = TaggerSettings.load(None, overrides, {f"data.{name}": value for name, value in data.items()})
    return prepare_corpus(TaggerTask(), settings)


def test_a_label_that_is_missing_from_training_causes_a_warning(
    files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    prepared = prepare(train="good.conll", dev="new.conll", test="good.conll")
    assert caplog.messages == ["dev: the label CITY is missing from the training data; it counts as an error"]
    assert prepared.held_out["dev"].encoded.tags.tolist()[0] == -1
    assert prepared.held_out["dev"].examples[0].tags == ("B-CITY", "O")


def test_a_plain_tag_that_is_missing_from_training_causes_a_warning(
    files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (files / "train.pos").write_text("a X-1\nb Y-2\n")
    (files / "dev.pos").write_text("a Y-1\nb Y-2\n")
    prepare("format.scheme=plain", train="train.pos", dev="dev.pos")
    assert caplog.messages == ["dev: the label Y-1 is missing from the training data; it counts as an error"]


def test_invalid_sentences_can_be_skipped(files: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name, line in (("short", 2), ("malformed", 8), ("latin1", 3)):
        caplog.clear()
        prepared = prepare(train=f"{name}.conll", dev="good.conll", on_error="skip")
        (message,) = (text for text in caplog.messages if "skipped" in text)
        assert message.startswith(f"skipped 1 sentence (first: {name}.conll:{line}: ")
        kept = {"short": 1, "malformed": 2, "latin1": 1}[name]
        assert len(prepared.train.windows.lengths) == kept


def test_a_split_with_only_invalid_sentences_is_an_error(complaint: Callable[..., str], files: Path) -> None:
    (files / "wrong.conll").write_text("in O\nParis X-LOC\n")
    arguments = ("train", "tagger", "--train", "wrong.conll", "--dev", "good.conll", "--on-error", "skip")
    assert "no sentence of train can be used" in complaint(*arguments, "--set", "format.scheme=bio")
