"""A small trained language model."""

from pathlib import Path

import pytest

import seqnlp

LINES = ["the cat sat on the mat", "a cat is on a mat", "the mat is red"] * 8
SETTINGS = {
    "network.units": 16,
    "network.dimension": 8,
    "training.rows": 4,
    "training.window": 16,
    "training.learning_rate": 0.02,
}


def train(output: Path, **options: object) -> "seqnlp.Run[seqnlp.LanguageModel]":
    """Train on `LINES`, for three epochs by default."""
    return seqnlp.train(
        "language-model",
        train=LINES,
        dev=LINES[:3],
        settings=SETTINGS,
        output=output,
        quiet=True,
        **{"epochs": 3, **options},
    )


@pytest.fixture(scope="session")
def lines_run(tmp_path_factory: pytest.TempPathFactory) -> "seqnlp.Run[seqnlp.LanguageModel]":
    return train(tmp_path_factory.mktemp("language") / "run")


@pytest.fixture(scope="session")
def lines_model(lines_run: "seqnlp.Run[seqnlp.LanguageModel]") -> seqnlp.LanguageModel:
    return lines_run.model
