"""Explanations as a page of HTML that needs no other file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from seqnlp.cli.explanation_output import STEPS, steps
from seqnlp.cli.marking import NO_LABEL, marked
from seqnlp.cli.streams import encoded

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation

# A browser reads a bare carriage return as a line feed, and leaves a null out.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\0": "\N{REPLACEMENT CHARACTER}"}
)

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
<p>{legend} of the attention. It says where the model looked, which need not be why it decided.</p>"""

_FOOT = "</body>\n</html>"


@contextmanager
def page(file: BinaryIO, model: str) -> Iterator[None]:
    """Begin a page of what a model explains, and end it."""
    legend = ", ".join(_marked(name, number, "") for number, name in enumerate(STEPS, 1))
    file.write(encoded(_HEAD.format(title=_escaped(f"Explained by {model}"), legend=legend)))
    yield
    file.write(encoded(_FOOT))


def article(explanation: "Explanation") -> str:
    """A text on the page: its labels, each with its probability, and its words shaded by their weight."""
    found = explanation.classification
    words = ((word.start, word.end, (step, f"{word.weight:.4g}")) for word, step in steps(explanation))
    text = marked(found.text, words, lambda word, mark: _marked(word, *mark), _escaped)
    labels = (f"{_escaped(label)} <small>{found.scores[label]:.3f}</small>" for label in found.labels)
    heading = f"<h2>{', '.join(labels) or NO_LABEL}</h2>"
    return f'<article>\n{heading}\n<p dir="auto">{text}</p>\n</article>'


def _marked(word: str, step: int, weight: str) -> str:
    title = f' title="{weight}"' if weight else ""
    return f'<mark class="s{step}"{title}>{_escaped(word)}</mark>'


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
