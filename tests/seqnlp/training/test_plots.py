from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.metric import Metric
from seqnlp.training.plots import plot_confusion, plot_history

matplotlib_image = pytest.importorskip("matplotlib.image")

F1 = Metric("f1")


def pixels(path: Path) -> NDArray[np.float64]:
    return np.asarray(matplotlib_image.imread(path), np.float64)[..., :3]


def orange(path: Path) -> int:
    """Return the number of orange pixels, the colour of errors and of the best epoch."""
    red, _, blue = np.moveaxis(pixels(path), -1, 0)
    return int((red - blue > 0.3).sum())


def blue(path: Path) -> int:
    red, _, blue = np.moveaxis(pixels(path), -1, 0)
    return int((blue - red > 0.3).sum())


def chain(size: int) -> dict[LabelPair, int]:
    """Return counts of labels, each sometimes confused with the next."""
    names = [f"L{number:03}" for number in range(size)]
    correct: dict[LabelPair, int] = {(name, name): 9 for name in names}
    return correct | dict.fromkeys(pairwise(names), 1)


def test_correct_labels_are_blue_and_errors_are_orange(tmp_path: Path) -> None:
    plot_confusion(Confusion.from_tags({("A", "A"): 9, ("B", "B"): 9}), tmp_path / "right.png")
    plot_confusion(Confusion.from_tags({("A", "B"): 9, ("B", "A"): 9}), tmp_path / "wrong.png")
    assert blue(tmp_path / "right.png") > 1000
    assert orange(tmp_path / "right.png") == 0
    assert blue(tmp_path / "wrong.png") == 0
    assert orange(tmp_path / "wrong.png") > 1000


def test_one_error_in_a_hundred_is_visible(tmp_path: Path) -> None:
    table = Confusion.from_tags({("A", "A"): 99, ("A", "B"): 1, ("B", "B"): 100})
    plot_confusion(table, tmp_path / "table.png")
    red, _, blue = np.moveaxis(pixels(tmp_path / "table.png"), -1, 0)
    assert ((red > 0.9) & (red - blue > 0.04)).sum() > 1000


def test_picture_grows_with_the_labels_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqnlp.training.plots.MOST_LABELS", 14)
    monkeypatch.setattr("seqnlp.training.plots.SHOWN_LABELS", 10)
    widths = {}
    for size in (8, 14, 15, 30):
        plot_confusion(Confusion.from_tags(chain(size)), tmp_path / f"{size}.png")
        widths[size] = pixels(tmp_path / f"{size}.png").shape[1]
    assert widths[8] < widths[15] == widths[30] < widths[14]


@pytest.mark.parametrize("label", ["$a$", "$\\frac$", "人名", "x" * 500, "LOC\tX"])
def test_any_label_can_be_drawn(tmp_path: Path, label: str) -> None:
    plot_confusion(Confusion.from_spans({(label, label): 3, (label, None): 1}), tmp_path / "table.png")
    assert max(pixels(tmp_path / "table.png").shape) < 1500


def test_a_table_without_spans_can_be_drawn(tmp_path: Path) -> None:
    plot_confusion(Confusion.from_spans({}), tmp_path / "table.png")
    assert orange(tmp_path / "table.png") == blue(tmp_path / "table.png") == 0


def test_history_marks_the_best_epoch(tmp_path: Path) -> None:
    history = [
        {"epoch": epoch, "loss": 9 / epoch, "learning_rate": 0.01, "dev": {"f1": score, "accuracy": 0.5}}
        for epoch, score in enumerate([0.2, 0.6, 0.5], start=1)
    ]
    plot_history(history, tmp_path / "history.png", F1)
    plot_history([{"epoch": 1, "loss": 9.0}], tmp_path / "loss.png", F1)
    assert orange(tmp_path / "history.png") > 50
    assert orange(tmp_path / "loss.png") == 0
    assert pixels(tmp_path / "loss.png").shape[0] < pixels(tmp_path / "history.png").shape[0]


def test_the_lowest_score_is_marked_if_lower_is_better(monkeypatch, tmp_path: Path) -> None:
    titles = []
    monkeypatch.setattr("matplotlib.axes.Axes.set_title", lambda self, text, **_: titles.append(text))
    history = [
        {"epoch": 1, "loss": 9.0, "dev": {"loss": 3.0}},
        {"epoch": 2, "loss": 8.0, "dev": {"loss": 2.0}},
    ]
    plot_history(history, tmp_path / "history.png", Metric("loss", "min"))
    assert titles == ["best: 2.0000 in epoch 2"]


def test_a_picture_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="folder"):
        plot_history([{"epoch": 1, "loss": 9.0}], tmp_path / "folder", F1)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_old_picture_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "history.png"
    path.write_text("old")
    plot_history([{"epoch": 1, "loss": 9.0}], path, F1)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [path]


def test_a_history_of_epoch_0_can_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "training.png"
    plot_history([{"epoch": 0, "dev": {"f1": 0.5}}], path, Metric("f1"))
    assert path.stat().st_size
