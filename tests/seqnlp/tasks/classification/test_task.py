"""The classifier task: from records to encoded texts, and the checks of gold data."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import seqnlp
from seqnlp.corpora import LabelledOptions, stop
from seqnlp.data.batching import Batch
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import LabelledText, Origin
from seqnlp.tasks.classification.encoded import EncodedTexts
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.settings import ClassifierSettings
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import load_prepared

TASK = ClassifierTask()
OPTIONS = LabelledOptions(text_column="review", label_column="stars")
MULTI = ClassifierSettings.load(values={"format.label_separator": "|"})
TRAIN = [
    ("A fine-grained, warm film", "good"),
    ("dull   and cold", "bad"),
    ("fine " * 400, "good"),
    ("   ", "bad"),
    ("cold film", "bad"),
    ("a film", "so so"),
] * 4
DEV = [("A warm film", "good"), ("", "bad"), ("a dull bore", "ugly"), ("cold", "bad"), ("fine", "good")]
SMALL = {
    "network.word_dimension": 8,
    "network.units": 4,
    "training.buckets": 2,
    "text.tokenizer": "whitespace",
}


def text(content: str, *labels: str) -> LabelledText:
    return LabelledText(content, labels, Origin("a.csv", 3))


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (LabelledText("fine", ("good",)), ("good",)),
        (("fine", "good"), ("good",)),
        (["fine", 5], ("5",)),
        (("fine", ["a", "b"]), ("a", "b")),
        (("fine", ()), ()),
        ({"stars": "good", "review": "fine", "id": 1}, ("good",)),
        ({"stars": ["a", "b"], "review": "fine"}, ("a", "b")),
    ],
)
def test_values_in_memory_become_records(value, labels) -> None:
    assert TASK.record(value, OPTIONS) == LabelledText("fine", labels)


@pytest.mark.parametrize("label", ["1", 1, 1.0, np.int64(1), np.float32(1)])
def test_numbers_in_memory_name_the_same_label(label: object) -> None:
    assert TASK.record(("x", label), LabelledOptions()).labels == ("1",)
    assert TASK.record(("x", [label]), LabelledOptions()).labels == ("1",)


@pytest.mark.parametrize("label", [float("nan"), np.float64("inf"), None, {}])
def test_labels_in_memory_are_strings_or_finite_numbers(label: object) -> None:
    with pytest.raises(TypeError, match="label is not"):
        TASK.record(("x", label), LabelledOptions())


def test_other_values_in_memory_are_refused() -> None:
    for value in ("fine", ("fine",), (1, "good"), None):
        with pytest.raises(TypeError, match=r"expected a LabelledText or a \(text, label\) pair"):
            TASK.record(value, OPTIONS)
    with pytest.raises(ConfigError, match=r"no column 'stars' .* the columns are 'review'"):
        TASK.record({"review": "fine"}, OPTIONS)


def test_only_the_training_file_is_read_by_phrases() -> None:
    options = LabelledOptions(phrases=True, binary=True)
    assert TASK.split_options(options, "train") == options
    for split in ("dev", "test"):
        assert TASK.split_options(options, split) == replace(options, phrases=False)


def test_empty_texts_are_not_trained_on(caplog) -> None:
    texts = [text("", "good"), text("fine", "good"), text(" \n", "bad")]
    assert TASK.training_examples(texts, MULTI) == texts[1:2]
    assert caplog.messages == ["2 empty training texts are left out"]
    caplog.clear()
    assert TASK.training_examples(texts[1:2], MULTI) == texts[1:2]
    assert caplog.messages == []
    with pytest.raises(DataError, match=r"a\.csv: all training texts are empty"):
        TASK.training_examples(texts[:1], MULTI)


def test_training_texts_need_labels() -> None:
    texts = [text("fine", "good"), text("lovely", "good")]
    message = "a.csv: every training text has the label 'good'; a classifier needs at least 2"
    with pytest.raises(DataError, match=message):
        TASK.learn_codec(texts, ClassifierSettings())
    assert TASK.learn_codec(texts, MULTI).threshold == 0.5
    message = "a.csv: no training text has a label; a classifier needs at least 1"
    with pytest.raises(DataError, match=message):
        TASK.learn_codec([text("fine")], MULTI)


def test_several_labels_need_a_label_separator() -> None:
    texts = [text("fine", "good"), text("dull", "bad")]
    codec = TASK.learn_codec(texts, ClassifierSettings())
    for other in (text("so so", "good", "bad"), text("so so")):
        message = rf"a\.csv:3: a text has {len(other.labels)} labels, not one; .* a label separator"
        with pytest.raises(DataError, match=message):
            TASK.learn_codec([*texts, other], ClassifierSettings())
        with pytest.raises(DataError, match=message):
            TASK.encode(codec, [other])
        several = TASK.learn_codec([*texts, other], MULTI)
        assert TASK.encode(several, [other]).labels.sum() == len(other.labels)


def test_gold_texts_must_fit_the_model(attending) -> None:
    model = Classifier.load(attending.path)
    texts = [text("fine", "good"), text("fine", "ugly")]
    assert TASK.gold(iter(texts), model, OPTIONS, stop, repair=False) == texts
    assert TASK.unknown_labels(model.codec, texts) == ["ugly"]
    with pytest.raises(ConfigError, match=r"^--label-separator needs a multi-label model"):
        TASK.gold(texts, model, replace(OPTIONS, label_separator="|"), stop, repair=False)
    with pytest.raises(DataError, match="2 labels, not one"):
        TASK.gold([text("fine", "good", "bad")], model, OPTIONS, stop, repair=False)


def test_a_batch_has_the_labels_of_the_text_of_each_row() -> None:
    settings = ClassifierSettings.load(values=SMALL)
    texts = [text("fine " * 400, "good"), text("dull", "bad")]
    encoded = TASK.encode(TASK.learn_codec(texts, settings), texts)
    assert encoded.lengths.tolist() == [160, 160, 80, 1]
    batch = encoded.batch(Batch(np.array([3, 1]), count=3, length=160))
    assert batch["labels"].tolist() == [[True, False], [False, True], [False, False]]
    assert batch["lengths"].tolist() == [1, 160, 0]


def test_the_settings_choose_the_length_of_windows() -> None:
    settings = ClassifierSettings.load(values={**SMALL, "text.max_length": 250})
    texts = [text("fine " * 400, "good"), text("dull", "bad")]
    codec = TASK.learn_codec(texts, settings)
    assert TASK.encode(codec, texts).lengths.tolist() == [250, 150, 1]
    assert type(codec).from_spec(codec.to_spec()).max_length == 250


def test_a_prepared_corpus_is_read_as_it_was_written(tmp_path) -> None:
    settings = ClassifierSettings.load(values=SMALL)
    made = prepare(TASK, settings, {"train": TRAIN, "dev": DEV})
    made.write(tmp_path / "prepared", TASK)
    read = load_prepared(tmp_path / "prepared", TASK)
    assert (read.codec, read.encoding, read.source) == (made.codec, made.encoding, made.source)
    assert read.codec.tokenizer == {"name": "whitespace"}
    for found, expected in ((read.train, made.train), (read.held_out["dev"].encoded, made.encoded["dev"])):
        assert isinstance(found, EncodedTexts)
        np.testing.assert_array_equal(found.labels, expected.labels)
        for field in ("words", "spellings", "characters"):
            array = getattr(found.words, field)
            assert isinstance(array, np.memmap)
            np.testing.assert_array_equal(array, getattr(expected.words, field))
        np.testing.assert_array_equal(found.words.windows.table, expected.words.windows.table)
    assert read.held_out.keys() == {"dev"}
    assert read.held_out["dev"].examples == made.held_out["dev"].examples
    assert TASK.label_counts(read.codec, read.train) == Counter({"good": 8, "bad": 8, "so so": 4})
    assert TASK.label_counts(read.codec, read.held_out["dev"].encoded) == Counter(good=2, bad=2)
    # An empty text counts as one unknown word.
    lengths, _ = TASK.measures(read.codec, read.held_out["dev"].encoded)[""]
    assert lengths.tolist() == [3, 1, 3, 1, 1]


@pytest.mark.parametrize("class_weights", ["equal", "balanced"])
def test_a_multi_label_classifier_is_trained_and_evaluated(tmp_path, class_weights: str) -> None:
    random = np.random.default_rng(1)
    kinds = {"art": "paint canvas museum".split(), "food": "bread soup kitchen".split()}

    def draw(count: int) -> list[tuple[str, list[str]]]:
        rows = []
        for _ in range(count):
            labels = [label for label in kinds if random.random() < 0.4]
            words = [*random.choice("the a was and of".split(), 3)]
            rows.append((" ".join([*words, *(random.choice(kinds[label]) for label in labels)]), labels))
        return rows

    settings = {
        **SMALL,
        "format.label_separator": "|",
        "network.class_weights": class_weights,
        "network.dropout": 0.2,
        "training.batch_tokens": 64,
    }
    dev = draw(60)
    run = seqnlp.train(
        "classifier",
        train=draw(400),
        dev=dev,
        settings=settings,
        epochs=6,
        output=tmp_path / "run",
        quiet=True,
    )
    assert run.metrics["dev"]["f1"] > 0.9
    model = run.model
    assert model.codec.threshold == pytest.approx(run.metrics["threshold"], abs=1e-4)
    assert seqnlp.evaluate(model, dev).to_dict() == run.metrics["dev"]
    (tmp_path / "gold.csv").write_text("text,label\nthe soup museum,art|food\n", encoding="utf-8")
    scores = seqnlp.evaluate(model, tmp_path / "gold.csv")  # with the label separator of training
    assert scores.to_dict() == seqnlp.evaluate(model, [("the soup museum", ["art", "food"])]).to_dict()
    assert model("the soup").multi_label
