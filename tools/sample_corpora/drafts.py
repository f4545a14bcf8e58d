"""Drafts: composed texts, which may repeat."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Draft = TypeVar("Draft")


def drop_repeated(seen: set[str], text: Callable[[Draft], str], drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Drop repeated drafts.

    Args:
        seen: The case-folded texts so far. This function adds to them.
        text: Returns the text of a draft.
        drafts: The drafts.

    Yields:
        The drafts that differ from all earlier ones by more than case.
    """
    for draft in drafts:
        folded = text(draft).casefold()
        if folded not in seen:
            seen.add(folded)
            yield draft
