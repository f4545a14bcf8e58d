"""The options and the output formats of predictions with a classifier."""

import json
import subprocess
import sys

import pytest

from seqnlp.errors import ModelFileError
from seqnlp.serving.items import Item
from seqnlp.serving.marking import colour_of
from seqnlp.tasks.classification.explanation import Explanation, WeightedWord
from seqnlp.tasks.classification.explanation_html import write_article
from seqnlp.tasks.classification.highlights import write_brackets, write_colours
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.predict_options import ClassifierPredictOptions
from seqnlp.tasks.classification.prediction import Classification

PLAIN, EXPLAIN = ClassifierPredictOptions(), ClassifierPredictOptions(explain=True)
ITEM = Item("A fine film", 11, {"id": 7})
FOUND = Classification("A fine film", ("good", "{odd}"), {"bad": 0.25, "good": 0.75, "{odd}": 0.5}, True)
EXPLAINED = Explanation(
    FOUND, [WeightedWord("A", 0, 1, 0.25), WeightedWord("fine", 2, 6, 0.5), WeightedWord("film", 7, 11, 0.25)]
)


@pytest.fixture(scope="module")
def classifier(attending) -> Classifier:
    return Classifier.load(attending.path, threads=2)


def test_explain_decides_what_is_predicted(classifier) -> None:
    texts = ["A warm and witty film.", ["New York", "flat"]]
    assert PLAIN.predict(classifier, texts) == classifier.predict(texts)
    assert EXPLAIN.predict(classifier, texts) == classifier.explain(texts)
    EXPLAIN.check(classifier)


def test_explain_requires_attention(attending, tmp_path) -> None:
    import onnx

    model = onnx.load(attending.path)
    del model.graph.output[1]
    onnx.save(model, tmp_path / "model.onnx")
    classifier = Classifier.load(tmp_path)
    PLAIN.check(classifier)
    with pytest.raises(ModelFileError, match=r"--set network\.pooling=attention$"):
        EXPLAIN.check(classifier)


def test_labels_are_written_with_their_probabilities() -> None:
    assert set(PLAIN.writers()) == {"jsonl", "text"}
    write = PLAIN.writers()["text"]
    assert write(ITEM, FOUND) == "good 0.750, {odd} 0.500  A fine film"
    assert write(ITEM, Classification("x", (), {"a": 0.25}, True)) == "(none)  x"
    assert json.loads(PLAIN.writers()["jsonl"](ITEM, FOUND)) == {
        "id": 7,
        "text": "A fine film",
        "labels": ["good", "{odd}"],
        "scores": {"bad": 0.25, "good": 0.75, "{odd}": 0.5},
    }


def test_labels_are_coloured_on_a_terminal() -> None:
    labels = [("good", "0.750"), ("{odd}", "0.500")]
    coloured = [f"\x1b[1;{colour_of(label)}m{label}\x1b[0m\x1b[2m {score}\x1b[0m" for label, score in labels]
    assert PLAIN.terminal_writer()(ITEM, FOUND) == f"{', '.join(coloured)}  A fine film"
    assert EXPLAIN.terminal_writer()(ITEM, EXPLAINED) == f"{', '.join(coloured)}  {write_colours(EXPLAINED)}"


def test_explanations_are_written_as_json_text_and_html() -> None:
    writers = EXPLAIN.writers()
    assert set(writers) == {"jsonl", "text", "html"}
    assert writers["text"](ITEM, EXPLAINED) == f"good 0.750, {{odd}} 0.500  {write_brackets(EXPLAINED)}"
    assert writers["html"](ITEM, EXPLAINED) == write_article(EXPLAINED)
    assert json.loads(writers["jsonl"](ITEM, EXPLAINED)) == {"id": 7, **EXPLAINED.to_dict()}


def test_only_html_has_a_start_and_an_end() -> None:
    assert EXPLAIN.opening("html", "runs/a").startswith("<!DOCTYPE html>")
    assert EXPLAIN.closing("html").endswith("</html>")
    for form in ("jsonl", "text"):
        assert EXPLAIN.opening(form, "runs/a") == EXPLAIN.closing(form) == ""


def test_predictions_without_explain_do_not_load_explanations(attending) -> None:
    code = (
        "import sys, seqnlp\n"
        "from seqnlp.tasks.loading import task_of\n"
        f"model = seqnlp.load({str(attending.path)!r})\n"
        "options = task_of(model).predict_options()()\n"
        "options.predict(model, ['flat'])\n"
        "options.writers(), options.terminal_writer(), options.opening('text', ''), options.closing('text')\n"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "seqnlp.tasks.classification.predict_options" in loaded
    assert not [name for name in loaded if name.startswith("seqnlp.") and "explanation" in name]
    assert loaded.isdisjoint({"tensorflow", "keras", "onnx", "nltk", "pydantic", "seqnlp.settings"})
