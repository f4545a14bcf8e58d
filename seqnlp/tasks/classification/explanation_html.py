"""Explanations as HTML: a page that needs no other file, and a fragment for notebooks."""

from seqnlp.serving.marking import NO_LABEL, escape_html, marked
from seqnlp.tasks.classification.explanation import Explanation
from seqnlp.tasks.classification.highlights import LEVELS, highlights
from seqnlp.tasks.classification.prediction import labels_to_html

_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --1: #fff2cc; --2: #ffdd80; --3: #ffbf40 }}
@media (prefers-color-scheme: dark) {{ :root {{ --1: #3d2f0a; --2: #5e4508; --3: #855f00 }} }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-top: 1px solid #8888; padding: .5rem 0 }}
h1, h2 {{ font-size: 1rem; margin: 0 }}
small {{ font-weight: normal; opacity: .75 }}
p {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }}
mark {{ color: inherit; background: var(--1); border-radius: .2em }}
mark.s2 {{ background: var(--2) }}
mark.s3 {{ background: var(--3) }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{legend} the mean attention weight or more. The weights show where the model looked, which is not always \
why it decided.</p>"""

PAGE_END = "</body>\n</html>"
"""The end of a page."""

_OPACITIES = (0.2, 0.45, 0.7)  # of yellow, readable in light and dark notebooks


def write_page_start(model: str) -> str:
    """Return the start of a page.

    Args:
        model: The path of the model, for the title.
    """
    legend = ", ".join(f'<mark class="s{number}">{level}</mark>' for number, level in enumerate(LEVELS, 1))
    return _HEAD.format(title=escape_html(f"Explained by {model}"), legend=legend)


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
