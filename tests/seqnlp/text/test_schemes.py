import os
import zipfile
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB1, IOB2, IOBES, Entities

from seqnlp.errors import DataError
from seqnlp.records import Origin, Span, TaggedSentence
from seqnlp.text.schemes import (
    SCHEMES,
    check_sentence,
    check_tags,
    convert,
    detect_scheme,
    legal_transitions,
    to_spans,
    to_tags,
)

CHUNK_SCHEMES = ("bio", "iob1", "iobes")
PREFIXES = {"bio": "BI", "iob1": "BI", "iobes": "BIES"}
LABELS = ("PER", "LOC", "GPE-LOC")


def inventory(scheme: str, labels: tuple[str, ...] = LABELS[:2]) -> list[str]:
    return ["O", *(f"{prefix}-{label}" for prefix in PREFIXES[scheme] for label in labels)]


@st.composite
def spans_and_length(draw: st.DrawFn) -> tuple[list[Span], int]:
    """Draw runs of words, each inside or outside a span, so that spans often touch."""
    runs = draw(
        st.lists(st.tuples(st.integers(1, 4), st.one_of(st.none(), st.sampled_from(LABELS))), max_size=8)
    )
    spans, place = [], 0
    for length, label in runs:
        if label is not None:
            spans.append(Span(label, place, place + length))
        place += length
    return spans, place


def tag_lists(scheme: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(inventory(scheme, LABELS)), max_size=12)


class TestReading:
    @pytest.mark.parametrize(
        ("scheme", "tags"),
        [
            ("bio", "B-PER I-PER B-PER B-LOC I-LOC I-LOC O"),
            ("iob1", "I-PER I-PER B-PER I-LOC I-LOC I-LOC O"),
            ("iobes", "B-PER E-PER S-PER B-LOC I-LOC E-LOC O"),
        ],
    )
    def test_hand_written_case(self, scheme: str, tags: str) -> None:
        spans = [Span("PER", 0, 2), Span("PER", 2, 3), Span("LOC", 3, 6)]
        assert to_spans(tags.split(), scheme) == spans
        assert to_tags(spans, 7, scheme) == tags.split()
        assert check_tags(tags.split(), scheme) is None

    @pytest.mark.parametrize("tags", ["B-X L-X U-Y B-X I-X L-X", "B-X E-X S-Y B-X M-X E-X"])
    def test_other_spellings_of_iobes(self, tags: str) -> None:
        assert check_tags(tags.split(), "iobes") is None
        assert convert(tags.split(), "iobes", "iobes") == ["B-X", "E-X", "S-Y", "B-X", "I-X", "E-X"]
        assert detect_scheme([tags.split()]) == "iobes"

    @pytest.mark.parametrize("scheme", CHUNK_SCHEMES)
    @given(data=st.data())
    def test_any_tags_read_as_seqeval_reads_them(self, scheme: str, data: st.DataObject) -> None:
        tags = data.draw(tag_lists(scheme))
        expected = [Span(label, start, end + 1) for label, start, end in get_entities(tags)]
        assert to_spans(tags, scheme) == expected

    @pytest.mark.parametrize(("scheme", "strict"), [("bio", IOB2), ("iob1", IOB1), ("iobes", IOBES)])
    @given(data=st.data())
    def test_valid_tags_have_their_strict_reading(
        self, scheme: str, strict: type[IOB2], data: st.DataObject
    ) -> None:
        spans, length = data.draw(spans_and_length())
        tags = to_tags(spans, length, scheme)
        found = [
            Span(entity.tag, entity.start, entity.end)
            for sentence in Entities([tags], strict).entities
            for entity in sentence
        ]
        assert found == to_spans(tags, scheme) == spans

    def test_plain_has_no_spans(self) -> None:
        assert to_spans(["NN", "B-NP"], "plain") == []
        assert convert(["NN", "VB"], "plain", "plain") == ["NN", "VB"]

    @pytest.mark.parametrize("scheme", CHUNK_SCHEMES)
    def test_no_words(self, scheme: str) -> None:
        assert to_spans([], scheme) == []
        assert to_tags([], 0, scheme) == []
        assert check_tags([], scheme) is None


class TestWriting:
    @pytest.mark.parametrize("scheme", CHUNK_SCHEMES)
    @given(case=spans_and_length())
    def test_round_trip(self, scheme: str, case: tuple[list[Span], int]) -> None:
        spans, length = case
        tags = to_tags(reversed(spans), length, scheme)
        assert len(tags) == length
        assert check_tags(tags, scheme) is None
        assert to_spans(tags, scheme) == spans

    @pytest.mark.parametrize(("source", "target"), list(product(CHUNK_SCHEMES, repeat=2)))
    @given(data=st.data())
    def test_conversion_keeps_spans(self, source: str, target: str, data: st.DataObject) -> None:
        tags = data.draw(tag_lists(source))
        converted = convert(tags, source, target)
        assert check_tags(converted, target) is None
        assert to_spans(converted, target) == to_spans(tags, source)
        if check_tags(tags, source) is None:
            assert convert(converted, target, source) == tags

    @pytest.mark.parametrize(
        "spans",
        [
            [Span("A", 1, 1)],
            [Span("A", 0, 2), Span("B", 1, 3)],
            [Span("A", 0, 2), Span("A", 0, 2)],
            [Span("A", 2, 4)],
            [Span("A", -1, 1)],
        ],
    )
    def test_impossible_spans_are_refused(self, spans: list[Span]) -> None:
        with pytest.raises(ValueError, match="is empty, overlaps"):
            to_tags(spans, 3, "bio")

    def test_plain_cannot_hold_spans(self) -> None:
        with pytest.raises(ValueError, match="plain"):
            to_tags([], 3, "plain")
        with pytest.raises(ValueError, match="plain"):
            convert(["O"], "plain", "bio")
        with pytest.raises(ValueError, match="plain"):
            convert(["O"], "bio", "plain")


class TestChecking:
    @pytest.mark.parametrize(
        ("scheme", "tags", "index", "reason"),
        [
            ("bio", "B-PER O I-PER", 2, "I-PER follows O, which bio forbids"),
            ("bio", "I-PER O", 0, "I-PER starts the sentence, which bio forbids"),
            ("bio", "B-PER I-LOC", 1, "I-LOC follows B-PER, which bio forbids"),
            ("iob1", "I-PER O B-PER", 2, "B-PER follows O, which iob1 forbids"),
            ("iob1", "I-PER B-LOC", 1, "B-LOC follows I-PER, which iob1 forbids"),
            ("iobes", "O B-PER O", 2, "O follows B-PER, which iobes forbids"),
            ("iobes", "S-PER E-PER", 1, "E-PER follows S-PER, which iobes forbids"),
            ("iobes", "B-PER E-LOC", 1, "E-LOC follows B-PER, which iobes forbids"),
            ("iobes", "O B-PER", 1, "B-PER ends the sentence, which iobes forbids"),
            ("bio", "O X-PER", 1, "'X-PER' is not a bio tag (O, B-LABEL, I-LABEL)"),
            ("bio", "B-", 0, "'B-' is not a bio tag (O, B-LABEL, I-LABEL)"),
            ("bio", "BPER", 0, "'BPER' is not a bio tag (O, B-LABEL, I-LABEL)"),
            ("bio", "B", 0, "'B' is not a bio tag (O, B-LABEL, I-LABEL)"),
            ("bio", "O-PER", 0, "'O-PER' is not a bio tag (O, B-LABEL, I-LABEL)"),
            ("bio", "S-PER", 0, "'S-PER' is not a bio tag (O, B-LABEL, I-LABEL)"),
        ],
    )
    def test_the_first_invalid_tag_is_named(self, scheme: str, tags: str, index: int, reason: str) -> None:
        assert check_tags(tags.split(), scheme) == (index, reason)

    def test_no_tag_violates_plain(self) -> None:
        assert check_tags(["NN", "B-", ""], "plain") is None

    @given(st.lists(st.text(max_size=6), max_size=6), st.sampled_from(SCHEMES))
    def test_any_text_is_checked(self, tags: list[str], scheme: str) -> None:
        fault = check_tags(tags, scheme)
        if fault is None:
            to_spans(tags, scheme)
        else:
            assert 0 <= fault[0] < len(tags)
            assert "\n" not in fault[1]

    def test_sentence_names_file_and_line(self) -> None:
        sentence = TaggedSentence(("a", "b", "c"), ("B-X", "O", "I-X"), origin=Origin("train.conll", 7))
        with pytest.raises(DataError, match=r"^train\.conll:9: I-X follows O, which bio forbids$"):
            check_sentence(sentence, "bio")

    def test_sentence_without_origin_names_the_word(self) -> None:
        with pytest.raises(DataError, match=r"^word 2 \('b'\): I-X follows O, which bio forbids$"):
            check_sentence(TaggedSentence(("a", "b"), ("O", "I-X")), "bio")

    def test_valid_sentence_passes(self) -> None:
        check_sentence(TaggedSentence(("a", "b"), ("B-X", "I-X")), "bio")


class TestDetecting:
    @pytest.mark.parametrize("scheme", CHUNK_SCHEMES)
    @given(cases=st.lists(spans_and_length(), min_size=1))
    def test_the_scheme_that_was_written_is_detected(
        self, scheme: str, cases: list[tuple[list[Span], int]]
    ) -> None:
        corpus = [to_tags(spans, length, scheme) for spans, length in cases]
        assume(any(spans for spans, _ in cases))
        assert detect_scheme(iter(corpus)) == scheme

    def test_parts_of_speech_are_plain(self) -> None:
        assert detect_scheme([["DT", "NN", "VBZ", "-LRB-"], ["UH", "."]]) == "plain"

    @pytest.mark.parametrize("corpus", [[], [[]], [["O", "O"], ["O"]]])
    def test_a_corpus_without_spans_is_bio(self, corpus: list[list[str]]) -> None:
        assert detect_scheme(corpus) == "bio"

    def test_a_mixed_corpus_has_the_scheme_of_most_tags(self) -> None:
        mixed = [["B-PER", "O"], ["O", "B-LOC", "I-LOC"], ["O", "I-LOC"]]
        assert detect_scheme(mixed) == "bio"
        assert check_tags(mixed[2], "bio") == (1, "I-LOC follows O, which bio forbids")

    def test_a_tie_is_bio(self) -> None:
        assert detect_scheme([["B-PER", "O", "I-PER"]]) == "bio"

    def test_a_few_malformed_tags_do_not_hide_the_scheme(self) -> None:
        assert detect_scheme([["B-PER", "I-PER", "O"]] * 5 + [["X-PER", "BPER"]]) == "bio"
        assert detect_scheme([["B-PER", "E-PER", "O"]] * 5 + [["S"]]) == "iobes"


def valid_by_seqeval(tags: list[str], strict: type[IOB2]) -> bool:
    """Return whether writing the strictly read entities gives the same tags."""
    entities = [entity for sentence in Entities([tags], strict).entities for entity in sentence]
    scheme = {IOB1: "iob1", IOB2: "bio", IOBES: "iobes"}[strict]
    spans = [Span(entity.tag, entity.start, entity.end) for entity in entities]
    return to_tags(spans, len(tags), scheme) == tags


class TestTransitions:
    @pytest.mark.parametrize(("scheme", "strict"), [("bio", IOB2), ("iob1", IOB1), ("iobes", IOBES)])
    def test_legal_paths_are_the_valid_sequences(self, scheme: str, strict: type[IOB2]) -> None:
        """All sequences of three tags over two labels, judged by seqeval's strict reading."""
        labels = inventory(scheme)
        transitions, start, end = legal_transitions(labels, scheme)
        for path in product(range(len(labels)), repeat=3):
            tags = [labels[place] for place in path]
            first, second, third = path
            legal = start[first] & transitions[first, second] & transitions[second, third] & end[third]
            assert legal == (check_tags(tags, scheme) is None) == valid_by_seqeval(tags, strict), tags

    def test_bio_by_hand(self) -> None:
        transitions, start, end = legal_transitions(["O", "B-X", "I-X", "B-Y", "I-Y"], "bio")
        expected = [
            [1, 1, 0, 1, 0],
            [1, 1, 1, 1, 0],
            [1, 1, 1, 1, 0],
            [1, 1, 0, 1, 1],
            [1, 1, 0, 1, 1],
        ]
        np.testing.assert_array_equal(transitions, np.array(expected, bool))
        np.testing.assert_array_equal(start, np.array([1, 1, 0, 1, 0], bool))
        np.testing.assert_array_equal(end, np.ones(5, bool))
        assert transitions.dtype == start.dtype == end.dtype == np.bool_

    def test_plain_allows_everything(self) -> None:
        transitions, start, end = legal_transitions(["NN", "VB"], "plain")
        assert transitions.shape == (2, 2)
        assert transitions.all()
        assert start.all()
        assert end.all()

    def test_malformed_labels_are_refused(self) -> None:
        with pytest.raises(ValueError, match="E-X"):
            legal_transitions(["O", "E-X"], "bio")

    def test_unknown_scheme_is_refused(self) -> None:
        with pytest.raises(ValueError, match="bio, iob1, iobes"):
            legal_transitions(["O"], "bioes")


@pytest.mark.parametrize(
    ("archive", "member", "published"),
    [
        ("conll2000", "train.txt", 106_978),
        ("conll2000", "test.txt", 23_852),
        ("conll2002", "ned.testa", 2_616),
        ("conll2002", "ned.testb", 3_941),
    ],
)
def test_real_corpora_have_the_published_number_of_spans(archive: str, member: str, published: int) -> None:
    """The counts of Tjong Kim Sang and Buchholz (2000) and Tjong Kim Sang (2002)."""
    if "SEQNLP_DATA" not in os.environ:
        pytest.skip("SEQNLP_DATA does not name the folder of real corpora")
    corpora = Path(os.environ["SEQNLP_DATA"]) / "nltk_data" / "corpora"
    with zipfile.ZipFile(corpora / f"{archive}.zip") as files:
        text = files.read(f"{archive}/{member}").decode()
    corpus = [[line.split()[-1] for line in block.split("\n") if line] for block in text.split("\n\n")]
    assert detect_scheme(corpus) == "bio"
    assert all(check_tags(tags, "bio") is None for tags in corpus)
    assert sum(len(to_spans(tags, "bio")) for tags in corpus) == published
