"""On what quality is measured."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Target:
    """What is trained, and what there is to reach.

    Attributes:
        task: The task, as `seqnlp train` names it.
        data: The settings that say where the corpus is.
        references: Scores of test from 0 to 100: what we hold ourselves to, and what others published.
        folds: How many folds there are; 0 for a fixed split and several seeds.
    """

    task: str
    data: Mapping[str, Any]
    references: Mapping[str, float]
    folds: int = 0

    def numbers(self, seeds: Sequence[int]) -> Sequence[int]:
        """The numbers of its runs: the folds, or the seeds."""
        return range(1, self.folds + 1) if self.folds else seeds

    def parts(self, number: int) -> dict[str, Any]:
        """The settings that say what is train, dev and test in a run."""
        if self.folds:
            return {**self.data, "data.folds": self.folds, "data.fold": number}
        return dict(self.data)


def _sst(**settings: Any) -> dict[str, Any]:
    directory = Path(os.environ.get("SEQNLP_DATA", "data")) / "sst_trees"
    files = {f"data.{split}": directory / f"{split}.txt" for split in ("train", "dev", "test")}
    return {**files, "format.format": "trees", **settings}


_PHRASES = {"format.phrases": True}
_BINARY = {"format.binary": True}


TARGETS: Mapping[str, Mapping[str, Target]] = {
    "tagging": {
        "conll2002/esp": Target(
            "tagger",
            {"data.corpus": "conll2002/esp"},
            {"bar": 82.0, "aim": 84.0, "Gillick et al. 2016": 81.8},
        ),
        "conll2002/ned": Target(
            "tagger",
            {"data.corpus": "conll2002/ned"},
            {"bar": 78.0, "aim": 81.0, "Gillick et al. 2016": 78.1},
        ),
        "conll2000": Target(
            "tagger", {"data.corpus": "conll2000"}, {"bar": 93.8, "aim": 94.3, "Huang et al. 2015": 94.1}
        ),
    },
    "classification": {
        "sentence_polarity": Target(
            "classifier",
            {"data.corpus": "sentence_polarity"},
            {"bar (Kim 2014, CNN-rand)": 76.1, "aim": 78.5},
            folds=10,
        ),
        "sst-5": Target("classifier", _sst(**_PHRASES), {"bar (Kim 2014, CNN-rand)": 45.0, "aim": 46.5}),
        "sst-2": Target(
            "classifier",
            _sst(**_PHRASES, **_BINARY),
            {"bar (Kim 2014, CNN-rand)": 82.7, "aim": 85.0},
        ),
        "movie_reviews": Target("classifier", {"data.corpus": "movie_reviews"}, {}, folds=10),
    },
    "translation": {
        "multi30k/en-de": Target(
            "translator",
            {"data.corpus": "multi30k/en-de"},
            {"bar": 34.0, "aim": 38.0, "LIUM-CVC 2017, text only": 38.1},
        ),
        "multi30k/en-de/no-attention": Target(
            "translator", {"data.corpus": "multi30k/en-de", "network.attention": "none"}, {}
        ),
    },
    "parsing": {
        "treebank/trees": Target("parser", {"data.corpus": "treebank/trees"}, {"bar": 78.0, "aim": 84.0}),
    },
    "trees": {
        "sst-5": Target("tree-classifier", _sst(), {"bar (RNTN, Socher et al. 2013)": 45.7, "aim": 48.5}),
        "sst-2": Target(
            "tree-classifier",
            _sst(**_BINARY),
            {"bar": 84.0, "aim": 87.0, "RNTN, Socher et al. 2013": 85.4},
        ),
    },
}
