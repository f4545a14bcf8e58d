"""Explanations as HTML: a page that needs no other file, and a fragment for notebooks."""

from seqnlp.serving.html_page import page_start
from seqnlp.serving.marking import NO_LABEL, escape_html, marked
from seqnlp.tasks.classification.explanation import Explanation
from seqnlp.tasks.classification.highlights import LEVELS, highlights
from seqnlp.tasks.classification.prediction import labels_to_html

_STYLE = """\
:root { color-scheme: light dark; --1: #fff2cc; --2: #ffdd80; --3: #ffbf40 }
@media (prefers-color-scheme: dark) { :root { --1: #3d2f0a; --2: #5e4508; --3: #855f00 } }
mark { background: var(--1) }
mark.s2 { background: var(--2) }
mark.s3 { background: var(--3) }
"""
_NOTE = (
    "{legend} the mean attention weight or more. The weights show where the model looked, which is not "
    "always why it decided."
)

_OPACITIES = (0.2, 0.45, 0.7)  # of yellow, readable in light and dark notebooks


def write_page_start(model: str) -> str:
    """Return the start of a page.

    Args:
        model: The path of the model, for the title.
    """
    legend = ", ".join(f'<mark class="s{number}">{level}</mark>' for number, level in enumerate(LEVELS, 1))
    return page_start(f"Explained by {model}", _STYLE, _NOTE.format(legend=legend))


def write_article(explanation: Explanation) -> str:
    """Return a text on the page: its labels with their probabilities, and the text with highlighted words."""
    found = explanation.classification
    labels = (f"{escape_html(label)} <small>{found.scores[label]:.3f}</small>" for label in found.labels)
    heading = f"<h2>{', '.join(labels) or NO_LABEL}</h2>"
    text = _highlight(explanation, ['class="s1"', 'class="s2"', 'class="s3"'])
    return f'<article>\n{heading}\n<p dir="auto">{text}</p>\n</article>'


def write_fragment(explanation: Explanation) -> str:
    """Return a text as HTML for notebooks, which does not depend on a style sheet."""
    styles = [f'style="color: inherit; background: rgba(255, 180, 0, {each})"' for each in _OPACITIES]
    text = f'<p dir="auto" style="white-space: pre-wrap">{_highlight(explanation, styles)}</p>'
    return labels_to_html(explanation.classification) + text


def _highlight(explanation: Explanation, attributes: list[str]) -> str:
    """Return the text with highlighted words; the attributes of each level define how they look."""

    def mark(word: str, highlight: tuple[int, float]) -> str:
        level, weight = highlight
        return f'<mark {attributes[level - 1]} title="{weight:.4g}">{escape_html(word)}</mark>'

    spans = ((word.start, word.end, (level, word.weight)) for word, level in highlights(explanation))
    return marked(explanation.classification.text, spans, mark, escape_html)
