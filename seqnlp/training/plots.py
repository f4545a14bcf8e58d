"""Plots of a run: confused labels, the course of training, and attention."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.files import atomic_write
from seqnlp.metrics.confusion import Confusion
from seqnlp.metrics.metric import Metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LABELS = 45
SHOWN_LABELS = 40
_WIDE = 20  # labels; wider tables are labelled on all four sides
_LONGEST = 32  # characters of a label

_RIGHT, _WRONG, _INK, _FAINT = "#1f5f99", "#c2521b", "#222222", "#d5d5d5"


def plot_confusion(confusion: Confusion, path: Path) -> None:
    """Draw a confusion table as a PNG. Correct predictions are blue, errors orange.

    Colours are darker for a larger share of the row. Of more than 45 labels, the 40 with the most errors are
    drawn.

    Args:
        confusion: The table.
        path: The file, which is written completely or not at all.
    """
    from matplotlib.figure import Figure

    total = len(confusion.labels)
    shown = confusion.most_confused(SHOWN_LABELS) if total > MOST_LABELS else confusion
    size = len(shown.counts)
    side = max(2.4, 0.34 * size)
    margin = 0.9 + 0.085 * max((len(name) for name in _names((*shown.rows, *shown.columns))), default=0)
    figure = Figure(figsize=(side + margin, side + margin + 0.2), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    _draw_table(axes, shown)
    if shown is not confusion:
        figure.suptitle(f"The {SHOWN_LABELS} most confused of {total} labels", color=_INK, fontsize=10)
    figure.supxlabel(
        "correct in blue, errors in orange; darker for a larger share of the row", color=_INK, fontsize=7
    )
    save_picture(figure, path)


def _draw_table(axes: Axes, confusion: Confusion) -> None:
    counts = confusion.counts
    size = len(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    # With the square root, an error of 1 % is visible beside one of 50 %.
    depth = np.sqrt(shares)[..., None]
    colours = np.where(np.eye(size, dtype=bool)[..., None], _rgb(_RIGHT), _rgb(_WRONG))
    axes.imshow(1 - depth * (1 - colours), interpolation="nearest")
    for row, column in np.argwhere(counts):
        axes.text(
            column,
            row,
            _short(int(counts[row, column])),
            ha="center",
            va="center",
            fontsize=7,
            color="white" if shares[row, column] > 0.5 else _INK,
        )
    axes.set_xticks(range(size), _names(confusion.columns), rotation=90, fontsize=8, parse_math=False)
    axes.set_yticks(range(size), _names(confusion.rows), fontsize=8, parse_math=False)
    axes.set_xlabel("predicted", color=_INK)
    axes.set_ylabel("gold", color=_INK)
    borders = np.arange(size + 1) - 0.5
    axes.hlines(borders, -0.5, size - 0.5, color=_FAINT, linewidth=0.5)
    axes.vlines(borders, -0.5, size - 0.5, color=_FAINT, linewidth=0.5)
    wide = size > _WIDE
    axes.tick_params(length=0, labeltop=wide, labelright=wide)
    axes.spines[:].set_color(_FAINT)


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array(list(bytes.fromhex(colour[1:]))) / 255


def _names(labels: Sequence[str]) -> list[str]:
    return [label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…" for label in labels]


def _short(count: int) -> str:
    """Return a count in at most four characters, to fit its cell."""
    for limit, divisor, unit in ((10_000, 1, ""), (1_000_000, 1_000, "k"), (10**9, 10**6, "M")):
        if count < limit:
            return f"{count // divisor}{unit}"
    return f"{count // 10**9}G"


def plot_history(history: Sequence[Mapping[str, Any]], path: Path, metric: Metric) -> None:
    """Draw the course of training as a PNG: loss, score on dev with the best epoch marked, learning rate.

    Args:
        history: One mapping per epoch with `epoch`, and optionally `loss`, `learning_rate` and `dev`, the
            scores on dev by name.
        path: The file, which is written completely or not at all.
        metric: The dev score to plot, and its direction.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    score = metric.name
    curves = {
        "training loss": [(line["epoch"], line["loss"]) for line in history if "loss" in line],
        f"dev {score}": [(line["epoch"], line["dev"][score]) for line in history if "dev" in line],
        "learning rate": [
            (line["epoch"], line["learning_rate"]) for line in history if "learning_rate" in line
        ],
    }
    drawn = {name: points for name, points in curves.items() if points}
    figure = Figure(figsize=(6.4, 0.6 + 2.0 * len(drawn)), dpi=120, layout="constrained")
    panels = figure.subplots(len(drawn), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, points) in zip(panels, drawn.items(), strict=True):
        axes.plot(*zip(*points, strict=True), color=_RIGHT, linewidth=1.6, marker="o", markersize=2.5)
        axes.set_ylabel(name, color=_INK)
        axes.grid(color=_FAINT, linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
        if name == f"dev {score}":
            select = max if metric.mode == "max" else min
            epoch, best = select(points, key=lambda point: point[1])
            axes.plot(epoch, best, color=_WRONG, marker="o", markersize=6)
            axes.set_title(f"best: {best:.4f} in epoch {epoch}", color=_WRONG, fontsize=9, loc="right")
    panels[-1].set_xlabel("epoch", color=_INK)
    panels[-1].set_xlim(history[0]["epoch"] - 0.5, history[-1]["epoch"] + 0.5)
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    save_picture(figure, path)


def plot_attention(
    weights: NDArray[np.float32], source: Sequence[str], target: Sequence[str], path: Path
) -> None:
    """Draw attention weights as a PNG, source tokens along the top, target tokens down the side.

    Args:
        weights: float32 [target, source].
        source: The source tokens.
        target: The target tokens.
        path: The file, which is written completely or not at all.
    """
    from matplotlib.figure import Figure

    width, height = max(1, len(source)), max(1, len(target))
    figure = Figure(figsize=(1.6 + 0.3 * width, 1.2 + 0.3 * height), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    depth = weights.reshape(len(target), len(source))[..., None]
    if depth.size:
        axes.imshow(1 - depth * (1 - _rgb(_RIGHT)), interpolation="nearest", aspect="auto")
    columns, rows = ([token.strip() for token in tokens] for tokens in (source, target))
    axes.set_xticks(range(len(columns)), _names(columns), rotation=90, fontsize=8, parse_math=False)
    axes.set_yticks(range(len(rows)), _names(rows), fontsize=8, parse_math=False)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_color(_FAINT)
    save_picture(figure, path)


def save_picture(figure: Figure, path: Path) -> None:
    """Write a figure as a PNG file, completely or not at all."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    with warnings.catch_warnings(), atomic_write(path) as temporary:
        # Characters that the font lacks become boxes. A warning for each would not help.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(temporary, format="png")
