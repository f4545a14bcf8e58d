"""Mistakes as an HTML page that needs no other file: gold beside predicted, with highlights."""

from collections.abc import Iterable, Iterator

from seqnlp.metrics.mistakes import Mark, Mistake, Side
from seqnlp.serving.html_page import PAGE_END, page_start
from seqnlp.serving.marking import escape_html, marked

_STYLE = """\
:root { color-scheme: light dark; --wrong: #ffc9c9; --right: #d9f2d9 }
@media (prefers-color-scheme: dark) { :root { --wrong: #6b1f1f; --right: #1f4a1f } }
dl { display: grid; grid-template-columns: 6rem 1fr }
dt { opacity: .75 }
mark { background: var(--right); padding: 0 .1em }
mark.wrong { background: var(--wrong) }
"""
_NOTE = "Marks in red differ between gold and predicted."


def write_page(mistakes: Iterable[Mistake], title: str) -> Iterator[str]:
    """Yield the parts of the page, each without a final line break.

    Args:
        mistakes: The mistakes, in the order of the page.
        title: The title of the page.
    """
    yield page_start(title, _STYLE, _NOTE)
    yield from map(_write_article, mistakes)
    yield PAGE_END


def _write_article(mistake: Mistake) -> str:
    origin = mistake.origin
    place = "" if origin is None else f"<small>{escape_html(f'{origin.path}:{origin.line}')}</small>\n"
    shown = mistake.text in (mistake.gold.text, mistake.predicted.text)
    text = "" if shown else f'<p dir="auto">{escape_html(mistake.text)}</p>\n'
    rows = (f"<dt>{name}</dt>{_write_side(side)}" for name, side in _sides(mistake))
    return f"<article>\n{place}{text}<dl>\n" + "\n".join(rows) + "\n</dl>\n</article>"


def _sides(mistake: Mistake) -> tuple[tuple[str, Side], ...]:
    return ("gold", mistake.gold), ("predicted", mistake.predicted)


def _write_side(side: Side) -> str:
    spans = ((mark.start, mark.end, mark) for mark in side.marks)
    return f'<dd dir="auto">{marked(side.text, spans, _write_mark, escape_html)}</dd>'


def _write_mark(text: str, mark: Mark) -> str:
    kind = ' class="wrong"' if mark.wrong else ""
    label = f" <small>{escape_html(mark.label)}</small>" if mark.label else ""
    return f"<mark{kind}>{escape_html(text)}{label}</mark>"
