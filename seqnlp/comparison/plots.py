"""Figures of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.training.plots import save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from seqnlp.comparison.corpus import CorpusResult
    from seqnlp.comparison.trial import Trial
    from seqnlp.comparison.variant import Variant

_COLOURS = {"lstm": "#1f5f99", "gru": "#3a8f4a", "rnn": "#c2521b"}
_INK, _FAINT = "#222222", "#d5d5d5"
_MIN_NORM = 1e-12  # a logarithmic axis cannot show a norm of 0


def plot_trials(trials: Sequence[Trial], path: Path) -> None:
    """Draw the scores by gap, the gradient norms before and after training, and the training speeds.

    Args:
        trials: The trials of one synthetic task.
        path: The PNG file to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7), dpi=120, layout="constrained")
    (scores, before), (speeds, after) = figure.subplots(2, 2)
    for trial in trials:
        scores.plot(*zip(*trial.scores.items(), strict=True), marker="o", markersize=4, **_style(trial))
    scores.set_xscale("log")
    scores.set_xticks(list(trials[0].scores), [str(gap) for gap in trials[0].scores])
    scores.minorticks_off()
    scores.set_ylim(0, 1.05)
    scores.set_xlabel("gap in steps", color=_INK)
    _set_title(scores, f"{trials[0].task}: score on held-out sequences")
    scores.legend(frameon=False, fontsize=9)
    _draw_norms(before, trials, {trial.name: trial.reach_before for trial in trials})
    _set_title(before, "gradient norm before training")
    _draw_norms(after, trials, {trial.name: trial.reach_after for trial in trials})
    _set_title(after, "gradient norm after training")
    _draw_bars(speeds, trials, {trial.name: trial.training_speed for trial in trials})
    _set_title(speeds, "time steps per second in training")
    save_picture(figure, path)


def plot_models(results: Sequence[CorpusResult], path: Path) -> None:
    """Draw the scores, the gradient norms, and the speeds of training and prediction.

    Args:
        results: The results on one corpus.
        path: The PNG file to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7), dpi=120, layout="constrained")
    (scores, norms), (training, prediction) = figure.subplots(2, 2)
    split = list(results[0].scores)[-1]
    _draw_bars(scores, results, {result.name: 100 * result.scores[split] for result in results}, digits=2)
    _set_title(scores, f"{split} {results[0].metric} x 100")
    _draw_norms(norms, results, {result.name: result.reach for result in results})
    _set_title(norms, "gradient norm after training")
    norms.legend(frameon=False, fontsize=9)
    _draw_bars(training, results, {result.name: result.training_speed for result in results})
    _set_title(training, "tokens per second in training")
    _draw_bars(prediction, results, {result.name: result.prediction_speed for result in results})
    _set_title(prediction, "tokens per second in prediction")
    save_picture(figure, path)


def _set_title(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10)


def _style(variant: Variant) -> dict[str, Any]:
    return {
        "color": _COLOURS[variant.cell],
        "linestyle": "-" if variant.bidirectional else "--",
        "label": variant.name,
    }


def _draw_norms(axes: Axes, variants: Sequence[Variant], norms: Mapping[str, Sequence[float]]) -> None:
    """Draw norms by lag, relative to the norm at lag 0."""
    from matplotlib.ticker import MaxNLocator

    for variant in variants:
        first, *_ = values = norms[variant.name]
        relative = [max(value / max(first, _MIN_NORM), _MIN_NORM) for value in values]
        axes.plot(range(len(relative)), relative, linewidth=1.6, **_style(variant))
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("lag in steps", color=_INK)
    axes.set_ylabel("relative to lag 0", color=_INK)
    axes.grid(color=_FAINT, linewidth=0.5)


def _draw_bars(axes: Axes, variants: Sequence[Variant], values: Mapping[str, float], digits: int = 0) -> None:
    bars = axes.barh(
        list(values),
        list(values.values()),
        color=[_COLOURS[variant.cell] for variant in variants],
        height=0.7,
    )
    axes.bar_label(bars, fmt=f"{{:,.{digits}f}}", padding=3, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(right=1.2 * max(values.values(), default=1.0) or 1.0)  # leave space for the labels
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
