"""`seqnlp compare`."""

import json
import re

import numpy as np
import pytest

from seqnlp.corpora import load


def test_cells_are_compared_on_a_synthetic_task(cli, tmp_path) -> None:
    output = tmp_path / "comparison"
    result = cli(
        *("compare", "--task", "copy", "--cells", "gru,rnn", "--directions", "one,both"),
        *("--gaps", "4,1", "--units", 8, "--steps", 12, "--output", output, "--json"),
    )
    assert result.exit_code == 0
    trials = json.loads(result.stdout)
    assert trials == json.loads((output / "comparison.json").read_text())
    assert [(trial["cell"], trial["bidirectional"]) for trial in trials] == [
        ("gru", False),
        ("gru", True),
        ("rnn", False),
        ("rnn", True),
    ]
    for trial in trials:
        assert list(trial["scores"]) == ["1", "4"]
        assert len(trial["reach_before"]) == len(trial["reach_after"]) == 4 + 10
        assert trial["training_speed"] > 0
    # Kernel and recurrent kernel of 10 inputs and 8 units, and a bias; a dense layer of 8 symbols.
    assert trials[2]["parameters"] == (10 + 8) * 8 + 8 + (8 * 8 + 8)
    assert (output / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_the_table_has_a_column_for_each_variant(cli, tmp_path) -> None:
    arguments = ("--task", "adding", "--cells", "rnn", "--gaps", "5", "--units", 4, "--steps", 3)
    result = cli("compare", *arguments, "--output", tmp_path / "comparison")
    assert result.exit_code == 0
    heading, _, *rows, picture = result.stdout.splitlines()
    assert heading.split() == ["adding", "rnn"]
    labels, figures = zip(*(re.split(r" {2,}", row) for row in rows), strict=True)
    assert labels[:3] == ("score at gap 5", "training steps", "parameters")
    assert figures[1:3] == ("3", str((2 + 4) * 4 + 4 + (4 + 1)))
    assert picture == str(tmp_path / "comparison" / "comparison.png")
    assert "step     3/3" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--task", "copy", "--corpus", "sample/ner"), "--corpus does not go with --task copy"),
        (("--gaps", "3"), "--gaps does not go with a corpus; give --task copy or adding"),
        (
            ("--task", "classifier", "--steps", "3"),
            "--steps does not go with a corpus; give --task copy or adding",
        ),
        (
            ("--task", "tagger", "--corpus", "sentence_polarity"),
            "sentence_polarity is a corpus for the task classifier, not for tagger",
        ),
        (
            ("--task", "copy", "--seed", "4294967296"),
            "the seed must be from 0 to 4294967295, not 4294967296",
        ),
        (
            ("--task", "copy", "--gaps", "3,100001"),
            "--gaps expects comma-separated whole numbers from 1 to 100000, not '3,100001'",
        ),
        (("--task", "copy", "--seed", "-1"), "the seed must be from 0 to 4294967295, not -1"),
        (("--task", "copy", "--cells", "lstm,gnu"), "--cells: 'gnu' is not one of lstm, gru, rnn"),
        (("--task", "copy", "--directions", "back"), "--directions: 'back' is not one of one, both"),
        (
            ("--task", "copy", "--gaps", "3,x"),
            "--gaps expects comma-separated whole numbers from 1 to 100000, not '3,x'",
        ),
    ],
)
def test_a_message_names_the_wrong_option(complaint, tmp_path, arguments, message) -> None:
    assert complaint("compare", *arguments, "--output", tmp_path / "c") == message
    assert not (tmp_path / "c").exists()


def test_an_unknown_task_is_an_error_that_lists_synthetic_tasks_too(complaint) -> None:
    line = complaint("compare", "--task", "coyp")
    assert line.startswith("--task: 'coyp' is not one of copy, adding, tagger, parser,")


def test_a_task_that_does_not_read_words_cannot_be_compared(complaint) -> None:
    line = complaint("compare", "--corpus", "multi30k/en-de")
    assert line.startswith("a translator cannot be compared: it has no word encoder; choose one of tagger,")


def test_a_directory_that_is_not_empty_does_not_change(complaint, tmp_path) -> None:
    (tmp_path / "mine").write_text("kept")
    assert "choose another --output" in complaint("compare", "--task", "copy", "--output", tmp_path)
    assert (tmp_path / "mine").read_text() == "kept"


def test_taggers_are_compared_on_files(cli, tmp_path) -> None:
    corpus = load("sample/ner")
    for name, sentences in (("train", corpus.train[:60]), ("dev", corpus.dev[:20])):
        lines = (
            "".join(f"{word} {tag}\n" for word, tag in zip(sentence.words, sentence.tags, strict=True))
            for sentence in sentences
        )
        (tmp_path / f"{name}.conll").write_text("\n".join(lines), encoding="utf-8")
    output = tmp_path / "comparison"
    small = ("network.word_dimension=8", "network.character_filters=8", "training.buckets=1")
    result = cli(
        *("compare", "--train", tmp_path / "train.conll", "--dev", tmp_path / "dev.conll"),
        *("--cells", "gru", "--units", 6, "--epochs", 2, "--output", output),
        *(f"--set={setting}" for setting in small),
    )
    assert result.exit_code == 0
    both, one = json.loads((output / "comparison.json").read_text())
    assert (both["bidirectional"], one["bidirectional"]) == (True, False)
    assert both["parameters"] > one["parameters"]
    for name, found in (("bi-gru", both), ("gru", one)):
        metrics = json.loads((output / name / "metrics.json").read_text())
        assert found["scores"] == {"dev": metrics["dev"]["f1"]}
        assert found["epochs"] == metrics["epochs"] == 2
        assert found["reach"][0] > 0
    assert "bi-gru" in result.stdout


@pytest.fixture
def texts(tmp_path) -> list[object]:
    """Return options with files of labelled texts. One text is empty."""
    random = np.random.default_rng(0)
    options: list[object] = []
    for name, count in (("train", 40), ("dev", 12)):
        rows = []
        for number in range(count):
            words = [*random.choice(["a", "film", "plot"], 4), "good" if number % 2 else "dull"]
            rows.append(f"{' '.join(words)},{number % 2}\n")
        (tmp_path / f"{name}.csv").write_text("text,label\n,0\n" + "".join(rows), encoding="utf-8")
        options += [f"--{name}", tmp_path / f"{name}.csv"]
    return options


def test_classifiers_are_compared_on_files(cli, tmp_path, texts) -> None:
    output = tmp_path / "comparison"
    result = cli(
        *("compare", "--task", "classifier", *texts, "--cells", "lstm,gru,rnn", "--directions", "one"),
        *("--units", 6, "--epochs", 2, "--output", output, "--set=network.word_dimension=8"),
        *("--set=network.pooling=max", "--set=network.log_count_ratios=false"),
        *("--set=training.buckets=1", "--json"),
    )
    found = json.loads(result.stdout)
    assert [each["cell"] for each in found] == ["lstm", "gru", "rnn"]
    words = 5 + 2  # with padding and the unknown word
    embedding, decision = 8 * words, 2  # a temperature and a threshold
    classes = 6 * 2 + 2
    # The counts of Keras for 8 inputs and 6 units: four gates, three gates with two biases, one gate.
    cells = [4 * (8 * 6 + 6 * 6 + 6), 3 * (8 * 6 + 6 * 6 + 2 * 6), 8 * 6 + 6 * 6 + 6]
    assert [each["parameters"] for each in found] == [embedding + cell + classes + decision for cell in cells]
    for each in found:
        metrics = json.loads((output / each["cell"] / "metrics.json").read_text(encoding="utf-8"))
        assert (each["metric"], each["scores"]) == ("accuracy", {"dev": metrics["dev"]["accuracy"]})
        assert len(each["reach"]) == 5  # the length of each text that is not empty
        assert min(each["prediction_speed"], each["reach"][0]) > 0
    assert (output / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_the_task_is_that_of_the_corpus(complaint, tmp_path) -> None:
    arguments = ("--corpus", "sentence_polarity", "--output", tmp_path / "c")
    # A tagger has this setting.
    line = complaint("compare", *arguments, "--set", "network.decoder=crf")
    assert line.startswith("unknown setting network.decoder")
    assert "unknown corpus 'sentence'" in complaint("compare", "--corpus", "sentence")
