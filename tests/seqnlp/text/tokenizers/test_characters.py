import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.text.tokenizers.graphemes import MARKS

CLUSTER = regex.compile(r"\X")


def cut(text: str, name: str = "characters") -> list[str]:
    return [token.text for token in get_tokenizer(name).tokenize(text)]


def test_marks_equal_those_of_unicode() -> None:
    import re

    every = "".join(map(chr, range(0x110000)))
    assert "".join(re.findall(f"[{MARKS}]", every)) == "".join(
        character for character in every if unicodedata.category(character).startswith("M")
    )


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Zoë ne\u0301", "Z|o|ë|n|e\u0301"),
        ("한국 \u1112\u1161\u11ab", "한|국|\u1112\u1161\u11ab"),
        ("👩‍👩‍👧👍🏽🇩🇪🇫🇷❤️‍🔥", "👩‍👩‍👧|👍🏽|🇩🇪|🇫🇷|❤️‍🔥"),
        ("ACGT\n東京", "A|C|G|T|東|京"),
    ],
)
def test_characters(text: str, tokens: str) -> None:
    assert cut(text) == tokens.split("|")


@given(
    st.lists(
        st.one_of(
            st.sampled_from("aé漢🇩🇪🇫👍👩🏽\u0301\u0308\ufe0f\u200c"),
            st.sampled_from("\u1100\u1112\u1161\u1175\u11a8\u11ab가각한"),
            st.sampled_from(["👩‍👩‍👧", "❤️‍🔥", "1️⃣", "हिं", "กำ", "שָׁ"]),
            st.characters(categories=["L", "N", "P", "S"], max_codepoint=0xFFFF),
        )
    ).map("".join)
)
def test_clusters_equal_those_of_the_unicode_annex(text: str) -> None:
    assert cut(text) == CLUSTER.findall(text)


def test_whitespace() -> None:
    assert cut(" (a,  b)\u3000c\n", "whitespace") == ["(a,", "b)", "c"]
