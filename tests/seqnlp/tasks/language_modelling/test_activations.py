"""The activation of single units over a text."""

import json
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import seqnlp
from seqnlp.data.language_codec import END
from seqnlp.errors import ConfigError
from seqnlp.tasks.language_modelling.activations import Activations, slow_units
from seqnlp.tasks.language_modelling.activations_html import write_article, write_page_start
from seqnlp.training.networks import load_network
from seqnlp.types import Floats
from tests.seqnlp.tasks.language_modelling.conftest import LINES, SETTINGS

TEXTS = ["the cat sat", "", "a mat", "on"]


def step_by_step(run: seqnlp.Run, text: str, layer: int) -> Floats:
    """Run the Keras network over a text, one token at a time."""
    network = load_network(run.path / "model.keras")
    states = network.zero_states(1)
    found = []
    for number in (END, *run.model.codec.encode(text)):
        _, states = network.step(np.array([number], np.int32), states)
        state = np.asarray(states[layer - 1])
        found.append(np.tanh(state[1, 0]) if len(state) == 2 else state[0, 0])
    return np.stack(found)[1:]


@pytest.fixture(scope="module", params=["lstm", "gru"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Run:
    return seqnlp.train(
        "language-model",
        train=LINES,
        dev=LINES[:3],
        settings={**SETTINGS, "network.cell": request.param, "network.layers": 2, "network.units": 5},
        output=tmp_path_factory.mktemp("cells") / request.param,
        epochs=1,
        quiet=True,
    )


@pytest.mark.parametrize("layer", [1, 2])
def test_activations_are_those_of_the_network(
    run: seqnlp.Run, layer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqnlp.tasks.language_modelling.model.ROWS", 3)
    found = run.model.activations(TEXTS, range(5), layer)
    for text, each in zip(TEXTS, found, strict=True):
        assert (each.text, each.layer, each.units) == (text, layer, (0, 1, 2, 3, 4))
        assert each.tokens == tuple(text)
        assert each.values.shape == (len(text), 5)
        if text:
            np.testing.assert_allclose(each.values, step_by_step(run, text, layer), atol=1e-5)


def test_units_are_chosen(lines_model: seqnlp.LanguageModel) -> None:
    [everything] = lines_model.activations([LINES[0]], range(16))
    [chosen] = lines_model.activations([LINES[0]], [7, 3])
    [automatic] = lines_model.activations([LINES[0]])
    np.testing.assert_array_equal(chosen.values, everything.values[:, [7, 3]])
    centred = everything.values - everything.values.mean(axis=0)
    measures = {unit: float(np.dot(centred[1:, unit], centred[:-1, unit])) for unit in range(16)}
    assert list(automatic.units) == sorted(measures, key=lambda unit: -measures[unit])[:3]
    for units, layer in (([16], 0), ([-1], 0), ([0], 2), ([0], -1)):
        with pytest.raises(ConfigError, match=r"has no (layer|unit) -?\d"):
            lines_model.activations(["a"], units, layer)


def test_units_that_change_slowly_are_preferred() -> None:
    values = np.zeros((8, 3), np.float32)
    values[:, 0] = [-1, 1] * 4
    values[4:, 2] = 0.5
    assert slow_units(values) == (2, 1, 0)
    assert slow_units(values, 1) == (2,)
    assert slow_units(values[:0]) == (0, 1, 2)


FOUND = Activations(
    'a<b\n"',
    ("a", "<b", "\n", '"'),
    1,
    (4, 9),
    np.array([[1, 0], [-1, 0.1], [0.5, 0.3], [-0.45, -0.1]], np.float32),
)


def test_a_page_has_the_text_in_colours(tmp_path: Path) -> None:
    page = "\n".join([write_page_start("runs/a&b"), write_article(FOUND)])
    assert "Activations in runs/a&amp;b" in page
    assert not re.search(r"https?:|src=|<link|<script", page)
    articles = re.findall(r"<article>.*?</article>", page, re.DOTALL)
    assert [re.search(r"unit (\d+)", each)[1] for each in articles] == ["4", "9"]
    for article in articles:
        paragraph = re.search(r"<p [^>]*>(.*)</p>", article, re.DOTALL)[1]
        assert unescape(re.sub(r"<[^>]+>", "", paragraph)) == FOUND.text
    marks = re.findall(r'<mark class="(\w+)" title="([-.\d]+)">', articles[0])
    assert marks == [("p4", "1.00"), ("n4", "-1.00"), ("p2", "0.50"), ("n2", "-0.45")]
    assert set(re.findall(r'class="(\w+)" title', articles[1])) == {"o", "p1"}
    legend = re.search(r"<p>(<mark.*)", page)[1]
    assert set(re.findall(r'class="(\w+)"', legend)) == {f"{sign}{n}" for sign in "np" for n in "1234"} | {
        "o"
    }
    for name in re.findall(r'class="([np]\d)"', legend):
        assert f".{name}" in page
    FOUND.draw(tmp_path / "page.html")
    assert articles[0] in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "underline" in FOUND._repr_html_()


def test_blocks_stand_below_the_text() -> None:
    assert FOUND.to_blocks().splitlines()[:5] == ["unit 4 of layer 1", "a<b", "█▁▁", '"', "▃"]
    words = Activations("a bc", ("a", "bc"), 1, (0,), np.array([[-1], [1]], np.float32), " ")
    assert words.to_blocks().splitlines()[1:] == ["a bc", "▁ ██"]


def predict(*arguments: str) -> str:
    from seqnlp.cli.main import app

    result = CliRunner().invoke(app, ["predict", *arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_command_writes_activations(lines_run: seqnlp.Run, tmp_path: Path) -> None:
    run = str(lines_run.path)
    line = json.loads(predict(run, "a cat", "--show-units", "5,0"))
    assert line["tokens"] == list("a cat")
    assert [each["unit"] for each in line["units"]] == [5, 0]
    assert len(line["units"][0]["activations"]) == 5
    page, picture = tmp_path / "page.html", tmp_path / "picture.html"
    predict(run, "a cat", "--show-units", "auto", "--output", str(page), "--picture", str(picture))
    assert page.read_text().count("<article>") == picture.read_text().count("<article>") == 3
    assert page.read_text().rstrip().endswith("</html>")
    assert "unit 5 of layer 1\na\n" in predict(run, "a", "--show-units", "5", "--output-format", "text")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--show-units", "x"], "units are numbers such as 3,17, or auto, not 'x'"),
        (["--show-units", "-1"], "units are numbers"),
        (["--show-units", "99"], "the layer has no unit 99; its units are 0 to 15"),
        (["--show-units", "1", "--layer", "2"], "the model has no layer 2; its last one is 1"),
        (["--show-units", "1", "--score"], "--score and --show-units exclude each other"),
        (["--picture", "page.html"], "add --show-units auto"),
    ],
)
def test_wrong_options_are_one_line(lines_run: seqnlp.Run, options: list[str], message: str) -> None:
    from seqnlp.cli.main import app

    result = CliRunner().invoke(app, ["predict", str(lines_run.path), "a", *options])
    assert isinstance(result.exception, seqnlp.SeqnlpError | SystemExit)
    assert message in (result.stderr or str(result.exception))
