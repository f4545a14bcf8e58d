"""`seqnlp predict --explain`."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from seqnlp.tasks.classification.highlights import write_brackets, write_colours
from seqnlp.tasks.classification.model import Classifier

TEXTS = ["A warm and witty film.", "", "Two hours of flat <b>jokes</b> & worse"]


class Page(HTMLParser):
    """The text of each paragraph of a page, and the number of its articles. All tags must match."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.articles = 0
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes) -> None:
        if tag == "meta":
            return
        self.open.append(tag)
        self.articles += tag == "h2"
        if tag == "p":
            self.texts.append("")

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if "p" in self.open:
            self.texts[-1] += data


def test_json_lines_have_the_weight_of_each_word(cli, attending) -> None:
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(TEXTS))
    arguments = ("predict", attending.path, "--explain", "--input-format=jsonl", "--batch-size=1")
    found = [json.loads(line) for line in cli(*arguments, stdin=lines.encode()).stdout.splitlines()]
    assert [line["id"] for line in found] == [0, 1, 2]
    explanations = [each.to_dict() for each in Classifier.load(attending.path).explain(TEXTS)]
    for line, expected in zip(found, explanations, strict=True):
        assert set(line) == {"id", "text", "label", "score", "scores", "words"}
        for word, other in zip(line["words"], expected["words"], strict=True):
            assert word.pop("weight") == pytest.approx(other.pop("weight"), rel=1e-3)
            assert word == other
            assert line["text"][word["start"] : word["end"]] == word["text"]


def test_a_field_with_the_name_of_the_weights_comes_back_as_input(cli, attending) -> None:
    stdin = b'{"text": "flat jokes", "words": 1}\n'
    (line,) = cli(
        "predict", attending.path, "--explain", "--input-format=jsonl", stdin=stdin
    ).stdout.splitlines()
    found = json.loads(line)
    assert found["input"] == {"words": 1}
    assert [word["text"] for word in found["words"]] == ["flat", "jokes"]


def test_tokens_are_explained_as_they_are(cli, attending) -> None:
    arguments = ("predict", attending.path, "New York's", "--explain", "--input-format=tokens")
    (line,) = cli(*arguments).stdout.splitlines()
    assert [word["text"] for word in json.loads(line)["words"]] == ["New", "York's"]


def test_text_has_the_label_and_marked_words(cli, attending) -> None:
    result = cli("predict", attending.path, *TEXTS, "--explain", "--output-format=text")
    explanations = Classifier.load(attending.path).explain(TEXTS)
    for line, explanation in zip(result.stdout.splitlines(), explanations, strict=True):
        found = explanation.classification
        assert line == f"{found.label} {found.score:.3f}  {write_brackets(explanation)}"


def test_a_page_of_html_has_an_article_for_each_text(cli, attending, tmp_path) -> None:
    output = tmp_path / "page.html"
    arguments = ("predict", attending.path, "--explain", "--output-format=html", "--output", output)
    assert cli(*arguments, stdin="".join(f"{text}\n" for text in TEXTS * 2000).encode()).exit_code == 0
    found = Page(output.read_text("utf-8"))
    assert found.texts[1:] == TEXTS * 2000
    assert found.articles == 6000


def test_a_page_without_texts_is_complete(cli, attending) -> None:
    page = cli("predict", attending.path, "--explain", "--output-format=html", stdin=b"").stdout
    assert page.endswith("</html>\n")
    assert Page(page).articles == 0


@pytest.mark.parametrize("no_color", [False, True])
def test_a_terminal_shows_colours_unless_no_color_is_set(attending, no_color: bool) -> None:
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
    assert shown.strip().endswith(write_brackets(explanation) if no_color else write_colours(explanation))
    assert ("\x1b[" in shown) is not no_color


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--explain", "--output-format=conll"],
            "a classifier writes jsonl or text or html or csv or tsv, not conll",
        ),
        (["--output-format=html"], "a classifier writes jsonl or text or csv or tsv, not html"),
    ],
)
def test_an_unknown_output_format_is_an_error(
    complaint, attending, tmp_path, arguments, message: str
) -> None:
    output = tmp_path / "output"
    assert complaint("predict", attending.path, "x", "--output", output, *arguments) == message
    assert not output.exists()


def test_prediction_without_explain_does_not_import_explanations(attending) -> None:
    code = (
        "import sys\n"
        "from seqnlp.cli.main import app\n"
        f"app(['predict', {str(attending.path)!r}, 'flat'], standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "seqnlp.tasks.classification.predict_options" in result.stdout
    assert "explanation" not in result.stdout


def test_a_tagger_has_no_option_explain_even_after_a_classifier(cli, complaint, attending, model) -> None:
    assert cli("predict", attending.path, "x", "--explain").exit_code == 0
    command = ("predict", model, "x", "--output-format=html")
    assert complaint(*command, "--explain").startswith("No such option: --explain")
    assert complaint(*command) == "a tagger writes jsonl or conll or conllu or text, not html"
