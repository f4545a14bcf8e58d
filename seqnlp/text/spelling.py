"""Spell rare tokens of ABC notation by their characters, so that tunes have no unknown tokens."""

from collections import Counter
from collections.abc import Container, Sequence


def add_spelling(counts: Counter[str], min_count: int) -> None:
    """Count the characters of rare tokens.

    Every character of the tokens gets at least the minimum count, so that any combination of them can be
    spelled.

    Args:
        counts: The counts of tokens, which the function changes.
        min_count: Minimum count of a token.

    Example:
        >>> counts = Counter({"A2": 5, "B3": 1})
        >>> add_spelling(counts, 2)
        >>> sorted(counts.items())
        [('2', 2), ('3', 2), ('A', 2), ('A2', 5), ('B', 2), ('B3', 1)]
    """
    spelled = Counter[str]()
    for token, count in counts.items():
        rare = len(token) > 1 and count < min_count
        for character in token:
            spelled[character] += count if rare else 0
    for character, count in spelled.items():
        counts[character] = max(counts[character] + count, min_count)


def spell(tokens: Sequence[str], vocabulary: Container[str]) -> list[str]:
    """Replace each token that is not in a vocabulary by its characters.

    Example:
        >>> spell(["A2", "B3"], {"A2", "B", "3"})
        ['A2', 'B', '3']
    """
    found = list[str]()
    for token in tokens:
        found += [token] if token in vocabulary else token
    return found
