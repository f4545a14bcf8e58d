"""Prepared trees, and scores on dev."""

from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.tasks.tree_classification.data import DevScorer, Prepared
from seqnlp.tasks.tree_classification.network import TreeNetwork
from seqnlp.training.word_settings import WordSettings
from seqnlp.trees.brackets import parsed

TRAIN = [parsed([(1, "(a (b x) (a (b y) (b z)))")]), parsed([(1, "(b y)")])]
DEV = [
    parsed([(1, "(b (a y) (c x))")]),
    ParseTree(("z", "q"), (Span("", 0, 2), Span("a", 1, 2))),
    parsed([(1, "(a x y z)")]),
]


@pytest.fixture
def prepared() -> Prepared:
    return Prepared.of(TRAIN, {"dev": DEV}, WordSettings(), {"train": "here"})


def test_written_and_read(prepared: Prepared, tmp_path: Path) -> None:
    prepared.write(tmp_path / "prepared")
    again = Prepared.read(tmp_path / "prepared")
    assert again.codec == prepared.codec
    assert (again.text, again.source) == (prepared.text, prepared.source)
    assert again.held_out["dev"].trees == DEV
    assert (again.held_out["dev"].encoded.labels == prepared.held_out["dev"].encoded.labels).all()
    assert (
        again.label_counts()
        == prepared.label_counts()
        == {
            "train": {"a": 2, "b": 4},
            "dev": {"a": 3, "b": 1},
        }
    )


def test_scores_of_dev(prepared: Prepared) -> None:
    network = TreeNetwork(len(prepared.codec.words), 2, 3, 4, "lstm", dropout=0.0, seed=1)
    network.build()
    network.classes.kernel.assign(np.zeros((4, 2)))
    network.classes.bias.assign([np.log(0.75), np.log(0.25)])  # always a, with a probability of 3/4
    found = DevScorer(network, prepared.held_out["dev"], positions=8)()
    # Whole trees: b, none, a. Nodes with labels: b, a, c (which nobody can know), a, a.
    assert found["accuracy"] == pytest.approx(1 / 2)
    assert found["node_accuracy"] == pytest.approx(3 / 5)
    assert found["loss"] == pytest.approx(-(np.log(0.25) + 3 * np.log(0.75)) / 4)


def test_one_label_is_none_to_choose_from() -> None:
    with pytest.raises(DataError, match="two labels at least, and has b only"):
        Prepared.of([parsed([(1, "(b y)")])], {}, WordSettings(), {})
    with pytest.raises(DataError, match="two labels at least, and has none"):
        Prepared.of([ParseTree(("y",), ())], {}, WordSettings(), {})
