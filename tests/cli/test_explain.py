"""`seqnlp predict --explain`."""

import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.cli.explanation_output import STEPS, bracketed, shaded
from seqnlp.cli.explanation_page import article, page
from seqnlp.tasks.classification.explanation import Explanation, WeightedWord
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.prediction import Classification

TEXTS = ["A warm and witty film.", "", "Two hours of flat <b>jokes</b> & worse"]
ALPHABET = st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'/ \n\r\t;#x=-!\0")


def explained(*weights: float) -> Explanation:
    """Words w0, w1, … with weights."""
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
    """What a page says: the text of each element, and the marks; fails where tags do not match."""

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
                self.marks.append((values["class"], "", values.get("title")))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if self.open[-1:] == ["h2"]:
            self.labels[-1] += data
        if "p" in self.open:
            self.texts[-1] += data
        if self.open[-1:] == ["mark"]:
            step, text, title = self.marks[-1]
            self.marks[-1] = (step, text + data, title)
        if self.open[-1:] == ["title"]:
            self.titles.append(data)


@given(explanations())
def test_any_text_is_itself_on_the_page(explanation) -> None:
    found = Page(article(explanation))
    shown = explanation.classification.text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert found.texts == [shown]
    assert found.labels == [explanation.classification.label.replace("\0", "\N{REPLACEMENT CHARACTER}") + " "]
    for step, text, weight in found.marks:
        assert step in {f"s{number + 1}" for number in range(len(STEPS))}
        assert text in shown
        assert 0 < float(weight) <= 1


@given(explanations())
def test_any_text_is_itself_in_colour(explanation) -> None:
    escapes = re.compile("\x1b\\[[0-9;]*m")
    assert escapes.sub("", shaded(explanation)) == escapes.sub("", explanation.classification.text)


def test_a_page_is_whole_and_needs_no_other_file() -> None:
    file = io.BytesIO()
    with page(file, "runs/<a> & b"):
        file.write(article(explained(0.1, 0.2, 0.3, 0.4)).encode())
    source = file.getvalue().decode()
    assert source.startswith("<!DOCTYPE html>\n")
    assert source.endswith("</html>\n")
    assert not re.search("src=|href=|url\\(|@import|<script", source)
    found = Page(source)
    assert found.titles == ["Explained by runs/<a> & b"]
    legend, text = found.texts
    assert legend.startswith(", ".join(STEPS))
    assert text == "w0 w1 w2 w3"
    assert found.labels == ["good "]
    assert found.marks[len(STEPS) :] == [("s1", "w2", "0.3"), ("s2", "w3", "0.4")]


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
def test_colours_go_by_even_shares(weights, marks: str) -> None:
    shades = {"230": "1", "222": "2", "214": "3"}
    pattern = re.compile("\x1b\\[38;5;16;48;5;([0-9]+)m(.*?)\x1b\\[0m")
    found = pattern.sub(lambda match: f"{shades[match[1]]}[{match[2]}]", shaded(explained(*weights)))
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
def test_brackets_stand_around_what_counted_most(weights, marks: str) -> None:
    found = bracketed(explained(*weights))
    assert found.startswith(marks) if len(weights) > 9 else found == marks


def test_json_lines(cli, attending) -> None:
    lines = "".join(
        json.dumps({"id": number, "text": text, "words": 1}) + "\n" for number, text in enumerate(TEXTS)
    )
    arguments = ("predict", attending.path, "--explain", "--input-format=jsonl", "--batch-size=1")
    found = [json.loads(line) for line in cli(*arguments, stdin=lines.encode()).stdout.splitlines()]
    assert [line["id"] for line in found] == [0, 1, 2]
    expected = [each.to_dict() for each in Classifier.load(attending.path).explain(TEXTS)]
    for line, wanted in zip(found, expected, strict=True):
        assert set(line) == {"id", "text", "label", "score", "scores", "words"}
        for word, other in zip(line["words"], wanted["words"], strict=True):
            assert word.pop("weight") == pytest.approx(other.pop("weight"), rel=1e-3)
            assert word == other
            assert line["text"][word["start"] : word["end"]] == word["text"]
    (line,) = cli(
        "predict", attending.path, "New York", "--explain", "--input-format=tokens"
    ).stdout.splitlines()
    assert [word["text"] for word in json.loads(line)["words"]] == ["New", "York"]


def test_text_names_the_label_and_marks_words(cli, attending) -> None:
    result = cli("predict", attending.path, *TEXTS, "--explain", "--output-format=text")
    explained = Classifier.load(attending.path).explain(TEXTS)
    for line, each in zip(result.stdout.splitlines(), explained, strict=True):
        found = each.classification
        assert line == f"{found.label} {found.score:.3f}  {bracketed(each)}"


def test_html_streams_a_block_a_text(cli, attending, tmp_path) -> None:
    output = tmp_path / "page.html"
    arguments = ("predict", attending.path, "--explain", "--output-format=html", "--output", output)
    assert cli(*arguments, stdin="".join(f"{text}\n" for text in TEXTS * 2000).encode()).exit_code == 0
    found = Page(output.read_text("utf-8"))
    assert found.texts[1:] == TEXTS * 2000
    assert len(found.labels) == 6000
    assert cli("predict", attending.path, "--explain", "--output-format=html", stdin=b"").stdout.endswith(
        "</html>\n"
    )


@pytest.mark.parametrize("no_color", [False, True])
def test_a_terminal_sees_colours_unless_told_not_to(attending, no_color: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    command = [sys.executable, "-m", "seqnlp.cli.main", "predict", str(attending.path), TEXTS[0], "--explain"]
    subprocess.run(
        command, stdout=theirs, check=True, env={**environment, **({"NO_COLOR": "1"} if no_color else {})}
    )
    os.close(theirs)
    shown = os.read(ours, 1000).decode()
    os.close(ours)
    (explanation,) = Classifier.load(attending.path).explain(TEXTS[:1])
    assert shown.strip().endswith(bracketed(explanation) if no_color else shaded(explanation))
    assert ("\x1b[" in shown) is not no_color


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--explain", "--output-format=conll"], "--explain writes jsonl or text or html, not conll"),
        (["--output-format=html"], "a classifier writes jsonl or text, not html without --explain"),
    ],
)
def test_formats_that_do_not_fit(complaint, attending, tmp_path, arguments, message: str) -> None:
    output = tmp_path / "output"
    assert complaint("predict", attending.path, "x", "--output", output, *arguments) == message
    assert not output.exists()


def test_who_does_not_ask_does_not_wait(attending) -> None:
    code = (
        "import sys\n"
        "from seqnlp.cli.main import app\n"
        f"app(['predict', {str(attending.path)!r}, 'flat'], standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "seqnlp.cli.prediction_output" in result.stdout
    assert "explanation" not in result.stdout


def test_a_tagger_has_nothing_to_explain(complaint, model) -> None:
    expected = f"--explain is for classifiers, and {model} is a tagger"
    assert complaint("predict", model, "x", "--explain", "--output-format=html") == expected
    assert complaint("predict", model, "x", "--output-format=html").endswith("not html")
