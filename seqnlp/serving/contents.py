"""The contents of a call of `predict`, checked one by one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

Text: TypeAlias = str | Sequence[str]
"""A text, or the words of one sentence. The text of words consists of the words with spaces between them."""

Content = TypeVar("Content")


def list_contents(contents: Iterable[Content]) -> list[Content]:
    """Return contents as a list, in the order of iteration: of a pandas Series, by position.

    Raises:
        TypeError: They are a single text, a mapping or a table.
    """
    if isinstance(contents, str | bytes):
        raise TypeError("predict expects a list of texts; call the model itself with a single text")
    if isinstance(contents, Mapping) or hasattr(contents, "columns"):
        kind = type(contents).__name__
        raise TypeError(f"predict expects a list of texts, not a {kind}; pass one of its columns or values")
    try:
        return list(contents)
    except TypeError:
        raise TypeError(f"predict expects a list of texts, not {_shown(contents)}") from None


def list_texts(contents: Iterable[Text]) -> list[Text]:
    """Return texts as a list, as `list_contents` does. Each is a text, or the words of a sentence.

    Raises:
        TypeError: One of them is neither. The message has its position, from 0.
        ValueError: A word is empty.
    """
    found: list[Text] = list_contents(contents)
    for place, content in enumerate(found):
        if type(content) is not str:
            found[place] = _check(place, content)
    return found


def _check(place: int, content: Text) -> Text:
    if isinstance(content, str):
        return content
    if isinstance(content, bytes | Mapping) or not isinstance(content, Iterable):
        raise TypeError(f"item {place} is {_shown(content)}, not a text or a list of words")
    words = tuple(content)
    if all(words) and set(map(type, words)) == {str}:  # the usual case, without a loop in Python
        return words
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"item {place} contains {_shown(word)}, not only words")
        if not word:
            raise ValueError(f"item {place} contains an empty word")
    return words


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
