"""Conversion of records to examples of a tagger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import TAGGED, Problems, TaggedOptions
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, Origin, Span, TaggedSentence
from seqnlp.tasks.tagging.examples import detect_output_scheme, make_examples, resolve_scheme
from seqnlp.text.tokenizers import get_tokenizer

WORDS = get_tokenizer("words")


def sentence(tags: str) -> TaggedSentence:
    split = tags.split()
    return TaggedSentence(tuple("abcdefgh"[: len(split)]), tuple(split), True, Origin("some.conll", 3))


def make(records: list[TaggedSentence], options: TaggedOptions, **changes) -> list[TaggedSentence]:
    return make_examples(records, options, WORDS, **{"on_error": pytest.fail, "repair": False, **changes})


@pytest.mark.parametrize(
    ("scheme", "form", "tags", "expected"),
    [
        ("bio", "prefix", "B-PER I-PER O", "B-PER I-PER O"),
        ("iob1", "prefix", "I-PER I-PER B-PER", "B-PER I-PER B-PER"),
        ("iobes", "prefix", "S-PER B-LOC E-LOC", "B-PER B-LOC I-LOC"),
        ("bio", "underscore", "B_PER I_PER O", "B-PER I-PER O"),
        ("iobes", "underscore", "U_GPE_LOC O B_X L_X", "B-GPE_LOC O B-X I-X"),
        ("bio", "suffix", "PER-B PER-I O", "B-PER I-PER O"),
        ("iobes", "suffix", "PER_S B-T-B B-T-E", "B-PER B-B-T I-B-T"),
        ("bio", "bare", "B I O B", "B-SPAN I-SPAN O B-SPAN"),
        ("iobes", "bare", "B M E S", "B-SPAN I-SPAN I-SPAN B-SPAN"),
    ],
)
def test_tags_are_converted_from_their_form_and_scheme(
    scheme: str, form: str, tags: str, expected: str
) -> None:
    record = sentence(tags)
    options = resolve_scheme([record], TaggedOptions())
    assert (options.scheme, options.tag_form) == (scheme, form)
    assert detect_output_scheme([record], options) == "bio"
    (example,) = make([record], options)
    assert example == TaggedSentence(record.words, tuple(expected.split()), True)
    assert example.origin == record.origin


def test_labels_without_prefix_can_be_spans() -> None:
    record = sentence("PER PER O LOC")
    options = resolve_scheme([record], TaggedOptions(tag_form="label"))
    assert options.scheme == "iob1"
    assert make([record], options)[0].tags == ("B-PER", "I-PER", "O", "B-LOC")


def test_plain_tags_are_not_converted() -> None:
    record = sentence("DT NN")
    options = resolve_scheme([record], TaggedOptions())
    assert options.scheme == detect_output_scheme([record], TaggedOptions(scheme="bio")) == "plain"
    assert make([record], options) == [record]


def test_plain_tags_can_look_like_those_of_spans() -> None:
    record = sentence("B-x I-x")
    assert detect_output_scheme([record], TaggedOptions(scheme="bio")) == "bio"
    assert detect_output_scheme([record], TaggedOptions(scheme="plain")) == "plain"
    bare = sentence("B I O")
    assert make([bare], resolve_scheme([bare], TaggedOptions(scheme="plain"))) == [bare]


def test_annotated_texts_have_spans() -> None:
    record = AnnotatedText("Ada lives", (Span("PER", 0, 3),))
    assert resolve_scheme([record], TaggedOptions()).scheme == "bio"
    assert detect_output_scheme([record], TaggedOptions(scheme="plain")) == "bio"


def test_unusual_tags_are_read_like_conlleval_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    good, wrong = sentence("B-PER O"), sentence("O I-PER")
    examples = make([wrong, good, wrong], TaggedOptions(scheme="bio"))
    assert [each.tags for each in examples] == [("O", "B-PER"), ("B-PER", "O"), ("O", "B-PER")]
    assert caplog.messages == [
        "unusual tags, read as conlleval reads them, in 2 sentences "
        "(first: some.conll:4: I-PER follows O, which bio forbids)"
    ]
    caplog.clear()
    assert make([wrong], TaggedOptions(scheme="bio"), repair=True)[0].tags == ("O", "B-PER")
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        ("iob1", "I-PER O B-MISC I-MISC", "B-PER O B-MISC I-MISC"),  # eng.train of CoNLL-2003
        ("iob1", "I-PER B-LOC", "B-PER B-LOC"),
        ("bio", "B-PER I-LOC", "B-PER B-LOC"),
        ("bio", "S-PER B-LOC E-LOC", "B-PER B-LOC I-LOC"),
        ("iobes", "B-PER O I-PER I-PER", "B-PER O B-PER I-PER"),
        ("iobes", "S-PER E-PER", "B-PER B-PER"),
    ],
)
def test_every_order_of_tags_has_a_reading(scheme: str, tags: str, expected: str) -> None:
    record = sentence(tags)
    assert make([record], TaggedOptions(scheme=scheme))[0].tags == tuple(expected.split())
    problems: list[DataError] = []
    assert make([record], TaggedOptions(scheme=scheme, strict_tags=True), on_error=problems.append) == []
    assert len(problems) == 1


@pytest.mark.parametrize("repair", [True, False])
def test_tags_that_cannot_be_read_are_errors(repair: bool) -> None:
    good, wrong = sentence("B-PER O"), sentence("O I-PER X-PER")
    problems: list[DataError] = []
    options = TaggedOptions(scheme="bio")
    assert make([wrong, good], options, on_error=problems.append, repair=repair) == [good]
    message = "some.conll:5: 'X-PER' is not a bio tag (O, B-LABEL, I-LABEL)"
    assert [str(error) for error in problems] == [message]


def test_trimmed_spans_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    record = AnnotatedText("Anna sleeps", (Span("PER", 0, 5),), Origin("a.jsonl", 1))
    (example,) = make([record], TaggedOptions(scheme="bio"))
    assert example.tags == ("B-PER", "O")
    assert caplog.messages == [
        "removed white space at the edges of spans in 1 text "
        "(first: a.jsonl:1: the span 'Anna ' (0-5) has white space at an edge)"
    ]


POOLS = [
    ["O", "B-X", "I-X", "E-X", "S-Y", "I-Y"],
    ["O", "B_X", "I_X", "PER"],
    ["O", "X-B", "X-I", "Y_S"],
    ["O", "B", "I", "E"],
    ["DT", "NN", "O"],
]
TEXTS = st.builds(
    lambda start, length: AnnotatedText("Ada lives in  Oslo.", (Span("X", start, start + length),)),
    st.integers(0, 14),
    st.integers(1, 5),
)
RECORDS = st.sampled_from(POOLS).flatmap(
    lambda pool: st.lists(
        st.lists(st.sampled_from(pool), min_size=1, max_size=4).map(lambda tags: sentence(" ".join(tags)))
        | TEXTS,
        min_size=1,
        max_size=8,
    )
)


@pytest.mark.parametrize("strict", [False, True])
@given(records=RECORDS)
def test_a_check_accepts_what_training_accepts(records, strict: bool) -> None:
    options, found, refused = TaggedOptions(strict_tags=strict), Problems(), Problems()
    summary = TAGGED.summary(options, found).count(records)
    resolved = resolve_scheme(records, options)
    make_examples(records, resolved, WORDS, refused, repair=True)
    assert summary.scheme in (None, resolved.scheme)
    assert sorted(map(str, found.first)) == sorted(map(str, refused.first))
