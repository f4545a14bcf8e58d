import json
import os
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from seqnlp import corpora
from seqnlp.cli.corpora import app
from seqnlp.errors import ConfigError, CorpusError, DataError

CONLL = "-DOCSTART- O\nEU B-ORG\nrejects O\n\nPeter B-PER\nBlackburn I-PER\n\nBrussels B-LOC\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def lines_of(result: Result) -> list[str]:
    """The lines of a table, without its layout."""
    return [" ".join(line.split()) for line in result.stdout.splitlines() if line.strip(" ─")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some.conll"
    path.write_text(CONLL)
    return path


def test_list_names_every_corpus() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert [line.split()[0] for line in result.stdout.splitlines() if "/" in line or "conll" in line] == [
        name for name in corpora.known() if "/" in name or "conll" in name
    ]


def test_list_writes_json() -> None:
    (key, rows), *rest = json.loads(run("list", "--json").stdout).items()
    assert (key, rest) == ("corpora", [])
    assert [row["name"] for row in rows] == list(corpora.known())
    assert rows[0] == {
        "name": "sample/ner",
        "task": "tagger",
        "tags": "entities",
        "language": "en",
        "installed": True,
        "description": corpora.entry("sample/ner").description,
        "licence": "Apache-2.0, as seqnlp",
    }


def test_show_counts_the_sample() -> None:
    result = run("show", "sample/ner", "--json")
    assert result.stderr == ""
    shown = json.loads(result.stdout)
    for split, sentences in ((split, corpora.load_split(f"sample/ner:{split}")) for split in shown["splits"]):
        lengths = sorted(len(sentence.words) for sentence in sentences)
        begun = [tag[2:] for sentence in sentences for tag in sentence.tags if tag.startswith("B-")]
        assert shown["splits"][split] == {
            "sentences": len(sentences),
            "tokens": sum(lengths),
            "documents": sum(sentence.starts_document for sentence in sentences),
            "scheme": "bio",
            "labels": {label: begun.count(label) for label in set(begun)},
            "tags": Counter(tag for sentence in sentences for tag in sentence.tags),
            "lengths": {
                "mean": round(sum(lengths) / len(lengths), 1),
                "median": lengths[(len(lengths) + 1) // 2 - 1],
                "p95": lengths[-(-len(lengths) * 95 // 100) - 1],
                "longest": lengths[-1],
            },
        }
    for example, each in zip(shown["examples"], corpora.load("sample/ner").train, strict=False):
        pairs = zip(each.words, each.tags, strict=True)
        assert example.split() == [word if tag == "O" else f"{word}/{tag}" for word, tag in pairs]
    assert len(shown["examples"]) == 3


def test_show_is_readable() -> None:
    result = run("show", "sample/ner")
    assert result.exit_code == 0
    assert result.stderr == ""
    tokens = sum(len(sentence.words) for sentence in corpora.load("sample/ner").train)
    assert f"{tokens:,}" in result.stdout
    assert "licence: Apache-2.0, as seqnlp" in result.stdout
    first = corpora.load("sample/ner").train[0]
    named = next(f"{word}/{tag}" for word, tag in zip(first.words, first.tags, strict=True) if tag != "O")
    assert named in result.stdout


def test_show_counts_plain_tags_as_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    if "SEQNLP_DATA" not in os.environ:
        pytest.skip("SEQNLP_DATA does not name the folder of real corpora")
    monkeypatch.setattr("nltk.data.path", [str(Path(os.environ["SEQNLP_DATA"]) / "nltk_data")])
    shown = json.loads(run("show", "treebank/pos", "--json").stdout)
    assert {split["scheme"] for split in shown["splits"].values()} == {"plain"}
    assert sum(sum(split["labels"].values()) for split in shown["splits"].values()) == 94_084


def test_unknown_corpora_are_user_errors() -> None:
    for command in ("show", "download"):
        error = run(command, "conll2002/epo").exception
        assert isinstance(error, CorpusError)
        assert "did you mean conll2002/esp?" in str(error)


def test_an_installed_corpus_is_not_downloaded() -> None:
    result = run("download", "sample/ner")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("sample/ner is in ")


def test_a_failing_download_is_a_user_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk.corpus
    import nltk.downloader

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    nltk.corpus.brown._unload()
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    monkeypatch.setattr(nltk.downloader, "urlopen", refuse)
    result = run("download", "brown")
    assert isinstance(result.exception, CorpusError)
    assert "no network" in str(result.exception)
    assert result.stdout == ""


def test_check_reports_on_a_valid_file(path: Path) -> None:
    result = run("check", path, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "file": str(path),
        "kind": "tagged sentences",
        "format": "conll",
        "sentences": 3,
        "tokens": 5,
        "documents": 1,
        "scheme": "bio",
        "labels": {"ORG": 1, "PER": 1, "LOC": 1},
        "tags": {"B-ORG": 1, "O": 1, "B-PER": 1, "I-PER": 1, "B-LOC": 1},
        "lengths": {"mean": 1.7, "median": 2, "p95": 2, "longest": 2},
        "warnings": [],
        "problems": 0,
        "first_problems": [],
    }
    readable = run("check", path)
    assert readable.exit_code == 0
    assert lines_of(readable)[:6] == [
        f"{path}: tagged sentences, format conll",
        "count",
        "sentences 3",
        "tokens 5",
        "documents 1",
        "scheme bio",
    ]


def test_check_finds_every_problem_and_fails(path: Path) -> None:
    path.write_text(CONLL + "\nI O\nI-PER\n\nOslo O\nBergen I-LOC\n")
    result = run("check", path, "--strict-tags")
    assert isinstance(result.exception, DataError)
    assert str(result.exception) == f"found 2 problems (first: {path}:11: 1 column, but line 2 has 2)"
    assert f"{path}:11: 1 column, but line 2 has 2\n" in result.stdout
    assert f"{path}:14: I-LOC follows O, which bio forbids\n" in result.stdout


def test_check_warns_of_unusual_tags(path: Path) -> None:
    path.write_text(CONLL + "\nOslo O\nBergen I-LOC\n")
    result = run("check", path)
    assert result.exit_code == 0
    message = f"warning: unusual tags, read as conlleval reads them, in 1 sentence (first: {path}:11: I-LOC"
    assert message in result.stdout


def test_check_can_tolerate_problems(path: Path) -> None:
    path.write_text(CONLL + "\nbroken\n" * 30)
    result = run("check", path, "--on-error", "skip")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("1 column, but line 2 has 2") == 20
    assert "... and 10 more problems" in result.stdout
    report = json.loads(run("check", path, "--on-error", "skip", "--json").stdout)
    assert (report["sentences"], report["problems"], len(report["first_problems"])) == (3, 30, 20)


def test_check_reads_every_format(tmp_path: Path) -> None:
    columns = tmp_path / "some.tsv"
    columns.write_text("NOUN\tNew York\t1\n")
    options = ("--delimiter", "\t", "--word-column", 1, "--tag-column", 0)
    assert json.loads(run("check", columns, *options, "--json").stdout)["labels"] == {"NOUN": 1}

    jsonl = tmp_path / "some.txt"
    jsonl.write_text('{"text": "Oslo", "entities": [[0, 4, "LOC"]]}\n')
    report = json.loads(run("check", jsonl, "--format", "jsonl", "--json").stdout)
    assert {key: report[key] for key in ("texts", "characters", "labels", "scheme")} == {
        "texts": 1,
        "characters": 4,
        "labels": {"LOC": 1},
        "scheme": None,
    }

    conllu = tmp_path / "some.conllu"
    conllu.write_text("1\tOslo\toslo\tPROPN\tNNP\t_\t0\troot\t_\t_\n")
    report = json.loads(run("check", conllu, "--tag-field", "xpos", "--json").stdout)
    assert (report["labels"], report["scheme"]) == ({"NNP": 1}, "plain")


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["absent.conll"], DataError),
        (["."], DataError),
        (["some.xlsx"], ConfigError),
        ([".", "--format", "conll"], DataError),
        (["some.conll", "--format", "xml"], ConfigError),
        (["some.conll", "--delimiter", ""], ConfigError),
    ],
)
def test_unreadable_files_are_user_errors(
    path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], kind: type[Exception]
) -> None:
    monkeypatch.chdir(path.parent)
    result = run("check", *arguments)
    assert isinstance(result.exception, kind)
    assert (result.stdout, "\n" in str(result.exception)) == ("", False)


def test_long_lists_of_labels_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "many.conll"
    path.write_text("".join(f"w T{number}\n" for number in range(50)))
    result = run("check", path)
    assert "... and 10 more labels" in result.stdout
    assert len(json.loads(run("check", path, "--json").stdout)["labels"]) == 50


REVIEWS = "stars,review\n4,A fine film\n1,\n1,Dull\n,No stars\n4\n"


def test_check_reports_on_labelled_texts(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(REVIEWS)
    options = ("--text-column", "review", "--label-column", "stars")
    result = run("check", path, *options, "--on-error", "skip", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "file": str(path),
        "kind": "labelled texts",
        "format": "csv",
        "texts": 3,
        "characters": 15,
        "blank": 1,
        "labels": {"1": 2, "4": 1},
        "lengths": {"mean": 5.0, "median": 4, "p95": 11, "longest": 11},
        "warnings": [],
        "problems": 2,
        "first_problems": [f"{path}:5: the label is empty", f"{path}:6: 1 column, but line 1 has 2"],
    }
    readable = run("check", path, *options)
    header, _, *figures = lines_of(readable)
    assert header == f"{path}: labelled texts, format csv"
    assert figures[:3] == ["texts 3", "characters 15", "blank 1"]
    assert f"{path}:5: the label is empty\n" in readable.stdout
    assert isinstance(readable.exception, DataError)
    assert str(readable.exception) == f"found 2 problems (first: {path}:5: the label is empty)"


def test_check_names_a_missing_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(REVIEWS)
    (tmp_path / "a.tsv").write_text(REVIEWS.replace(",", "\t"))
    missing = (
        "no column 'text'; the first row has 'stars', 'review'; use --text-column with one of these "
        "names, or numbers if there is no header, such as --text-column 0 --label-column 1"
    )
    for arguments in (["a.csv"], ["a.tsv", "--task", "classifier"], ["a.tsv", "--label-column", "stars"]):
        name, *options = arguments
        result = run("check", tmp_path / name, *options)
        assert isinstance(result.exception, DataError)
        assert str(result.exception) == f"{tmp_path / name}:1: {missing}"
        assert result.stdout == ""


def test_check_reads_every_format_of_labelled_texts(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text('{"text": "fine", "label": "pos"}\n{"text": "", "label": 0}\n')
    (tmp_path / "some.tsv").write_text("label\ttext\npos\tfine\n0\t\n")
    (tmp_path / "some.txt").write_text("(pos (2 fi) (2 ne))\n")
    (tmp_path / "some" / "pos").mkdir(parents=True)
    (tmp_path / "some" / "pos" / "1").write_text("fine")
    (tmp_path / "some" / "pos" / "2").write_bytes(b"\xff")
    found = {
        name: json.loads(run("check", tmp_path / name, "--on-error", "skip", "--json").stdout)
        for name in ("some.jsonl", "some.tsv", "some.txt", "some")
    }
    assert {name: report["format"] for name, report in found.items()} == {
        "some.jsonl": "jsonl",
        "some.tsv": "tsv",
        "some.txt": "trees",
        "some": "folder",
    }
    assert found["some.jsonl"]["labels"] == found["some.tsv"]["labels"] == {"pos": 1, "0": 1}
    assert found["some.jsonl"]["blank"] == found["some.tsv"]["blank"] == 1
    assert (found["some.txt"]["labels"], found["some.txt"]["characters"]) == ({"pos": 1}, 5)
    assert (found["some"]["texts"], found["some"]["problems"]) == (1, 1)
    assert found["some"]["first_problems"] == [f"{tmp_path}/some/pos/2:1: not UTF-8: byte 0xFF"]


def test_the_task_of_a_file_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("text\tlabel\nfine\tpos\n")
    reports = [
        json.loads(run("check", path, "--task", task, "--json").stdout) for task in ("tagger", "classifier")
    ]
    assert (reports[0]["tokens"], reports[1]["texts"]) == (2, 1)


def test_texts_with_several_labels_are_checked(cli, tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\nx,art|food\ny,\n", encoding="utf-8")
    report = json.loads(cli("corpora", "check", path, "--label-separator=|", "--json").stdout)
    assert (report["texts"], report["labels"], report["problems"]) == (2, {"art": 1, "food": 1}, 0)


CUT = '{"text": "Oslobukta", "entities": [[0, 4, "LOC"]]}\n'


def test_the_tokenizer_of_training_is_checked(cli, complaint, tmp_path: Path) -> None:
    path, config = tmp_path / "a.jsonl", tmp_path / "config.toml"
    path.write_text(CUT)
    config.write_text('[text]\ntokenizer = "characters"\n[format]\ntag_field = "x"\n')
    words = cli("corpora", "check", path, "--task", "tagger", "--json")
    assert words.exit_code == 2
    assert "the span 'Oslo' (0-4) ends inside the word 'Oslobukta'" in words.stderr
    for options in (["--set", "text.tokenizer=characters"], ["--config", config]):
        checked = cli("corpora", "check", path, "--task", "tagger", *options, "--json")
        assert (checked.exit_code, json.loads(checked.stdout)["labels"]) == (0, {"LOC": 1})
    assert "go with --task" in complaint("corpora", "check", path, "--set", "text.tokenizer=characters")
    line = complaint("corpora", "check", path, "--task", "tagger", "--set", "text.tokeniser=characters")
    assert "text.tokeniser" in line


@pytest.mark.parametrize(
    ("options", "content", "shown"),
    [
        (["--task", "tagger", "--format", "conll"], CONLL, "/dev/stdin: tagged sentences, format conll"),
        (["--task", "classifier", "--format", "csv"], "text,label\nfine,1\n", "/dev/stdin: labelled texts"),
        (["--format", "jsonl"], CUT, "error: /dev/stdin: can be read only once; choose what it contains"),
        (["--task", "tagger"], CONLL, "error: /dev/stdin: the file ending selects no format"),
    ],
)
def test_standard_input_is_checked(
    process, tmp_path: Path, options: list[str], content: str, shown: str
) -> None:
    found = process("corpora", "check", "-", *options, input=content)
    assert (found.stdout + found.stderr).startswith(shown)


NUMBERS = "text,label\na,1\nb,1.0\nc,1\nd,01\ne,2\nf,x\ng,1.\nh,2.0\n"


def test_labels_that_are_equal_numbers_are_warnings(cli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(NUMBERS)
    report = json.loads(cli("corpora", "check", path, "--json").stdout)
    assert report["warnings"] == [
        "labels that are equal numbers are different labels: '1' (2 texts) and '1.0' (1 text) and "
        "'01' (1 text) and '1.' (1 text), and 1 more"
    ]


@pytest.mark.parametrize(
    ("rows", "warnings"),
    [
        ("label,text\npos,a\nneg,b\n", 1),
        ("pos,text\npos,a\nneg,b\n", 0),
        ("pos,text\nneg,b\n", 0),
    ],
)
def test_a_header_among_the_texts_is_a_warning(cli, tmp_path: Path, rows: str, warnings: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(rows)
    options = ("--label-column", "0", "--text-column", "1", "--task", "classifier")
    found = json.loads(cli("corpora", "check", path, *options, "--json").stdout)["warnings"]
    assert len(found) == warnings
    assert all("only line 1 has the label 'label'" in warning for warning in found)
