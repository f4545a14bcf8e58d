"""The task of tagging: records, examples, and prepared corpora."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqnlp.corpora import TaggedOptions, load, stop
from seqnlp.errors import DataError
from seqnlp.metrics.fingerprints import Fingerprints
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import Prepared, load_prepared
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.tasks.tagging.task import TaggerTask

TASK = TaggerTask()
SENTENCE = TaggedSentence(("Ada", "sleeps"), ("B-PER", "O"))


@pytest.mark.parametrize(
    "value",
    [
        SENTENCE,
        (["Ada", "sleeps"], ["B-PER", "O"]),
        {"words": ["Ada", "sleeps"], "tags": ["B-PER", "O"], "id": 3},
    ],
)
def test_values_in_memory_become_records(value: object) -> None:
    assert TASK.record(value, TaggedOptions()) == SENTENCE


def test_an_annotated_text_is_a_record() -> None:
    text = AnnotatedText("Ada sleeps", (Span("PER", 0, 3),))
    assert TASK.record(text, TaggedOptions()) == text


@pytest.mark.parametrize("value", ["Ada", 3, {"words": ["Ada"]}, (["Ada", "sleeps"], ["O"])])
def test_other_values_in_memory_are_an_error(value: object) -> None:
    with pytest.raises(TypeError, match="expected a TaggedSentence or a pair of words and tags"):
        TASK.record(value, TaggedOptions())


def test_an_open_scheme_is_detected_and_a_given_scheme_is_kept() -> None:
    records = [TaggedSentence(("Ada",), ("S-PER",))]
    resolved = TASK.resolve(records, TaggedOptions(tag_column=1))
    assert resolved == TaggedOptions(tag_column=1, scheme="iobes", tag_form="prefix")
    assert TASK.resolve(records, TaggedOptions(scheme="plain")).scheme == "plain"


@pytest.mark.parametrize(("tags", "warned"), [(("PER", "O"), True), (("NNP", "VBZ"), False)])
def test_plain_tags_that_may_be_spans_cause_a_warning(
    tags: tuple[str, str], warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    assert TASK.resolve([TaggedSentence(("Ada", "sleeps"), tags)], TaggedOptions()).scheme == "plain"
    assert any("read as plain labels of words" in message for message in caplog.messages) == warned


def gold(records: list[Any], model: Path, **options: Any) -> list[TaggedSentence]:
    tagger = Tagger.load(model)
    return TASK.gold(records, tagger, TASK.resolve(records, TaggedOptions(**options)), stop, repair=False)


def test_gold_sentences_have_tags_in_the_scheme_of_the_predictions(model: Path) -> None:
    record = TaggedSentence(("Ada", "Lovelace"), ("B-PER", "E-PER"))
    assert gold([record], model) == [TaggedSentence(record.words, ("B-PER", "I-PER"))]
    text = AnnotatedText("Ada sleeps.", (Span("PER", 0, 3),))
    assert gold([text], model) == [TaggedSentence(("Ada", "sleeps", "."), ("B-PER", "O", "O"))]


@pytest.mark.parametrize("scheme", ["auto", "bio", "plain"])
def test_plain_gold_tags_do_not_fit_a_model_of_spans(model: Path, scheme: str) -> None:
    record = TaggedSentence(("Ada", "sleeps"), ("NNP", "VBZ"), origin=Origin("gold.conll", 1))
    with pytest.raises(DataError) as caught:
        gold([record], model, scheme=scheme)
    assert str(caught.value) == (
        "gold.conll: the data have a tag for each word, the model predicts labelled spans; "
        "--scheme and --tag-form say how the tags are read"
    )


def test_examples_survive_json() -> None:
    assert TASK.example_from_json([list(each) for each in TASK.example_to_json(SENTENCE)]) == SENTENCE


@pytest.fixture(scope="module")
def prepared() -> Prepared[Any, Any]:
    corpus = load("sample/ner")
    memory = {"train": corpus.train[:120], "dev": corpus.dev[:30], "test": corpus.test[:20]}
    return prepare(TASK, TaggerSettings.load(values={"text.tokenizer": "whitespace"}), memory)


def test_a_prepared_corpus_says_how_it_was_read_and_what_it_contains(prepared: Prepared[Any, Any]) -> None:
    assert prepared.format_options["scheme"] == "bio"
    assert prepared.codec.scheme == "iobes"
    assert prepared.codec.tokenizer == {"name": "whitespace"}
    first = next(sentence for sentence in load("sample/ner").train if "B-PER" in sentence.tags)
    place = first.tags.index("B-PER")
    length = 1 + next(i for i, tag in enumerate((*first.tags[place + 1 :], "O")) if tag != "I-PER")
    surface = " ".join(first.words[place : place + length])
    assert (surface, "PER") in Fingerprints.from_text(prepared.facts["seen"])
    counts = TASK.label_counts(prepared.codec, prepared.train)
    tags = [tag for sentence in load("sample/ner").train[:120] for tag in sentence.tags]
    assert counts == {
        label: tags.count(f"B-{label}") for label in {tag[2:] for tag in tags if tag.startswith("B-")}
    }


def test_a_prepared_corpus_can_be_written_and_loaded(prepared: Prepared[Any, Any], tmp_path: Path) -> None:
    prepared.write(tmp_path, TASK)
    restored = load_prepared(tmp_path, TASK)
    assert (restored.codec, restored.facts) == (prepared.codec, prepared.facts)
    assert restored.held_out["dev"].examples == prepared.held_out["dev"].examples
    for name, encoded in prepared.encoded.items():
        for field, array in encoded.to_arrays().items():
            np.testing.assert_array_equal(restored.encoded[name].to_arrays()[field], array)


def test_plain_tags_are_scored_by_accuracy_and_their_words_are_facts() -> None:
    sentences = [(["Birds", "fly"], ["NOUN", "VERB"]), (["Fish", "swim"], ["NOUN", "VERB"])]
    settings = TaggerSettings()
    prepared = prepare(TASK, settings, {"train": sentences, "dev": sentences})
    assert prepared.format_options["scheme"] == "plain"
    seen = Fingerprints({("Birds",), ("fly",), ("Fish",), ("swim",)}).to_text()
    assert prepared.facts == {"seen": seen}
    assert TASK.metric(prepared.codec, settings).name == "accuracy"
    assert TASK.label_counts(prepared.codec, prepared.train) == {"NOUN": 2, "VERB": 2}
    assert TASK.unknown_labels(prepared.codec, [TaggedSentence(("a",), ("DET",))]) == ["DET"]
