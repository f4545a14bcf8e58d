"""Mistakes as an HTML page that needs no other file: gold beside predicted, with highlights."""

from collections.abc import Iterable, Iterator

from seqnlp.metrics.mistakes import Mark, Mistake, Side
from seqnlp.serving.marking import escape_html, marked

_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --wrong: #ffc9c9; --right: #d9f2d9 }}
@media (prefers-color-scheme: dark) {{ :root {{ --wrong: #6b1f1f; --right: #1f4a1f }} }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-top: 1px solid #8888; padding: .5rem 0 }}
h1 {{ font-size: 1rem; margin: 0 }}
small {{ opacity: .75 }}
p, dl, dd {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }}
dl {{ display: grid; grid-template-columns: 6rem 1fr }}
dt {{ opacity: .75 }}
mark {{ color: inherit; background: var(--right); border-radius: .2em; padding: 0 .1em }}
mark.wrong {{ background: var(--wrong) }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>Marks in red differ between gold and predicted.</p>"""
_END = "</body>\n</html>"


def write_page(mistakes: Iterable[Mistake], title: str) -> Iterator[str]:
    """Yield the parts of the page, each without a final line break.

    Args:
        mistakes: The mistakes, in the order of the page.
        title: The title of the page.
    """
    yield _HEAD.format(title=escape_html(title))
    yield from map(_write_article, mistakes)
    yield _END


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
