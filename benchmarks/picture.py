"""Pictures of measured speeds."""

from collections.abc import Mapping
from pathlib import Path
from statistics import mean

from benchmarks.rounds import Series
from seqnlp.training.plots import save_picture

_OURS, _PEERS, _INK = "#1f5f99", "#b8b8b8", "#222222"
_OTHERS = ("#c2521b", "#3a8f4a", "#7a5fa0")


def draw_speeds(panels: Mapping[str, Mapping[str, Series]], path: Path) -> None:
    """Draw a panel of bars for each comparison: medians, with error bars from lowest to highest value.

    Args:
        panels: The tokens per second of each contender, by title of the panel. seqnlp is the first contender.
        path: The PNG file to write.
    """
    from matplotlib.figure import Figure

    sizes = [len(speeds) for speeds in panels.values()]
    figure = Figure(figsize=(7.2, 0.34 * sum(sizes) + 0.55 * len(panels)), dpi=120, layout="constrained")
    grid = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": sizes})[:, 0]
    for axes, (title, speeds) in zip(grid, panels.items(), strict=True):
        names = list(speeds)
        medians = [series.median for series in speeds.values()]
        below = [series.median - min(series.values) for series in speeds.values()]
        above = [max(series.values) - series.median for series in speeds.values()]
        colours = [_OURS, *[_PEERS] * (len(names) - 1)]
        axes.barh(names, medians, color=colours, height=0.7, xerr=(below, above), ecolor=_INK)
        for place, series in enumerate(speeds.values()):
            ink = "white" if place == 0 else _INK
            axes.text(0, place, f" {series.median:,.0f}", va="center", fontsize=8, color=ink)
        axes.invert_yaxis()
        axes.set_title(f"{title}, tokens/s", loc="left", fontsize=9, color=_INK)
        axes.tick_params(length=0, labelsize=8)
        axes.set_xticks([])
        axes.spines[:].set_visible(False)
    save_picture(figure, path)


def draw_curves(panels: Mapping[str, Mapping[str, Mapping[int, Series]]], path: Path) -> None:
    """Draw a panel of learning curves for each corpus: means, with error bars from lowest to highest value.

    Args:
        panels: The accuracy of each contender by number of texts, by name of the corpus. seqnlp is the first
            contender.
        path: The PNG file to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.0 * len(panels), 3.6), dpi=120, layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (corpus, contenders) in zip(grid, panels.items(), strict=True):
        for colour, (name, scores) in zip((_OURS, *_OTHERS), contenders.items(), strict=False):
            means = [100 * mean(series.values) for series in scores.values()]
            ends = [(100 * min(series.values), 100 * max(series.values)) for series in scores.values()]
            below = [middle - low for middle, (low, _) in zip(means, ends, strict=True)]
            above = [high - middle for middle, (_, high) in zip(means, ends, strict=True)]
            axes.errorbar(
                list(scores),
                means,
                (below, above),
                marker="o",
                markersize=3.5,
                color=colour,
                label=name,
                linewidth=1.2,
                elinewidth=0.7,
            )
        sizes = sorted({size for scores in contenders.values() for size in scores})
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.tick_params(labelsize=8)
        axes.set_title(corpus, loc="left", fontsize=9, color=_INK)
        axes.set_xlabel("labelled texts", color=_INK)
        axes.spines[["top", "right"]].set_visible(False)
    grid[0].set_ylabel("test accuracy", color=_INK)
    grid[0].legend(frameon=False, fontsize=8)
    save_picture(figure, path)


def draw_growth(
    panels: Mapping[str, Mapping[str, Mapping[int, Series]]], path: Path, unit: str = "time steps"
) -> None:
    """Draw a panel of lines for each growing size.

    Args:
        panels: The speeds of each contender by size, by name of the size. seqnlp is the first contender.
        path: The PNG file to write.
        unit: The unit of work. Speeds are in units per second.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.4 * len(panels), 3.2), dpi=120, layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (what, contenders) in zip(grid, panels.items(), strict=True):
        for colour, (name, speeds) in zip((_OURS, *_OTHERS), contenders.items(), strict=False):
            medians = [series.median for series in speeds.values()]
            axes.plot(list(speeds), medians, marker="o", markersize=3.5, color=colour, label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        sizes = sorted({size for speeds in contenders.values() for size in speeds})
        axes.set_xticks(sizes, list(map(str, sizes)))
        axes.minorticks_off()
        axes.tick_params(labelsize=8)
        axes.set_xlabel(what, color=_INK)
        axes.spines[["top", "right"]].set_visible(False)
    grid[0].set_ylabel(f"{unit}/s", color=_INK)
    grid[0].legend(frameon=False, fontsize=8)
    save_picture(figure, path)
