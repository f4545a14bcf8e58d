"""`seqnlp evaluate`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from seqeval.metrics import f1_score

from seqnlp.corpora import load_split
from seqnlp.metrics.fingerprints import Fingerprints
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.text.vocabulary import Vocabulary

GOLD = [
    ("Ada Lovelace lived in London .", "B-PER I-PER O O B-LOC O"),
    ("Charles Babbage met Grace Hopper in Paris", "B-PER I-PER O B-PER I-PER O B-LOC"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "gold.conll"
    path.write_text(columns(GOLD))
    return path


def columns(sentences) -> str:
    return "\n".join(
        "".join(f"{word} {tag}\n" for word, tag in zip(words.split(), tags.split(), strict=True))
        for words, tags in sentences
    )


def test_scores_equal_seqeval(cli, model: Path, data: Path) -> None:
    result = cli("evaluate", model, "--data", data, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    scores = json.loads(result.stdout)
    gold = [tags.split() for _, tags in GOLD]
    predicted = [tags for tags, _ in Tagger.load(model).tag([words.split() for words, _ in GOLD])]
    assert scores["f1"] == pytest.approx(f1_score(gold, predicted))
    assert (scores["sentences"], scores["tokens"], scores["support"]) == (2, 13, 5)
    assert {label: row["support"] for label, row in scores["labels"].items() if row["support"]} == {
        "PER": 3,
        "LOC": 2,
    }
    assert scores["by_novelty"]["seen"]["support"] == 4  # all but Grace Hopper


def test_a_corpus_is_found_by_its_name(cli, model: Path) -> None:
    scores = json.loads(cli("evaluate", model, "--corpus", "sample/ner:dev", "--json").stdout)
    dev = load_split("sample/ner:dev")
    assert (scores["sentences"], scores["tokens"]) == (len(dev), sum(len(each.words) for each in dev))


def test_the_scores_are_shown_as_tables(cli, model: Path, data: Path) -> None:
    result = cli("evaluate", model, "--data", data)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.replace("│", " ").split() for line in result.stdout.splitlines()]
    scores = json.loads(cli("evaluate", model, "--data", data, "--json").stdout)
    figures = [f"{scores[name]:.4f}" for name in ("precision", "recall", "f1")]
    assert ["all", *figures, "5"] in rows
    assert [row[0] for row in rows if row[-1:] == ["3"]] == ["PER"]
    assert f"2 sentences, 13 tokens, token accuracy {scores['accuracy']:.4f}" in result.stdout


@pytest.mark.parametrize("tagged", ["PER", "[red]PER[/red]", "[/]"])
def test_labels_are_shown_literally(cli, model: Path, data: Path, tagged: str, caplog) -> None:
    data.write_text(f"Ada B-{tagged}\n")
    result = cli("evaluate", model, "--data", data)
    assert result.exit_code == 0
    assert tagged in result.stdout
    warning = f"the data: the label {tagged} is missing from the training data; it counts as an error"
    assert caplog.messages == ([] if tagged == "PER" else [warning])


def test_other_tagging_schemes_are_detected(cli, model: Path, data: Path) -> None:
    expected = json.loads(cli("evaluate", model, "--data", data, "--json").stdout)
    data.write_text(
        columns([(GOLD[0][0], "B-PER E-PER O O S-LOC O"), (GOLD[1][0], "B-PER E-PER O B-PER E-PER O S-LOC")])
    )
    assert json.loads(cli("evaluate", model, "--data", data, "--json").stdout) == expected


def test_annotated_texts_are_tokenized_by_the_model(cli, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "Ada met Charles.", "entities": [[0, 3, "PER"], [8, 15, "PER"]]}\n')
    scores = json.loads(cli("evaluate", model, "--data", path, "--json").stdout)
    assert (scores["sentences"], scores["tokens"], scores["support"]) == (1, 4, 2)


PLAIN = "Ada NNP\nmet VBD\n"


def test_plain_tags_are_scored_word_by_word(cli, complaint, caplog, make_tagger, data: Path) -> None:
    labels = Vocabulary(["NNP", "VBD", "B-ODD"], closed=True)
    facts = {"seen": Fingerprints([("Ada",), ("Ada Lovelace", "PER")]).to_text()}
    path = make_tagger({"seqnlp.facts": json.dumps(facts)}, labels=labels, scheme="plain")
    data.write_text(PLAIN)
    scores = json.loads(cli("evaluate", path, "--data", data, "--json").stdout)
    predicted = [tag for tags, _ in Tagger.load(path).tag([["Ada", "met"]]) for tag in tags]
    correct = sum(one == other for one, other in zip(predicted, ["NNP", "VBD"], strict=True))
    assert scores["accuracy"] == correct / 2
    assert scores["by_novelty"]["seen"]["support"] == 1
    rows = [line.split() for line in cli("evaluate", path, "--data", data).stdout.splitlines()]
    assert ["seen", f"{scores['by_novelty']['seen']['accuracy']:.4f}", "1"] in rows
    data.write_text("Ada B-ODD\nmet C-ODD\n")
    assert cli("evaluate", path, "--data", data, "--scheme", "plain").exit_code == 0
    assert caplog.messages == [
        "the data: the label C-ODD is missing from the training data; it counts as an error"
    ]
    data.write_text(columns(GOLD))
    line = complaint("evaluate", path, "--data", data)
    assert "the data have labelled spans, the model predicts a tag for each word" in line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "gold.conll: contains no sentence"),
        ("Ada B-PER\nlives\n", "gold.conll:2: 1 column, but line 1 has 2"),
        (PLAIN, "the data have a tag for each word, the model predicts labelled spans"),
    ],
)
def test_invalid_data_are_errors(complaint, model: Path, data: Path, content: str, message: str) -> None:
    data.write_text(content)
    assert message in complaint("evaluate", model, "--data", data)


def test_unusual_tags_are_an_error_on_request(cli, complaint, model: Path, data: Path) -> None:
    data.write_text("Ada B-PER\nlives O\nin O\nParis I-LOC\n")
    assert json.loads(cli("evaluate", model, "--data", data, "--json").stdout)["support"] == 2
    message = complaint("evaluate", model, "--data", data, "--strict-tags")
    assert "gold.conll:4: I-LOC follows O" in message


def test_invalid_sentences_can_be_skipped(cli, model: Path, data: Path, caplog) -> None:
    data.write_text("Ada B-PER\nlives\n\nin O\nParis I-LOC\n\nAda B-PER\n\nmet O\nAda B-PER\n\nAda B-PER\n")
    options = ("--on-error", "skip", "--strict-tags", "--json")
    result = cli("evaluate", model, "--data", data, *options)
    assert json.loads(result.stdout)["sentences"] == 3
    assert caplog.messages == [f"skipped 2 sentences (first: {data}:2: 1 column, but line 1 has 2)"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --data FILE or --corpus NAME[:SPLIT]"),
        (["--data", "gold.conll", "--corpus", "sample/ner"], "give --data FILE or --corpus NAME[:SPLIT]"),
        (["--data", "none.conll"], "none.conll: No such file or directory"),
        (["--data", "."], "the file ending selects no format"),
        (["--corpus", "sample/nr"], "did you mean sample/ner?"),
        (["--corpus", "sample/reviews"], "contains data for the task classifier, not for tagger"),
        (["--corpus", "sample/ner:eval"], "no split 'eval'; it has train, dev, test"),
    ],
)
def test_wrong_options_are_errors(
    complaint, model: Path, data: Path, monkeypatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(data.parent)
    assert message in complaint("evaluate", model, *arguments)


def test_a_file_that_is_not_a_model_is_an_error(complaint, data: Path) -> None:
    assert complaint("evaluate", data, "--data", data) == f"{data} is not an ONNX model, or it is damaged"


BASE = """
import sys
EXTRA = {"tensorflow", "keras", "pydantic", "tomlkit", "nltk", "onnx", "tf2onnx", "matplotlib", "sacrebleu"}
for name in EXTRA:
    sys.modules[name] = None
from seqnlp.cli.main import main
main()
"""


def test_the_base_install_evaluates(model: Path, data: Path) -> None:
    command = [sys.executable, "-c", BASE, "evaluate", str(model), "--data", str(data), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["sentences"] == 2


def test_help_shows_the_options_of_the_task_that_may_change_scores(cli, model: Path) -> None:
    shown = cli("evaluate", model, "--help").stdout
    assert "--tag-column" in shown
    assert "--tokens" not in shown
    assert "--tokens" in cli("predict", model, "--help").stdout


def test_mistakes_are_written_as_json_lines(cli, model: Path, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mistakes.jsonl"
    result = cli("evaluate", model, "--data", data, "--errors", path)
    assert (result.exit_code, result.stderr) == (0, "")
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [each["text"] for each in found] == [words for words, _ in GOLD]
    assert [(each["file"], each["line"]) for each in found] == [(str(data), 1), (str(data), 8)]
    assert found[0]["gold"] == [
        {"text": "Ada Lovelace", "label": "PER", "start": 0, "end": 12},
        {"text": "London", "label": "LOC", "start": 22, "end": 28},
    ]
    assert result.stdout == cli("evaluate", model, "--data", data).stdout


def test_mistakes_are_written_as_a_page(cli, model: Path, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mistakes.HTML"
    assert cli("evaluate", model, "--data", data, "--errors", path).exit_code == 0
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert f"<title>Mistakes of {model} on {data}</title>" in page
    assert page.count("<article>") == 2


def test_no_mistakes_file_is_left_by_an_error(complaint, model: Path, data: Path, tmp_path: Path) -> None:
    data.write_text("Ada\n")
    complaint("evaluate", model, "--data", data, "--errors", tmp_path / "mistakes.jsonl")
    assert [each.name for each in tmp_path.iterdir()] == ["gold.conll"]
    missing = tmp_path / "none" / "mistakes.jsonl"
    assert str(missing) in complaint("evaluate", model, "--data", data, "--errors", missing)


def test_mistakes_do_not_replace_an_input(complaint, model: Path, data: Path) -> None:
    before = data.read_text()
    for path in (data, model):
        message = complaint("evaluate", model, "--data", data, "--errors", path)
        assert message == f"{path} is also an input; choose another file for the output"
    assert data.read_text() == before


def test_standard_input_is_evaluated(process, model: Path, data: Path) -> None:
    whole = process("evaluate", model, "--data", data, "--json")
    piped = process("evaluate", model, "--data", "-", "--format", "conll", "--json", input=data.read_text())
    assert (piped.returncode, piped.stdout) == (0, whole.stdout)
    line = process("evaluate", model, "--data", "-", input=data.read_text()).stderr
    assert line.startswith("error: /dev/stdin: the file ending selects no format; choose one: conll, ")
