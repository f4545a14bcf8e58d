"""The model card: every label and every file name is one cell or one line of Markdown."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.training.model_card import model_card

ROW = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "support": 4}


def make_card(labels: list[str], data: Mapping[str, Any] | None = None) -> str:
    provenance = {
        "created": "2026-11-28",
        "seqnlp": "0.1.0",
        "data": data or {"corpus": "sample/ner"},
        "versions": {"keras": "3"},
    }
    dev = {"f1": 0.5, "labels": dict.fromkeys(labels, ROW)}
    return model_card("tagger", "a network", provenance, {"dev": dev, "best_epoch": 1, "epochs": 2}, "f1", {})


def table(card: str) -> list[list[str]]:
    """Return the cells of the table of labels, without its head."""
    lines = card.partition("### Per label, dev\n\n")[2].partition("\n\n")[0].split("\n")
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("PER", "PER"),
        ("B-PER", "B-PER"),
        ("a|b", r"a\|b"),
        ("a\nb", "a b"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("x & y", "x &amp; y"),
        ("*", r"\*"),
        ("[a](b)", r"\[a\](b)"),
        ("\x1b[2J", r"\[2J"),
        ("地名", "地名"),
    ],
)
def test_a_label_is_one_cell(label: str, cell: str) -> None:
    assert table(make_card([label])) == [[cell, "0.5000", "0.2500", "0.3333", "4"]]


@given(st.lists(st.text(), max_size=3, unique=True))
def test_any_label_is_one_cell(labels: list[str]) -> None:
    rows = table(make_card(labels)) if labels else []
    assert [len(row) for row in rows] == [5] * len(labels)
    for row, label in zip(rows, labels, strict=True):
        assert "<" not in row[0]
        shown = unescape(re.sub(r"\\([\\`*_{}\[\]|~$])", r"\1", row[0]))
        assert shown.replace(" ", "") == "".join(c for c in label if c.isprintable() and not c.isspace())


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("train.conll", "- train: train.conll `00`"),
        ("a|b\n.conll", r"- train: a\|b .conll `00`"),
        ("<i>.conll", "- train: &lt;i&gt;.conll `00`"),
    ],
)
def test_a_file_name_stays_on_its_line(name: str, line: str) -> None:
    assert line in make_card(["PER"], {"train": {name: "00"}}).splitlines()


@pytest.mark.parametrize(("value", "code"), [("a", "`a`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```")])
def test_backquotes_in_code_have_a_longer_fence(value: str, code: str) -> None:
    assert f"- corpus: {code}" in make_card(["PER"], {"corpus": value}).splitlines()


def test_the_runs_before_are_listed() -> None:
    first = {"run": "a`b", "created": "2026-11-27", "data": {"train": {"old|.conll": "00"}}}
    second = {"run": "more", "created": "2026-11-28", "data": {"corpus": "sample/ner"}, "start": first}
    provenance = {"created": "", "seqnlp": "", "data": {}, "versions": {}, "start": second}
    metrics = {"dev": {"f1": 0.5}, "best_epoch": 0, "epochs": 2}
    card = model_card("tagger", "a network", provenance, metrics, "f1", {})
    lines = card.splitlines()
    assert "## Start" in lines
    assert "- `more`, made on `2026-11-28` with corpus: `sample/ner`" in lines
    assert r"- `` a`b ``, made on `2026-11-27` with train: old\|.conll `00`" in lines
    assert "The weights are those before training: none of 2 epochs had a better f1 on dev." in lines
    assert "## Start" not in make_card(["PER"])
