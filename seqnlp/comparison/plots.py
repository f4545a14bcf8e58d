"""Pictures of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.training.plots import save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from seqnlp.comparison.corpus import CorpusResult
    from seqnlp.comparison.trial import Trial

_COLOURS = {"lstm": "#1f5f99", "gru": "#3a8f4a", "rnn": "#c2521b"}
_INK, _FAINT = "#222222", "#d5d5d5"
_SMALLEST = 1e-12  # a norm that is nought has no place on a logarithmic axis


def plot_trials(trials: Sequence[Trial], path: Path) -> None:
    """Draw, for each cell: the score by gap, the gradient's reach before and after training, speeds.

    Args:
        trials: The trials of one task.
        path: Where to, as a PNG; written whole or not at all.
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
    scores.set_xlabel("gap, steps", color=_INK)
    scores.set_title(f"{trials[0].task}: score on held-out sequences", loc="left", fontsize=10)
    scores.legend(frameon=False, fontsize=9)
    _draw_reach(before, trials, {trial.name: trial.reach_before for trial in trials})
    before.set_title("gradient before training", loc="left", fontsize=10)
    _draw_reach(after, trials, {trial.name: trial.reach_after for trial in trials})
    after.set_title("gradient after training", loc="left", fontsize=10)
    _draw_bars(speeds, trials, {trial.name: trial.training_speed for trial in trials})
    speeds.set_title("time steps a second in training", loc="left", fontsize=10)
    save_picture(figure, path)


def plot_models(results: Sequence[CorpusResult], path: Path) -> None:
    """Draw, for each cell: the score, the gradient's reach, speeds of training and of prediction.

    Args:
        results: The models of one corpus.
        path: Where to, as a PNG; written whole or not at all.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7), dpi=120, layout="constrained")
    (scores, reach), (training, prediction) = figure.subplots(2, 2)
    part = list(results[0].scores)[-1]
    _draw_bars(scores, results, {result.name: 100 * result.scores[part] for result in results}, digits=2)
    scores.set_title(f"{part} {results[0].metric} x 100", loc="left", fontsize=10)
    _draw_reach(reach, results, {result.name: result.reach for result in results})
    reach.set_title("gradient after training", loc="left", fontsize=10)
    reach.legend(frameon=False, fontsize=9)
    _draw_bars(training, results, {result.name: result.training_speed for result in results})
    training.set_title("tokens a second in training", loc="left", fontsize=10)
    _draw_bars(prediction, results, {result.name: result.prediction_speed for result in results})
    prediction.set_title("tokens a second in prediction", loc="left", fontsize=10)
    save_picture(figure, path)


def _style(result: Trial | CorpusResult) -> dict[str, Any]:
    return {
        "color": _COLOURS[result.cell],
        "linestyle": "-" if result.bidirectional else "--",
        "label": result.name,
    }


def _draw_reach(
    axes: Axes, results: Sequence[Trial | CorpusResult], norms: Mapping[str, Sequence[float]]
) -> None:
    """Norms by distance, each as a share of that at the last step."""
    from matplotlib.ticker import MaxNLocator

    for result in results:
        first, *_ = values = norms[result.name]
        shares = [max(value / max(first, _SMALLEST), _SMALLEST) for value in values]
        axes.plot(range(len(shares)), shares, linewidth=1.6, **_style(result))
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("steps back from the last", color=_INK)
    axes.set_ylabel("share of that at the last step", color=_INK)
    axes.grid(color=_FAINT, linewidth=0.5)


def _draw_bars(
    axes: Axes, results: Sequence[Trial | CorpusResult], values: Mapping[str, float], digits: int = 0
) -> None:
    bars = axes.barh(
        list(values), list(values.values()), color=[_COLOURS[result.cell] for result in results], height=0.7
    )
    axes.bar_label(bars, fmt=f"{{:,.{digits}f}}", padding=3, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(right=1.2 * max(values.values(), default=1.0) or 1.0)  # room for the figures
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
