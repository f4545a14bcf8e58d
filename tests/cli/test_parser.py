"""Parsers on the command line: trained on trees in brackets, used on raw text."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from seqnlp import corpora
from seqnlp.cli.main import app
from seqnlp.serving.items import Item
from seqnlp.tasks.parsing.model import Parser
from seqnlp.tasks.parsing.predict_options import ParserPredictOptions
from seqnlp.tasks.parsing.prediction import Parse
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents

SVG = "{http://www.w3.org/2000/svg}"
QUICK = [
    f"--set={each}"
    for each in (
        "network.units=32",
        "network.layers=1",
        "network.word_dimension=32",
        "network.character_filters=16",
        "network.span_units=64",
        "network.dropout=0.1",
        "training.learning_rate=0.01",
        "training.averaging=0",
        "training.buckets=2",
        "text.max_length=60",
    )
]


def invoke(*arguments: object, code: int = 0, stdin: str | None = None) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a small parser on the embedded sample."""
    output = tmp_path_factory.mktemp("runs") / "run"
    metrics = json.loads(invoke("train", "parser", "--output", output, "--epochs", 4, "--json", *QUICK))
    assert metrics["test"]["f1"] > 0.6
    assert metrics["test"]["accuracy"] > 0.8
    return output


def test_a_run_directory_has_the_standard_files(run: Path) -> None:
    names = {path.name for path in run.iterdir()}
    assert {"config.toml", "model.onnx", "model.keras", "metrics.json", "history.jsonl", "README.md"} <= names
    card = (run / "README.md").read_text(encoding="utf-8")
    assert "trees found by CKY" in card
    assert "| NP |" in card


def test_predictions_have_tokens_with_offsets_and_a_tree(run: Path) -> None:
    text = "Tom opened the door (slowly)."
    (line,) = invoke("predict", run, text, "--tokens").splitlines()
    found = json.loads(line)
    assert found["text"] == text
    assert json.loads(invoke("predict", run, text)).keys() == {"text", "tree", "score"}
    assert [token["text"] for token in found["tokens"]] == [
        "Tom",
        "opened",
        "the",
        "door",
        "(",
        "slowly",
        ")",
        ".",
    ]
    assert all(text[token["start"] : token["end"]] == token["text"] for token in found["tokens"])
    tree = Constituents.from_tree(parse_tree([(1, found["tree"])]))
    assert tree.words == tuple(token["text"] for token in found["tokens"])
    assert tree.tags == tuple(token["label"] for token in found["tokens"])
    assert invoke("predict", run, text, "--output-format", "text").strip() == found["tree"]


def test_a_terminal_shows_drawings_of_trees() -> None:
    tree = parse_tree([(1, "(S (NP (NNP Tom)) (VP (VBD saw) (NP (NNP Anna))) (. .))")])
    write = ParserPredictOptions().terminal_writer()
    drawing = write(Item("", 0), Parse("", (), (tree, tree), 0.0))
    assert re.sub(r"\x1b\[[\d;]*m", "", drawing).splitlines() == 2 * [
        "S",
        "├─ NP",
        "│  └─ NNP Tom",
        "├─ VP",
        "│  ├─ VBD saw",
        "│  └─ NP",
        "│     └─ NNP Anna",
        "└─ . .",
    ]


def test_a_picture_contains_the_words_of_all_sentences(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "tree.svg"
    invoke("predict", run, "Tom slept. Anna sang.", "--picture", path)
    words = [text.text for text in ElementTree.parse(path).getroot().iter(f"{SVG}text")]
    assert {"Tom", "slept", "Anna", "sang"} <= set(words)


def test_a_line_can_have_several_sentences_and_other_fields(run: Path) -> None:
    texts = ["Anna slept. The old man laughed!", "", "Hm", "?! ... ;", ")( -LRB-"]
    lines = invoke("predict", run, "--input", "-", stdin="\n".join(texts) + "\n").splitlines()
    found = [json.loads(line) for line in lines]
    assert [each["text"] for each in found] == texts
    assert found[1]["tree"] == ""
    assert found[0]["tree"].startswith("(")
    trees = invoke("predict", run, texts[0], "--output-format", "text").splitlines()
    assert (len(trees), " ".join(trees)) == (2, found[0]["tree"])
    (kept,) = invoke(
        "predict", run, "--input-format", "jsonl", "--input", "-", stdin='{"tokens": ["Go", "!"], "id": 7}\n'
    ).splitlines()
    assert (json.loads(kept)["id"], json.loads(kept)["text"]) == (7, "Go !")


def test_long_sentences_are_parsed_in_windows(run: Path) -> None:
    words = ["the", "cat", "and"] * 50
    ((sentence, score),) = Parser.load(run).parse([words])
    assert sentence.to_tree().words == tuple(words)
    assert sentence.chains[0, 150]
    assert np.isfinite(score)


def test_evaluation_equals_the_metrics_of_training(run: Path) -> None:
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    found = json.loads(invoke("evaluate", run, "--corpus", "sample/trees:dev", "--json"))
    assert found == metrics["dev"]
    shown = invoke("evaluate", run, "--corpus", "sample/trees")
    assert "200 sentences" in shown
    assert "unlabelled F1" in shown


def test_evaluation_on_a_file_parses_its_words(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "gold.mrg"
    file.write_text("( (S (NP-SBJ (NNP Tom)) (VP (VBD slept)) (. .)) )\n", encoding="utf-8")
    assert json.loads(invoke("evaluate", run, "--data", file, "--json"))["support"] == 3
    file.write_text("(S (NP Tom) sleeps)\n", encoding="utf-8")
    complaint = invoke("evaluate", run, "--data", file, code=2)
    assert complaint == f"error: {file}:1: the word 'sleeps' has no part of speech of its own: (TAG sleeps)\n"
    complaint = invoke("evaluate", run, "--corpus", "sample/reviews", code=2)
    assert complaint == "error: sample/reviews: contains data for the task classifier, not for parser\n"


def test_a_model_is_inspected_and_exported_again(run: Path, tmp_path: Path) -> None:
    found = json.loads(invoke("inspect", run, "--json"))
    assert found["task"] == "parser"
    assert {"NP", "VP", "S"} <= set(found["labels"])
    assert set(found["outputs"]) == {"tags", "labels", "best"}
    invoke("export", run, "--output", tmp_path / "again.onnx")
    assert invoke("predict", tmp_path / "again.onnx", "Tom slept.") == invoke("predict", run, "Tom slept.")


def write_trees(folder: Path, train: int, dev: int) -> list[object]:
    """Write some trees of the sample and return the options that name the files."""
    path = Path(corpora.load("sample/trees").dev[0].origin.path)
    lines = path.read_text(encoding="utf-8").splitlines()
    options: list[object] = []
    for name, chosen in (("train", lines[:train]), ("dev", lines[-dev:])):
        file = folder / f"{name}.mrg"
        file.write_text("\n".join(chosen) + "\n", encoding="utf-8")
        options += [f"--{name}", file]
    return options


def test_a_parser_can_merge_greedily(tmp_path: Path) -> None:
    run, where = tmp_path / "run", write_trees(tmp_path, 160, 40)
    sizes = ["--set", "network.search=greedy", "--set", "network.span_units=32"]
    command = ["train", "parser", *where, "--output", run, "--epochs", 3, "--json", *QUICK, *sizes]
    metrics = json.loads(invoke(*command))
    assert metrics["dev"]["f1"] > 0.15
    assert "neighbours merged greedily by a recursive rnn" in (run / "README.md").read_text(encoding="utf-8")
    assert json.loads(invoke("evaluate", run, "--data", where[-1], "--json")) == metrics["dev"]
    found = json.loads(invoke("inspect", run, "--json"))
    assert set(found["outputs"]) == {"tags", "labels", "starts", "ends", "scores"}
    invoke("export", run, "--output", tmp_path / "again.onnx")
    assert invoke("predict", tmp_path / "again.onnx", "Tom slept.") == invoke("predict", run, "Tom slept.")
    words = ["the", "cat", "and"] * 50
    ((sentence, score),) = Parser.load(run).parse([words])
    assert sentence.to_tree().words == tuple(words)
    assert np.isfinite(score)


def test_a_prepared_corpus_trains_to_the_same_scores(tmp_path: Path) -> None:
    where = write_trees(tmp_path, 60, 10)
    report = json.loads(invoke("prepare", "parser", *where, "--output", tmp_path / "prepared", "--json"))
    assert report["splits"]["train"]["sides"][""]["records"] == 60
    command = ["train", "parser", "--epochs", 1, "--json", *QUICK[:-1]]
    metrics = [
        json.loads(invoke(*command, *data, "--output", tmp_path / name))
        for name, data in (("a", where), ("b", ["--prepared", tmp_path / "prepared"]))
    ]
    assert metrics[0]["dev"] == metrics[1]["dev"]


def test_trees_are_written_to_the_ending_of_treebanks_and_read_back(run: Path, tmp_path: Path) -> None:
    words = ["Tree_(graph_theory)", "-LRB-", r"\(b", r"\u0028", "a/b", "."]
    (tmp_path / "in.txt").write_text(" ".join(words), encoding="utf-8")
    trees = tmp_path / "out.mrg"
    invoke("predict", run, "--input", tmp_path / "in.txt", "--input-format", "tokens", "--output", trees)
    (tree,) = corpora.TREES.read(trees)
    assert list(tree.words) == words
    (line,) = invoke("predict", run, "--input", trees).splitlines()
    assert json.loads(line)["text"] == " ".join(words)
    found = json.loads(invoke("evaluate", run, "--data", trees, "--json"))
    assert (found["f1"], found["accuracy"]) == (1, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("(S (NP (NN a))\n", "1: not a tree: unclosed bracket"),
        ("(S (NN a))\n(S (NN a)))\n", "2: not a tree: extra closing bracket, or a word outside all brackets"),
        ("(S (NN a) ())\n", "1: a bracket without a label"),
        ("(NP (DT the) cat)\n", "1: the word 'cat' has no part of speech of its own: (TAG cat)"),
        ("\n", " contains no tree"),
    ],
)
def test_an_invalid_file_gets_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "bad.mrg"
    file.write_text(text, encoding="utf-8")
    where = ["--train", file, "--dev", file, "--output", tmp_path / "run"]
    assert invoke("train", "parser", *where, code=2) == f"error: {file}:{complaint}\n"
    assert not (tmp_path / "run").exists()


def test_skipped_trees_are_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "some.mrg"
    file.write_text("(S (NN a)\n(NP (DT the) cat)\n(S (NN b))\n", encoding="utf-8")
    where = ["--train", file, "--dev", file, "--output", tmp_path / "prepared", "--on-error", "skip"]
    report = json.loads(invoke("prepare", "parser", *where, "--json"))
    assert report["splits"]["train"]["sides"][""]["records"] == 1
    assert f"skipped 4 sentences (first: {file}:1: not a tree: unclosed bracket)" in caplog.text


def test_training_sentences_that_are_too_long_are_omitted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "some.mrg"
    file.write_text("(S (NN a) (NN b) (NN c))\n(S (NN a))\n", encoding="utf-8")
    where = ["--train", file, "--dev", file, "--output", tmp_path / "prepared", "--json"]
    report = json.loads(invoke("prepare", "parser", *where, "--set", "text.max_length=2"))
    assert report["splits"]["train"]["sides"][""]["records"] == 1
    assert "1 training sentences of more than 2 words are left out" in caplog.text
    file.write_text("(S (NN a) (NN b) (NN c))\n", encoding="utf-8")
    where[-2] = tmp_path / "other"
    complaint = invoke("prepare", "parser", *where, "--set", "text.max_length=2", code=2)
    assert complaint.startswith("error: every training sentence has more than 2 words")


def test_corpora_of_trees_are_shown_and_checked(tmp_path: Path) -> None:
    shown = json.loads(invoke("corpora", "show", "sample/trees", "--json"))
    assert shown["splits"]["dev"]["sentences"] == 200
    assert shown["examples"][0].startswith("(")
    file = tmp_path / "trees.mrg"
    file.write_text("(S (NP-SBJ (NN a) (NN b)))\n(S (NN a) b)\n", encoding="utf-8")
    complaint = invoke("corpora", "check", file, "--task", "parser", code=2)
    assert "found 1 problem" in complaint
    found = json.loads(invoke("corpora", "check", file, "--task", "parser", "--on-error", "skip", "--json"))
    assert (found["labels"], found["tags"], found["problems"]) == ({"S": 1, "NP": 1}, {"NN": 2}, 1)
    assert (
        json.loads(invoke("corpora", "check", file, "--task", "tree-classifier", "--json"))["sentences"] == 2
    )
