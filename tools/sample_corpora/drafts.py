"""Drafts: what a grammar composes, some of it more than once."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Draft = TypeVar("Draft")


def unlike(seen: set[str], text: Callable[[Draft], str], drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Leave out drafts that were there before.

    Args:
        seen: The texts that were there, in small letters; grows.
        text: The text of a draft.
        drafts: The drafts.

    Yields:
        Those that differ from all before by more than capitals.
    """
    for draft in drafts:
        folded = text(draft).casefold()
        if folded not in seen:
            seen.add(folded)
            yield draft
