"""The output formats of a tagger."""

import re
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import TaggedOptions, read_conll, read_conllu
from seqnlp.corpora.inputs.columns import column_reader
from seqnlp.errors import DataError
from seqnlp.serving.items import Item
from seqnlp.serving.marking import colour_of
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.predict_options import TaggerPredictOptions
from seqnlp.tasks.tagging.prediction import Entity, TaggedText
from seqnlp.text.tokenizers import Token
from seqnlp.text.tokenizers.token import tokens_from_words

OPTIONS = TaggerPredictOptions()
TEXT = "Ada Lovelace wrote. She left London."
TOKENS = [Token(each.group(), each.start(), each.end()) for each in re.finditer(r"\w+|\.", TEXT)]
PREDICTION = TaggedText(
    TEXT,
    TOKENS,
    "B-PER I-PER O O O O B-LOC O".split(),
    [0.5] * 8,
    [Entity("Ada Lovelace", "PER", 0, 12, 0.5), Entity("London", "LOC", 29, 35, 0.5)],
    [slice(0, 4), slice(4, 8)],
)
ITEM = Item(TEXT, len(TEXT), {"id": 7})


def test_json_lines_repeat_the_other_fields() -> None:
    assert OPTIONS.writers()["jsonl"](ITEM, PREDICTION) == PREDICTION.to_json({"id": 7})


def test_json_lines_have_tokens_on_request() -> None:
    write = TaggerPredictOptions(tokens=True).writers()["jsonl"]
    assert write(ITEM, PREDICTION) == PREDICTION.to_json({"id": 7}, tokens=True)
    assert "tokens" not in OPTIONS.writers()["jsonl"](ITEM, PREDICTION)


def test_text_has_labels_in_brackets() -> None:
    shown = OPTIONS.writers()["text"](ITEM, PREDICTION)
    assert shown == "[Ada Lovelace PER] wrote. She left [London LOC]."


def test_a_terminal_shows_labels_in_colour() -> None:
    shown = OPTIONS.terminal_writer()(ITEM, PREDICTION)
    assert shown.startswith(f"\x1b[1;{colour_of('PER')}mAda Lovelace\x1b[0m\x1b[2m PER\x1b[0m wrote.")
    assert re.sub("\x1b\\[[0-9;]*m", "", shown) == "Ada Lovelace PER wrote. She left London LOC."


def test_plain_tags_follow_every_word() -> None:
    plain = TaggedText(
        "Birds fly", [Token("Birds", 0, 5), Token("fly", 6, 9)], ["N", "V"], [1, 1], [], (), True
    )
    assert OPTIONS.writers()["text"](ITEM, plain) == "[Birds N] [fly V]"


def test_columns_have_a_blank_line_between_sentences() -> None:
    assert OPTIONS.writers()["conll"](ITEM, PREDICTION) == (
        "Ada\tB-PER\nLovelace\tI-PER\nwrote\tO\n.\tO\n\nShe\tO\nleft\tO\nLondon\tB-LOC\n.\tO\n"
    )


@pytest.mark.parametrize("delimiter", [" ", "\t"])
def test_columns_of_the_input_get_a_column_with_the_tag(delimiter: str, model: Path) -> None:
    lines = ["-DOCSTART- -X-", "", f"Ada{delimiter}NNP", f"lives{delimiter}VBZ"]
    items = list(column_reader()(enumerate(lines, 1), "input.conll"))
    tagger = Tagger.load(model)
    predictions = tagger.predict([item.content for item in items])
    written = [OPTIONS.writers()["conll"](*each) for each in zip(items, predictions, strict=True)]
    first, second = predictions[1].tags
    assert written == [
        "-DOCSTART- -X- O\n",
        f"Ada{delimiter}NNP{delimiter}{first}\nlives{delimiter}VBZ{delimiter}{second}\n",
    ]


def test_the_defaults_predict_as_the_model_does(model: Path) -> None:
    tagger = Tagger.load(model)
    assert OPTIONS.predict(tagger, [TEXT]) == tagger.predict([TEXT])
    assert list(OPTIONS.input_formats(TaggedOptions())) == ["text", "tokens", "conll", "conllu", "jsonl"]


WORDS = st.text("ab-\\" + " \t\n\r\u00a0\u2028\x1c" + "#1_", min_size=1, max_size=4) | st.sampled_from(
    ["-DOCSTART-", "#"]
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=3), WORDS)
@pytest.mark.parametrize(("form", "read"), [("conll", read_conll), ("conllu", read_conllu)])
def test_columns_are_read_back_or_refused(tmp_path_factory, form: str, read, sentences, tag: str) -> None:
    words = [word for sentence in sentences for word in sentence]
    ends = list(accumulate(map(len, sentences)))
    places = [slice(end - len(each), end) for end, each in zip(ends, sentences, strict=True)]
    found = TaggedText(
        " ".join(words), tokens_from_words(words), [tag] * len(words), [0.5] * len(words), [], places, True
    )
    try:
        written = OPTIONS.writers()[form](ITEM, found)
    except DataError:
        return
    path = tmp_path_factory.getbasetemp() / "written"
    path.write_text(written + "\n", encoding="utf-8", newline="")
    again = list(read(path))
    assert [list(each.words) for each in again] == sentences
    assert {each for sentence in again for each in sentence.tags} == {tag}


def test_text_output_has_one_line_per_text(model: Path) -> None:
    found = Tagger.load(model)("Ada\nmet\r\nCharles")
    assert "\n" not in OPTIONS.writers()["text"](ITEM, found)
