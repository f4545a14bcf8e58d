"""Activations of units as HTML: a page that needs no other file, and a fragment for notebooks."""

from seqnlp.serving.html_page import page_start
from seqnlp.serving.marking import escape_html
from seqnlp.tasks.language_modelling.activations import Activations

_LEVELS = 4
_STYLE = """\
:root { color-scheme: light dark;
  --p1: #e1ebf7; --p2: #bcd4ee; --p3: #8ab6e3; --p4: #5b99d6;
  --n1: #fbe6da; --n2: #f6c9ac; --n3: #efa677; --n4: #e58446 }
@media (prefers-color-scheme: dark) { :root {
  --p1: #16263a; --p2: #1c3d63; --p3: #20558f; --p4: #2570bf;
  --n1: #38210f; --n2: #5c3312; --n3: #874712; --n4: #b35c10 } }
mark { background: none; border-radius: 0 }
.p1 { background: var(--p1) } .p2 { background: var(--p2) }
.p3 { background: var(--p3) } .p4 { background: var(--p4) }
.n1 { background: var(--n1) } .n2 { background: var(--n2) }
.n3 { background: var(--n3) } .n4 { background: var(--n4) }
.n1, .n2, .n3, .n4 { text-decoration: underline }
"""
_RGB = {"p": "30, 110, 210", "n": "225, 100, 20"}


def write_page_start(model: str) -> str:
    """Return the start of a page.

    Args:
        model: The path of the model, for the title; empty if it is not known.
    """
    steps = [(-number, f"−{number / _LEVELS:g}") for number in range(_LEVELS, 0, -1)]
    steps += [(0, "0"), *((number, f"+{number / _LEVELS:g}") for number in range(1, _LEVELS + 1))]
    legend = " ".join(f'<mark class="{_class(step / _LEVELS)}">{name}</mark>' for step, name in steps)
    title = f"Activations in {model}" if model else "Activations"
    note = (
        f"{legend} is the activation of the unit after it has read the token. Negative ones are underlined."
    )
    return page_start(title, _STYLE, note)


def write_article(found: Activations) -> str:
    """Return a text on the page, once for each unit."""
    return "\n".join(
        f"<article>\n<h2>unit {unit} <small>of layer {found.layer}</small></h2>\n"
        f'<p dir="auto">{_marked(found, place)}</p>\n</article>'
        for place, unit in enumerate(found.units)
    )


def write_fragment(found: Activations) -> str:
    """Return a text as HTML for notebooks, which does not depend on a style sheet."""
    return "".join(
        f"<p><b>unit {unit}</b> of layer {found.layer}</p>"
        f'<p dir="auto" style="white-space: pre-wrap">{_marked(found, place, styled=True)}</p>'
        for place, unit in enumerate(found.units)
    )


def _marked(found: Activations, place: int, styled: bool = False) -> str:
    """Return the text with a mark around each token; its title is the activation."""
    return escape_html(found.separator).join(
        f'<mark {_style(value) if styled else _attribute(value)} title="{value:.2f}">'
        f"{escape_html(token)}</mark>"
        for token, value in zip(found.tokens, found.values[:, place].tolist(), strict=True)
    )


def _attribute(value: float) -> str:
    return f'class="{_class(value)}"'


def _class(value: float) -> str:
    """Return the class of a level: p1 to p4, n1 to n4, or o near 0."""
    level = round(abs(value) * _LEVELS)
    return f"{'p' if value > 0 else 'n'}{level}" if level else "o"


def _style(value: float) -> str:
    colour = _RGB["p" if value > 0 else "n"]
    underline = "; text-decoration: underline" if _class(value).startswith("n") else ""
    return f'style="color: inherit; background: rgba({colour}, {abs(value) * 0.7:.2f}){underline}"'
