"""Explanations as text to look at: the words that counted are marked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seqnlp.cli.marking import marked

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation, WeightedWord

STEPS = ("an even share", "half as much again", "twice as much")
"""How strongly words are marked: by their weight in even shares, 1, 1.5 and 2 of them at least."""

_SHADES = (230, 222, 214)  # of 256 colours: ever stronger yellow, under black letters on any terminal


def steps(explanation: "Explanation") -> "Iterator[tuple[WeightedWord, int]]":
    """The words that weigh an even share at least, and at which of `STEPS` they are, from 1.

    An even share is 1 by the number of words: where all weigh alike, none stands out.
    """
    count = len(explanation.words)
    for word in explanation.words:
        step = min(int(2 * word.weight * count) - 1, len(STEPS))
        if step > 0 and word.start < word.end:
            yield word, step


def bracketed(explanation: "Explanation") -> str:
    """The text with the words that counted most in brackets, each with its weight: `[witty 0.41]`.

    They weigh half as much again as an even share, or more than all others.
    """
    words = explanation.words
    enough = min(1.5 / max(1, len(words)), max((word.weight for word in words), default=0))
    spans = (
        (word.start, word.end, word.weight)
        for word in words
        if word.weight >= enough and word.start < word.end
    )
    return marked(explanation.classification.text, spans, lambda text, weight: f"[{text} {weight:.2g}]")


def shaded(explanation: "Explanation") -> str:
    """The text with the words that counted in yellow."""
    spans = ((word.start, word.end, step) for word, step in steps(explanation))
    return marked(explanation.classification.text, spans, _shade)


def _shade(text: str, step: int) -> str:
    return f"\x1b[38;5;16;48;5;{_SHADES[step - 1]}m{text}\x1b[0m"
