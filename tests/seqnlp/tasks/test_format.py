"""The options with which a file is read for a model."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seqnlp.corpora import PairOptions
from seqnlp.errors import ConfigError
from seqnlp.tasks.format import format_options
from seqnlp.tasks.registry import get_task


def model_with(stored: dict[str, Any], trained_on: str) -> Any:
    """Return what reading a file needs of a model: the stored options and the name of the training file."""
    provenance = {"data": {"train": {trained_on: {}}}}
    file = SimpleNamespace(path="model.onnx", spec={"format": stored}, metadata={"provenance": provenance})
    return SimpleNamespace(file=file)


@pytest.mark.parametrize(
    ("stored", "trained_on", "given", "expected"),
    [
        ({"pair": "en-de"}, "train", {}, {"format": "aligned", "pair": "en-de"}),
        ({"pair": "en-de"}, "train", {"format": "csv"}, {"format": "csv"}),
        ({"pair": "en-de"}, "train", {"format": "aligned"}, {"format": "aligned", "pair": "en-de"}),
        ({"pair": "en-de"}, "train", {"pair": "en-fr"}, {"pair": "en-fr"}),
        ({"format": "csv"}, "train.data", {}, {"format": "csv"}),
        ({"format": "csv"}, "train.data", {"pair": "en-de"}, {"pair": "en-de"}),
        ({"format": "csv"}, "train.data", {"format": "tsv"}, {"format": "tsv"}),
    ],
)
def test_given_options_replace_stored_ones_that_contradict_them(
    tmp_path: Path, stored: dict[str, Any], trained_on: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    path = tmp_path / "gold.data"
    path.touch()
    if "pair" in expected and "pair" in given:
        (tmp_path / f"gold.data.{given['pair'].partition('-')[0]}").touch()
    found = format_options(get_task("translator"), model_with(stored, trained_on), given, path)
    assert {"format": found.format, "pair": found.pair} == {"format": None, "pair": None, **expected}


def test_given_options_must_not_contradict_each_other(tmp_path: Path) -> None:
    given = {"format": "csv", "pair": "en-de"}
    with pytest.raises(ConfigError, match="the pair en-de selects two aligned files"):
        format_options(get_task("translator"), model_with({}, "train.csv"), given, tmp_path / "gold.csv")


def test_options_without_contradictions_are_kept() -> None:
    assert PairOptions.contradicted({"pair": "en-de", "delimiter": ";"}, {"quoting": "none"}) == ()
