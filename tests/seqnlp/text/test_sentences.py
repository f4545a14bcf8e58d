import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.text.sentences import split_sentences
from seqnlp.text.tokenizers import get_tokenizer


def sentences(text: str, name: str = "words") -> list[str]:
    tokens = get_tokenizer(name).tokenize(text)
    parts = [tokens[part] for part in split_sentences(text, tokens)]
    return [text[part[0].start : part[-1].end] for part in parts]


@pytest.mark.parametrize("name", ["words", "whitespace"])
@pytest.mark.parametrize(
    "parts",
    [
        ["One came.", "Two went!", "Three?", "Four…", "And five"],
        ['He said "Stop."', "Then he left."],
        ['She cried: "Why?!"', "(Nobody knew.)", "“Why?” he asked.", "It was late."],
        ["«Basta.»", "»Genug!«", "‘No.’", "Done (really).", "Yes."],
        ["Mr. J. R. Smith of Acme Inc. met Dr. Who.", "They spoke."],
        ["See No. 5, Fig. 3 and pp. 12-13 of it.", "The U.S. Army did, e.g. Gen. Lee."],
        ["ACME INC. BOUGHT DR. WHO.", "THEY SPOKE."],
        ["EE.UU. y el Sr. Aznar llegaron.", "¿Quién?", "¡Nadie!"],
        ["Dhr. De Vries, drs. Bos e.d. kwamen."],
        ["1. First item here.", "2. Second item.", "B. Third one."],
        ["Wait... what was that...", "Nothing. yahoo!", "what?"],
        ["It is 3.5 metres.", "At 10:30 a.m. it rained.", "Версия готова.", "Да!"],
        ["वह आया।", "वह गया॥", "هل جاء؟", "نعم۔", "የለም።"],
    ],
)
def test_running_text_is_split(name: str, parts: list[str]) -> None:
    assert sentences(" ".join(parts), name) == parts


def test_white_space_affects_splitting() -> None:
    assert sentences("No stop here\n\nA new paragraph\n \t\nlast") == [
        "No stop here",
        "A new paragraph",
        "last",
    ]
    assert sentences("Broken\nline. mr. x\r\n\r\nnext") == ["Broken\nline. mr. x", "next"]
    assert sentences("你好。你叫什么？「走吧！」好。") == ["你好。", "你叫什么？", "「走吧！」", "好。"]
    assert sentences("the end.Then more.") == ["the end.", "Then more."]
    assert sentences("Mail a@b.org, or x!=y.") == ["Mail a@b.org, or x!=y."]
    assert sentences("") == []
    assert sentences("A\x0cB\u2029C") == ["A", "B", "C"]


@pytest.mark.parametrize("name", ["words", "whitespace", "tweets", "characters"])
@given(text=st.text(st.one_of(st.sampled_from("aB1 .!?…。\"')(\n"), st.characters(exclude_categories=()))))
def test_every_token_is_in_one_sentence(name: str, text: str) -> None:
    tokens = get_tokenizer(name).tokenize(text)
    parts = list(split_sentences(text, tokens))
    assert [token for part in parts for token in tokens[part]] == tokens
    assert all(tokens[part] for part in parts)


@pytest.mark.parametrize("unit", [".", ". ", '"', '."', "a.", "A. ", "\n", "a \n", "1. ", "。", "(", "a"])
def test_long_runs_of_anything_are_split(unit: str) -> None:
    """With quadratic running time, this test would take hours."""
    text = "a" + unit * (300_000 // len(unit)) + "b"
    for name in ("words", "whitespace"):
        tokens = get_tokenizer(name).tokenize(text)
        parts = list(split_sentences(text, tokens))
        assert (parts[0].start, parts[-1].stop) == (0, len(tokens))


@pytest.mark.skipif("SEQNLP_DATA" not in os.environ, reason="needs ud_english_ewt in SEQNLP_DATA")
def test_english_web_treebank() -> None:
    """Most missed ends in these blogs, mails and reviews have no mark or precede a lowercase letter."""
    path = Path(os.environ["SEQNLP_DATA"]) / "ud_english_ewt" / "en_ewt-ud-dev.conllu"
    text, ends = "", set()
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# newpar"):
            text = text[:-1] + "\n\n"
        elif line.startswith("# text = "):
            text += line.removeprefix("# text = ")
            ends.add(len(text))
            text += " "
    tokens = get_tokenizer("words").tokenize(text)
    found = {tokens[part][-1].end for part in split_sentences(text, tokens)}
    assert len(ends) == 2001
    assert len(found & ends) / len(found) > 0.98
    assert len(found & ends) / len(ends) > 0.86
