"""A language model of tunes, from an ABC file to continuations."""

import math
from pathlib import Path

import pytest

import seqnlp
from tests.seqnlp.tasks.language_modelling.conftest import SETTINGS

TUNE = "X:{0}\nT:No. {0}\nM:2/4\nL:1/8\nK:D\n|:DE {1}A|dc d2:|\n"
OTHER = "M:3/4\nK:Gm\n^f'3/2|"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Run[seqnlp.LanguageModel]:
    folder = tmp_path_factory.mktemp("tunes")
    for name, numbers in {"train": range(12), "dev": range(3)}.items():
        tunes = (TUNE.format(number, "FG"[number % 2]) for number in numbers)
        (folder / f"{name}.abc").write_text("\n".join(tunes))
    return seqnlp.train(
        "language-model",
        train=folder / "train.abc",
        dev=folder / "dev.abc",
        settings={**SETTINGS, "text.unit": "abc"},
        output=folder / "run",
        epochs=2,
        quiet=True,
    )


def test_tunes_are_scored_and_continued(run: seqnlp.Run[seqnlp.LanguageModel], tmp_path: Path) -> None:
    model = run.model
    assert "F2" in model.codec.vocabulary.entries
    [text] = model.score(["M:2/4\nK:D\nF2B4"])
    assert text.tokens == ("M:2/4", "\n", "K:D", "\n", "F2", "B", "4", "")
    assert model("M:2/4\nK:D\n").text
    path = tmp_path / "test.abc"
    path.write_text(TUNE.format(1, "F") + "\n" + TUNE.format(2, "G"))
    scores = seqnlp.evaluate(model, path).to_dict()
    plain = ["M:2/4\nK:D\n|:D2E2 F2A2|d2c2 d4:|", "M:2/4\nK:D\n|:D2E2 G2A2|d2c2 d4:|"]
    nats = -sum(each.total for each in model.score(plain))
    assert scores["bits_per_byte"] == pytest.approx(nats / math.log(2) / sum(map(len, plain)), abs=1e-4)
    assert scores["documents"] == 2


def test_unknown_characters_are_counted(
    run: seqnlp.Run[seqnlp.LanguageModel], caplog: pytest.LogCaptureFixture
) -> None:
    run.model(OTHER)
    assert "ABC tokens are unknown to the model" in caplog.text
