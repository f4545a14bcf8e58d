"""All binary trees over a number of words."""

from collections.abc import Callable, Iterator

import pytest

Spans = frozenset[tuple[int, int]]


def _all_trees(start: int, end: int) -> Iterator[Spans]:
    if end == start + 1:
        yield frozenset({(start, end)})
        return
    for middle in range(start + 1, end):
        for left in _all_trees(start, middle):
            for right in _all_trees(middle, end):
                yield left | right | {(start, end)}


@pytest.fixture(scope="session")
def all_trees() -> Callable[[int], list[Spans]]:
    """Return the spans of every binary tree over a number of words."""
    return lambda length: list(_all_trees(0, length))
