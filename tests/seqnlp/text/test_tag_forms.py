"""Forms of tags other than `B-PER`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.text.schemes import to_spans, to_tags
from seqnlp.text.tag_forms import BARE_LABEL, describe_plain, detect_tag_form, to_prefix, to_prefixes
from tests.seqnlp.text.test_schemes import spans_and_length


@pytest.mark.parametrize(
    ("form", "tag", "expected"),
    [
        ("prefix", "B_PER", "B_PER"),
        ("underscore", "B_PER", "B-PER"),
        ("underscore", "B-PER", "B-PER"),
        ("underscore", "B_A_B", "B-A_B"),
        ("suffix", "PER-B", "B-PER"),
        ("suffix", "PER_B", "B-PER"),
        ("suffix", "GPE-LOC-I", "I-GPE-LOC"),
        ("suffix", "-B", "-B"),
        ("bare", "B", f"B-{BARE_LABEL}"),
        ("bare", "X", "X"),
        ("label", "PER", "I-PER"),
        ("label", "B-PER", "I-B-PER"),
    ],
)
def test_tags_in_each_form(form: str, tag: str, expected: str) -> None:
    assert to_prefix(tag, form) == expected
    assert to_prefix("O", form) == "O"


@pytest.mark.parametrize(
    ("tags", "form"),
    [
        ("O B-PER I-PER", "prefix"),
        ("O B_PER I_PER", "underscore"),
        ("PER-B PER-I O", "suffix"),
        ("PER_B PER_E PER_S", "suffix"),
        ("B I O", "bare"),
        ("B M E S", "bare"),
        ("I O", "bare"),
        ("B", "prefix"),
        ("S O", "prefix"),
        ("O", "prefix"),
        ("", "prefix"),
        ("B_PER X", "prefix"),
        ("B-PER B_PER", "prefix"),
        ("B-I I-I", "prefix"),
        ("DT NN -LRB- :", "prefix"),
        ("DET NOUN Case=Nom", "prefix"),
    ],
)
def test_the_form_of_a_corpus_is_detected(tags: str, form: str) -> None:
    assert detect_tag_form(set(tags.split())) == form


@pytest.mark.parametrize(
    ("tags", "example"),
    [
        ("O PER", "PER"),
        ("B_PER I_PER X", "B_PER"),
        ("b-per i-per o", "b-per"),
        ("B:PER I:PER", "B:PER"),
        ("PER/B PER/I", "PER/B"),
        ("B", "B"),
        ("DT NN", None),
        ("O", None),
        ("", None),
    ],
)
def test_plain_tags_that_may_be_spans_are_described(tags: str, example: str | None) -> None:
    found = describe_plain(set(tags.split()))
    assert (
        found is None if example is None else found.startswith(f"tags such as {example!r} are read as plain")
    )


WRITERS = {
    "underscore": lambda prefix, label: f"{prefix}_{label}",
    "suffix": lambda prefix, label: f"{label}-{prefix}",
}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("scheme", ["bio", "iob1", "iobes"])
@given(case=spans_and_length())
def test_written_spans_are_read_back(form: str, scheme: str, case) -> None:
    spans, length = case
    tags = to_tags(spans, length, scheme)
    written = [tag if tag == "O" else WRITERS[form](*tag.split("-", 1)) for tag in tags]
    if spans:
        assert detect_tag_form(set(written)) == form
    assert list(to_prefixes(written, form)) == tags
    assert to_spans(to_prefixes(written, form), scheme) == spans


@given(st.lists(st.text(max_size=5)))
def test_any_tags_have_a_form(tags: list[str]) -> None:
    form = detect_tag_form(set(tags))
    assert len(to_prefixes(tags, form)) == len(tags)
    assert to_prefixes(tags, "prefix") == tuple(tags)
