"""Explanations as text, as a page of HTML and in notebooks."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.serving.html_page import PAGE_END
from seqnlp.serving.marking import NO_LABEL
from seqnlp.tasks.classification.explanation import Explanation, WeightedWord
from seqnlp.tasks.classification.explanation_html import write_article, write_page_start
from seqnlp.tasks.classification.highlights import LEVELS, write_brackets, write_colours
from seqnlp.tasks.classification.prediction import Classification

ALPHABET = st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'/ \n\r\t;#x=-!\0")


def explain(*weights: float) -> Explanation:
    """Return an explanation of the words w0, w1, … with weights."""
    words = [WeightedWord(f"w{i}", 3 * i, 3 * i + 2, weight) for i, weight in enumerate(weights)]
    text = " ".join(word.text for word in words)
    return Explanation(Classification(text, ("good",), {"good": 0.75, "bad": 0.25}), words)


@st.composite
def explanations(draw) -> Explanation:
    text = draw(st.text(ALPHABET, max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    words = [
        WeightedWord(text[start:end], start, end, draw(st.floats(0, 1)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    label = draw(st.text(ALPHABET, max_size=5))
    return Explanation(Classification(text, (label,), {label: draw(st.floats(0, 1))}), words)


class Page(HTMLParser):
    """The content of a page: the text of each paragraph and heading, and the marks. All tags must match."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.titles: list[str] = []
        self.marks: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self.labels: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes) -> None:
        if tag == "meta":
            return
        self.open.append(tag)
        values = dict(attributes)
        match tag:
            case "p":
                self.texts.append("")
            case "h2":
                self.labels.append("")
            case "mark":
                self.marks.append((values.get("class") or values["style"], "", values.get("title")))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if self.open[-1:] == ["h2"]:
            self.labels[-1] += data
        if "p" in self.open:
            self.texts[-1] += data
        if self.open[-1:] == ["mark"]:
            level, text, title = self.marks[-1]
            self.marks[-1] = (level, text + data, title)
        if self.open[-1:] == ["title"]:
            self.titles.append(data)


def shown(text: str) -> str:
    """Return what a browser shows."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


@given(explanations())
def test_a_page_shows_any_text_unchanged(explanation) -> None:
    found = Page(write_article(explanation))
    text = shown(explanation.classification.text)
    assert found.texts == [text]
    assert found.labels == [shown(explanation.classification.label) + " "]
    for level, word, weight in found.marks:
        assert level in {f"s{number + 1}" for number in range(len(LEVELS))}
        assert word in text
        assert 0 < float(weight) <= 1


@given(explanations())
def test_a_notebook_shows_any_text_unchanged(explanation) -> None:
    labels, text = Page(explanation._repr_html_()).texts
    found = explanation.classification
    assert text == shown(found.text)
    assert shown(labels).endswith(f" {found.score:.3f}")
    assert Page(found._repr_html_()).texts[0] == labels


def test_a_notebook_highlights_words_by_their_weight() -> None:
    found = Page(explain(0.05, 0.05, 0.25, 0.3, 0.35)._repr_html_())
    assert [(word, weight) for _, word, weight in found.marks] == [
        ("w2", "0.25"),
        ("w3", "0.3"),
        ("w4", "0.35"),
    ]
    weak, strong, other = (style for style, _, _ in found.marks)
    assert weak != strong == other
    assert found.texts == ["good 0.750", "w0 w1 w2 w3 w4"]


def test_a_notebook_shows_a_classification() -> None:
    found = Classification("a <b> & c", ("x<y", "z"), {"x<y": 0.875, "z": 0.625, "no": 0.125}, True)
    assert Page(found._repr_html_()).texts == ["x<y 0.875, z 0.625", "a <b> & c"]
    none = Classification("a", (), {"no": 0.125}, True)
    assert Page(none._repr_html_()).texts == [NO_LABEL, "a"]


@given(explanations())
def test_a_terminal_shows_any_text_unchanged(explanation) -> None:
    escapes = re.compile("\x1b\\[[0-9;]*m")
    assert escapes.sub("", write_colours(explanation)) == escapes.sub("", explanation.classification.text)


def test_a_page_is_complete_and_needs_no_other_file() -> None:
    article = write_article(explain(0.1, 0.2, 0.3, 0.4))
    source = "\n".join([write_page_start("runs/<a> & b"), article, PAGE_END])
    assert source.startswith("<!DOCTYPE html>\n")
    assert source.endswith("</html>")
    assert not re.search("src=|href=|url\\(|@import|<script", source)
    found = Page(source)
    assert found.titles == ["Explained by runs/<a> & b"]
    legend, text = found.texts
    assert legend.startswith(", ".join(LEVELS))
    assert text == "w0 w1 w2 w3"
    assert found.labels == ["good "]
    assert found.marks[len(LEVELS) :] == [("s1", "w2", "0.3"), ("s2", "w3", "0.4")]


@pytest.mark.parametrize(
    ("weights", "marks"),
    [
        ((0.05, 0.05, 0.25, 0.3, 0.35), "w0 w1 1[w2] 2[w3] 2[w4]"),
        ((0.1, 0.1, 0.1, 0.7), "w0 w1 w2 3[w3]"),
        ((0.24, 0.26, 0.24, 0.26), "w0 1[w1] w2 1[w3]"),
        ((1.0,), "1[w0]"),
        ((), ""),
    ],
)
def test_colours_depend_on_the_weight_relative_to_the_mean(weights, marks: str) -> None:
    shades = {"230": "1", "222": "2", "214": "3"}
    pattern = re.compile("\x1b\\[38;5;16;48;5;([0-9]+)m(.*?)\x1b\\[0m")
    found = pattern.sub(lambda match: f"{shades[match[1]]}[{match[2]}]", write_colours(explain(*weights)))
    assert found == marks


@pytest.mark.parametrize(
    ("weights", "marks"),
    [
        ((0.05, 0.05, 0.25, 0.31, 0.34), "w0 w1 w2 [w3 0.31] [w4 0.34]"),
        ((0.24, 0.26, 0.25, 0.25), "w0 [w1 0.26] w2 w3"),
        ((*[0.001] * 99, 0.901), " ".join([*(f"w{i}" for i in range(3)), "w3"])),
        ((1.0,), "[w0 1]"),
        ((), ""),
    ],
)
def test_brackets_mark_the_highest_weights(weights, marks: str) -> None:
    found = write_brackets(explain(*weights))
    assert found.startswith(marks) if len(weights) > 9 else found == marks
