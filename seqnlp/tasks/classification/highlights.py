"""Explanations as text: words with high attention weights are highlighted."""

from collections.abc import Iterator

from seqnlp.serving.marking import marked
from seqnlp.tasks.classification.explanation import Explanation, WeightedWord

LEVELS = ("1×", "1.5×", "2×")
"""The levels of highlighting: the lowest weight of each, relative to the mean weight."""

_SHADES = (230, 222, 214)  # of 256 colours: yellow, from light to strong, readable below black letters


def highlights(explanation: Explanation) -> Iterator[tuple[WeightedWord, int]]:
    """Yield the words that have at least the mean weight, and the number of their level in `LEVELS`, from 1.

    The mean weight is 1 / number of words.
    """
    count = len(explanation.words)
    for word in explanation.words:
        level = min(int(2 * word.weight * count) - 1, len(LEVELS))
        if level > 0 and word.start < word.end:
            yield word, level


def write_brackets(explanation: Explanation) -> str:
    """Return the text with the highest weights in brackets, such as `A [witty 0.41] film`.

    A word is marked if it has at least 1.5 times the mean weight, or the highest weight of all.
    """
    words = explanation.words
    lowest = min(1.5 / max(1, len(words)), max((word.weight for word in words), default=0))
    spans = (
        (word.start, word.end, word.weight)
        for word in words
        if word.weight >= lowest and word.start < word.end
    )
    return marked(explanation.classification.text, spans, lambda text, weight: f"[{text} {weight:.2g}]")


def write_colours(explanation: Explanation) -> str:
    """Return the text for a terminal with colours: highlighted words are yellow."""
    spans = ((word.start, word.end, level) for word, level in highlights(explanation))
    return marked(explanation.classification.text, spans, _shade)


def _shade(text: str, level: int) -> str:
    return f"\x1b[38;5;16;48;5;{_SHADES[level - 1]}m{text}\x1b[0m"
