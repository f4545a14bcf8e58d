"""The corpora on which quality is measured, with reference scores."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Target:
    """A corpus to train on, with reference scores.

    Attributes:
        task: The task, as `seqnlp train` names it.
        data: The settings that select the corpus.
        references: Scores on test from 0 to 100: our own requirements, and published results.
        folds: Number of folds; 0 for a fixed split and several seeds.
    """

    task: str
    data: Mapping[str, Any]
    references: Mapping[str, float]
    folds: int = 0

    def numbers(self, seeds: Sequence[int]) -> Sequence[int]:
        """Return the numbers of its runs: the folds, or the seeds."""
        return range(1, self.folds + 1) if self.folds else seeds

    def data_settings(self, number: int) -> dict[str, Any]:
        """Return the settings that define train, dev and test of a run."""
        if self.folds:
            return {**self.data, "data.folds": self.folds, "data.fold": number}
        return dict(self.data)


def _sst(**settings: Any) -> dict[str, Any]:
    directory = Path(os.environ.get("SEQNLP_DATA", "data")) / "sst_trees"
    files = {f"data.{split}": str(directory / f"{split}.txt") for split in ("train", "dev", "test")}
    return {**files, "format.format": "trees", **settings}


LEARNING_CURVES: Mapping[str, Mapping[str, Any]] = {
    "sentence_polarity": {"data.corpus": "sentence_polarity"},
    "sst-5": _sst(),
    "sample/reviews": {"data.corpus": "sample/reviews"},
}
"""The settings that select the texts of learning curves. Those of SST are whole sentences."""

_PHRASES = {"format.phrases": True}
_BINARY = {"format.binary": True}


TARGETS: Mapping[str, Mapping[str, Target]] = {
    "tagging": {
        "conll2002/esp": Target(
            "tagger",
            {"data.corpus": "conll2002/esp"},
            {"minimum": 82.0, "goal": 84.0, "Gillick et al. 2016": 81.8},
        ),
        "conll2002/ned": Target(
            "tagger",
            {"data.corpus": "conll2002/ned"},
            {"minimum": 78.0, "goal": 81.0, "Gillick et al. 2016": 78.1},
        ),
        "conll2000": Target(
            "tagger", {"data.corpus": "conll2000"}, {"minimum": 93.8, "goal": 94.3, "Huang et al. 2015": 94.1}
        ),
    },
    "classification": {
        "sentence_polarity": Target(
            "classifier",
            {"data.corpus": "sentence_polarity"},
            {"minimum (Kim 2014, CNN-rand)": 76.1, "goal": 78.5},
            folds=10,
        ),
        "sst-5": Target("classifier", _sst(**_PHRASES), {"minimum (Kim 2014, CNN-rand)": 45.0, "goal": 46.5}),
        "sst-2": Target(
            "classifier",
            _sst(**_PHRASES, **_BINARY),
            {"minimum (Kim 2014, CNN-rand)": 82.7, "goal": 85.0},
        ),
        "movie_reviews": Target("classifier", {"data.corpus": "movie_reviews"}, {}, folds=10),
    },
    "translation": {
        "multi30k/en-de": Target(
            "translator",
            {"data.corpus": "multi30k/en-de"},
            {"minimum": 34.0, "goal": 38.0, "LIUM-CVC 2017, text only": 38.1},
        ),
        "multi30k/en-de/no-attention": Target(
            "translator", {"data.corpus": "multi30k/en-de", "network.attention": "none"}, {}
        ),
    },
    "parsing": {
        "treebank/trees": Target(
            "parser", {"data.corpus": "treebank/trees"}, {"minimum": 78.0, "goal": 84.0}
        ),
    },
    "trees": {
        "sst-5": Target(
            "tree-classifier", _sst(), {"minimum (RNTN, Socher et al. 2013)": 45.7, "goal": 48.5}
        ),
        "sst-2": Target(
            "tree-classifier",
            _sst(**_BINARY),
            {"minimum": 84.0, "goal": 87.0, "RNTN, Socher et al. 2013": 85.4},
        ),
    },
}
