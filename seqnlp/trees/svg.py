"""Draw trees as SVG images."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

from seqnlp.records import ParseTree
from seqnlp.trees.outline import Entry, below, outlined

_CHARACTER, _GAP, _LEVEL, _MARGIN = 8.5, 14, 44, 16  # in pixels
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_POLAR = {
    "0": "#b2182b",
    "1": "#d6604d",
    "2": "#666666",
    "3": "#4393c3",
    "4": "#2166ac",
    "negative": "#b2182b",
    "neutral": "#666666",
    "positive": "#2166ac",
}
_COLOURS = ("#1b7837", "#2166ac", "#b2182b", "#762a83", "#8c510a", "#01665e", "#c51b7d")


def svg(trees: Sequence[ParseTree], scores: Sequence[Sequence[float]] | None = None) -> str:
    """Return an SVG drawing of trees, one below the other.

    Every node is centred above its children. The colour depends on the label: red to blue for sentiment
    labels, and one of a few colours for other labels.

    Args:
        trees: The trees. The first span of each tree covers all its words.
        scores: The probability of each span's label, if known. Shown as a tooltip.

    Returns:
        The text of an SVG file.

    Example:
        >>> from seqnlp.records import Span
        >>> svg([ParseTree(("Birds",), (Span("NP", 0, 1),))]).startswith("<svg")
        True
    """
    known: Sequence[Sequence[float] | None] = scores or [None] * len(trees)
    drawn = [_Drawing.of(outlined(*each)) for each in zip(trees, known, strict=True)]
    width = max((each.width for each in drawn), default=0) + 2 * _MARGIN
    height, parts = _MARGIN, []
    for each in drawn:
        parts += [f'<g transform="translate({_MARGIN},{height})">', *each.parts, "</g>"]
        height += round(each.height) + _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
            f'height="{height}" font-family="sans-serif" font-size="14" text-anchor="middle">',
            f'<rect width="{width:.0f}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    width: float
    height: float
    parts: list[str]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "_Drawing":
        branches, columns = below(entries), _columns(entries)
        x, y = [0.0] * len(entries), [0.0] * len(entries)
        for number, entry in enumerate(entries):
            y[number] = 16.0 if entry.above < 0 else y[entry.above] + _LEVEL
        for number in range(len(entries) - 1, -1, -1):
            entry, parts = entries[number], branches[number]
            x[number] = columns[entry.start] if entry.word else (x[parts[0]] + x[parts[-1]]) / 2
        lines = [
            f'<line x1="{x[number]:.1f}" y1="{y[number] - 13:.1f}" x2="{x[entry.above]:.1f}" '
            f'y2="{y[entry.above] + 5:.1f}" stroke="#bbbbbb"/>'
            for number, entry in enumerate(entries)
            if entry.above >= 0
        ]
        texts = [_text(entry, x[number], y[number]) for number, entry in enumerate(entries)]
        width = max(columns, default=0) + _GAP + 4 * _CHARACTER
        return cls(width, max(y, default=0) + 8, [*lines, *texts])


def _columns(entries: Sequence[Entry]) -> list[float]:
    """Return the centre of each word column, as wide as the longest text in it."""
    widths = [0.0] * max((entry.end for entry in entries), default=0)
    for entry in entries:
        if entry.end == entry.start + 1:
            widths[entry.start] = max(widths[entry.start], _CHARACTER * len(entry.text))
    middles, edge = [], 0.0
    for width in widths:
        middles.append(edge + width / 2)
        edge += width + _GAP
    return middles


def _text(entry: Entry, x: float, y: float) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}"'
    text = escape(_FORBIDDEN.sub("\ufffd", entry.text))
    if entry.word:
        return f"<text {place}>{text}</text>"
    sure = "" if entry.score is None else f"<title>{entry.score:.3f}</title>"
    return f'<text {place} font-weight="bold" fill="{_colour(entry.text)}">{text}{sure}</text>'


def _colour(label: str) -> str:
    return _POLAR.get(label) or _COLOURS[crc32(label.encode("utf-8", "surrogatepass")) % len(_COLOURS)]
