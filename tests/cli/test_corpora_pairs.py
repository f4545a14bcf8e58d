"""`seqnlp corpora` of pairs."""

import json
from pathlib import Path

import pytest

from seqnlp import corpora

ROWS = "source\ttarget\na red dog\tein Hund\na\tb c d e\na red dog\tein Hund\n\tleer\nbroken\n"
FOUND = {
    "pairs": 4,
    "repeated": 1,
    "empty": {"source": 1, "target": 0},
    "characters": {"source": 19, "target": 27},
    "lengths": {
        "source": {"mean": 1.8, "median": 1, "p95": 3, "longest": 3},
        "target": {"mean": 2.2, "median": 2, "p95": 4, "longest": 4},
    },
    "widest_ratio": {"ratio": 4.0, "source": 1, "target": 4, "line": 3},
}


def test_check_reports_on_pairs(cli, complaint, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(ROWS, encoding="utf-8")
    problem = f"{path}:6: 1 column, but line 1 has 2"
    for options in ((), ("--task", "translator"), ("--source-column", "source")):
        result = cli("corpora", "check", path, *options, "--on-error", "skip", "--json")
        assert json.loads(result.stdout) == {
            "file": str(path),
            "kind": "pairs",
            "format": "tsv",
            **FOUND,
            "warnings": [],
            "problems": 1,
            "first_problems": [problem],
        }
    result = cli("corpora", "check", path)
    assert (result.exit_code, result.stderr) == (2, f"error: found 1 problem (first: {problem})\n")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    for line in (f"{path}: pairs, format tsv", "pairs 4", "repeated 1", "lengths, target, longest 4"):
        assert line in lines
    widest = {"ratio": "4.0", "source": "1", "target": "4", "line": "3"}
    assert {f"widest ratio, {name} {value}" for name, value in widest.items()} <= set(lines)
    assert lines[-1] == problem


def test_check_reads_two_aligned_files(cli, complaint, tmp_path: Path) -> None:
    (tmp_path / "train.en").write_text("a\nb\n", encoding="utf-8")
    (tmp_path / "train.de").write_text("\n\n", encoding="utf-8")
    report = json.loads(cli("corpora", "check", tmp_path / "train", "--pair", "en-de", "--json").stdout)
    assert (report["format"], report["pairs"], report["empty"]) == ("aligned", 2, {"source": 0, "target": 2})
    assert report["widest_ratio"] is None
    assert "none" in cli("corpora", "check", tmp_path / "train", "--pair", "en-de").stdout
    missing = complaint("corpora", "check", tmp_path / "train", "--pair", "en-fr")
    assert missing == f"{tmp_path}/train.fr: no such file, nor {tmp_path}/train.fr.gz"
    assert "two different endings joined by a hyphen" in complaint(
        "corpora", "check", tmp_path / "train", "--pair", "en"
    )
    assert "by a pair of endings" in complaint("corpora", "check", tmp_path / "train", "--task", "translator")


def test_check_names_a_missing_column(complaint, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("en,de\na,b\n", encoding="utf-8")
    message = complaint("corpora", "check", tmp_path / "a.csv", "--source-column", "en")
    missing = f"{tmp_path}/a.csv:1: no column 'target'; the first row has 'en', 'de'; use --target-column"
    assert message.startswith(missing)


@pytest.fixture
def multi30k(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "multi30k").mkdir()
    for split in ("train", "val", "test_2016_flickr"):
        (tmp_path / "multi30k" / f"{split}.en").write_text("a dog\na dog\n\nruns\n", encoding="utf-8")
        (tmp_path / "multi30k" / f"{split}.de").write_text(
            "ein Hund\nein Hund\nleer\nrennt\n", encoding="utf-8"
        )
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    return tmp_path / "multi30k"


def test_show_describes_pairs(cli, multi30k: Path) -> None:
    shown = json.loads(cli("corpora", "show", "multi30k/de-en", "--json").stdout)
    assert (shown["task"], shown["language"], shown["tags"]) == ("translator", "de-en", "translations")
    assert shown["location"] == str(multi30k)
    assert [split["pairs"] for split in shown["splits"].values()] == [4, 4, 4]
    assert shown["splits"]["dev"]["empty"] == {"source": 0, "target": 1}
    assert shown["examples"][0] == "ein Hund  ->  a dog"
    readable = cli("corpora", "show", "multi30k/de-en")
    assert (readable.exit_code, readable.stderr) == (0, "")
    assert "ein Hund  ->  a dog" in readable.stdout
    assert "licence: non-commercial research and education only (its README)" in readable.stdout


def test_a_missing_corpus_raises_with_instructions(cli, complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEQNLP_DATA", raising=False)
    message = str(corpora.not_installed("multi30k/en-de"))
    for command in ("show", "download"):
        assert complaint("corpora", command, "multi30k/en-de") == message
    rows = json.loads(cli("corpora", "list", "--json").stdout)["corpora"]
    assert [row["installed"] for row in rows if row["name"] == "multi30k/en-de"] == [False]


def test_corpora_for_another_task_are_refused(complaint, tmp_path: Path) -> None:
    message = complaint("compare", "--corpus", "sample/phrases", "--output", tmp_path / "compared")
    assert message.startswith(
        "a translator cannot be compared: it has no word encoder; choose one of tagger,"
    )
    message = complaint("prepare", "tagger", "--corpus", "sample/phrases", "--output", tmp_path / "prepared")
    assert message == "sample/phrases is a corpus for the task translator, not for tagger"
