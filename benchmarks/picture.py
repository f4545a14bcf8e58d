"""Speeds as bars."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.rounds import Series
from seqnlp.files import written_whole

_OURS, _PEERS, _INK = "#1f5f99", "#b8b8b8", "#222222"


def draw_speeds(panels: Mapping[str, Mapping[str, Series]], path: Path) -> None:
    """Draw a panel of bars for each comparison: medians, with lines from the lowest to the highest.

    Args:
        panels: Titles, and under each the contenders, ours first, with their tokens per second.
        path: Where to, as a PNG; written whole or not at all.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sizes = [len(speeds) for speeds in panels.values()]
    figure = Figure(figsize=(7.2, 0.34 * sum(sizes) + 0.55 * len(panels)), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
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
    with written_whole(path) as temporary:
        figure.savefig(temporary, format="png")
