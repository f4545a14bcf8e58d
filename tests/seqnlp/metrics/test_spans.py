import json
from typing import TypeAlias

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from seqeval.metrics import accuracy_score, classification_report

from seqnlp.metrics.spans import SpanScores, known_surfaces
from seqnlp.records import TaggedSentence
from seqnlp.text.schemes import SCHEMES, convert

TAGS = ["O", *(f"{prefix}-{label}" for prefix in "BI" for label in ("PER", "LOC", "GPE-X"))]
WORDS = ["Ada", "Rome", "in", "New"]

ADA = (
    ["Ada", "Lovelace", "in", "London", "for", "IBM", "today", "Bob"],
    ["B-PER", "I-PER", "O", "B-LOC", "O", "B-ORG", "O", "O"],
    ["I-PER", "I-PER", "O", "B-ORG", "O", "B-ORG", "I-ORG", "I-PER"],
)
"""Gold has PER 0-2, LOC 3-4, ORG 5-6; predicted are PER 0-2, ORG 3-4, ORG 5-7 (too long), PER 7-8."""

Corpus: TypeAlias = list[tuple[list[str], list[str], list[str]]]


@st.composite
def tagged_pairs(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Draw words with gold and predicted tags, which may violate the scheme."""
    triples = draw(
        st.lists(
            st.tuples(st.sampled_from(WORDS), st.sampled_from(TAGS), st.sampled_from(TAGS)),
            min_size=1,
            max_size=50,
        )
    )
    words, gold, predicted = (list(column) for column in zip(*triples, strict=True))
    return words, gold, predicted


corpora = st.lists(tagged_pairs(), min_size=1, max_size=4)


def scored(corpus: Corpus, known: frozenset[tuple[str, str]] | None = None) -> SpanScores:
    scores = SpanScores("bio", known)
    for words, gold, predicted in corpus:
        scores.add(words, gold, predicted)
    return scores


@given(corpora)
@example([(["a"] * 3, ["O", "I-PER", "I-LOC"], ["B-PER", "B-PER", "I-LOC"])])
def test_all_scores_equal_seqeval(corpus: Corpus) -> None:
    gold = [sentence[1] for sentence in corpus]
    predicted = [sentence[2] for sentence in corpus]
    found = scored(corpus).to_dict()
    assert found["accuracy"] == pytest.approx(accuracy_score(gold, predicted))
    if not found["labels"]:
        assert all(tag == "O" for tags in gold + predicted for tag in tags)
        return
    expected = classification_report(gold, predicted, output_dict=True, zero_division=0)

    def same(ours: dict[str, float], theirs: dict[str, float]) -> None:
        for key, name in [("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")]:
            assert ours[key] == pytest.approx(theirs[name])

    micro, macro = expected.pop("micro avg"), expected.pop("macro avg")
    expected.pop("weighted avg")
    same(found, micro)
    assert found["support"] == micro["support"]
    same(found["macro"], macro)
    assert set(found["labels"]) == set(expected)
    for label, values in expected.items():
        same(found["labels"][label], values)
        assert found["labels"][label]["support"] == values["support"]


@given(corpora)
def test_breakdowns_add_up_to_the_total(corpus: Corpus) -> None:
    scores = scored(corpus, known=frozenset({("Ada", "PER"), ("Rome in", "LOC")}))
    whole = scores.micro
    for parts in [*scores.breakdowns.values(), scores.labels]:
        assert sum(tally.gold for tally in parts.values()) == whole.gold
        assert sum(tally.predicted for tally in parts.values()) == whole.predicted
        assert sum(tally.correct for tally in parts.values()) == whole.correct
    confusion = scores.confusion
    assert confusion.counts[:-1].sum() == whole.gold
    assert confusion.counts[:, :-1].sum() == whole.predicted
    assert confusion.counts.diagonal().sum() == whole.correct


@pytest.mark.parametrize("scheme", ["bio", "iob1", "iobes"])
@given(corpus=corpora)
def test_spans_score_the_same_in_every_scheme(scheme: str, corpus: Corpus) -> None:
    scores = SpanScores(scheme)
    for words, gold, predicted in corpus:
        scores.add(words, convert(gold, "bio", scheme), convert(predicted, "bio", scheme))
    assert scores.labels == scored(corpus).labels


def test_conlleval_by_hand() -> None:
    found = scored([ADA]).to_dict()
    assert found["precision"] == 1 / 4
    assert found["recall"] == 1 / 3
    assert found["f1"] == pytest.approx(2 / 7)
    assert found["support"] == 3
    assert found["accuracy"] == 4 / 8
    assert (found["sentences"], found["tokens"]) == (1, 8)
    assert found["labels"] == {
        "LOC": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
        "ORG": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
        "PER": {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1},
    }
    assert found["macro"]["f1"] == pytest.approx(2 / 9)


def test_confusion_by_hand() -> None:
    assert scored([ADA]).confusion.to_dict() == {
        "rows": ["LOC", "ORG", "PER", "spurious"],
        "columns": ["LOC", "ORG", "PER", "missed"],
        "counts": [[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 1, 0]],
    }


def test_seen_and_unseen_by_hand() -> None:
    """A span is seen if it had this label in training. A wrong boundary can change the group."""
    train = TaggedSentence(("New", "York", "City", "is", "Rome"), ("B-LOC", "I-LOC", "I-LOC", "O", "B-PER"))
    known = known_surfaces([train], "bio")
    assert known == {("New York City", "LOC"), ("Rome", "PER")}
    scores = SpanScores("bio", known)
    scores.add(["New", "York", "City"], ["B-LOC", "I-LOC", "I-LOC"], ["B-LOC", "I-LOC", "O"])
    scores.add(["New", "York", "City"], ["B-LOC", "I-LOC", "I-LOC"], ["B-LOC", "I-LOC", "I-LOC"])
    scores.add(["Rome"], ["B-LOC"], ["B-LOC"])
    parts = scores.to_dict()["by_novelty"]
    assert parts["seen"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "support": 2}
    assert parts["unseen"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}


def test_sentence_lengths_by_hand() -> None:
    scores = SpanScores("bio")
    for length in (1, 10, 11, 20, 21, 40, 41, 300):
        words = ["w"] * length
        tags = ["B-X"] + ["O"] * (length - 1)
        scores.add(words, tags, tags if length % 2 else ["O"] * length)
    supports = {name: tally["support"] for name, tally in scores.to_dict()["by_length"].items()}
    assert supports == {"1-10": 2, "11-20": 2, "21-40": 2, "41+": 2}
    assert {tally["recall"] for tally in scores.to_dict()["by_length"].values()} == {0.5}


def test_novelty_is_omitted_without_training_data() -> None:
    assert "by_novelty" not in scored([(["a"], ["O"], ["O"])]).to_dict()


def test_nothing_added_scores_zero() -> None:
    found = SpanScores("bio").to_dict()
    assert (found["f1"], found["accuracy"], found["support"]) == (0.0, 0.0, 0)
    assert found["labels"] == {}


def test_a_label_that_only_gold_has_counts_as_missed() -> None:
    found = scored([(["a", "b"], ["B-NEW", "B-PER"], ["O", "B-PER"])]).to_dict()
    assert found["recall"] == 0.5
    assert found["labels"]["NEW"]["support"] == 1


@given(corpora)
def test_scores_are_json_values(corpus: Corpus) -> None:
    scores = scored(corpus, frozenset())
    report = {**scores.to_dict(), "confusion": scores.confusion.to_dict()}
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        SpanScores("bio").add(["a", "b"], ["O", "O"], ["O"])
    with pytest.raises(ValueError, match="zip"):
        SpanScores("bio").add(["a"], ["O", "O"], ["O", "O"])


def test_plain_tags_have_no_spans_to_score() -> None:
    assert "plain" in SCHEMES
    with pytest.raises(ValueError, match="plain"):
        SpanScores("plain")
