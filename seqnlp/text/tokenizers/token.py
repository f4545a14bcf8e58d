"""Tokens and the tokenizer protocol."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple, Protocol

from seqnlp.types import JsonObject


class Token(NamedTuple):
    """A token: a span of a text.

    Attributes:
        text: The surface, always equal to `whole[start:end]`.
        start: The start in the whole text, in code points.
        end: The end, exclusive.
    """

    text: str
    start: int
    end: int


# Faster than Token(...), which calls a Python-level __new__.
make_token: Callable[[tuple[str, int, int]], Token] = partial(tuple.__new__, Token)


def tokens_from_words(words: Sequence[str]) -> list[Token]:
    """Return words as tokens of the text that joins them with spaces.

    Example:
        >>> tokens_from_words(["Birds", "fly"])[1]
        Token(text='fly', start=6, end=9)
    """
    ends = accumulate(len(word) + 1 for word in words)
    return [make_token((word, end - 1 - len(word), end - 1)) for word, end in zip(words, ends, strict=True)]


class Tokenizer(Protocol):
    """The protocol of tokenizers.

    The tokens of any text are in order, not empty and do not overlap. Every non-space character is in exactly
    one token. The running time is linear in the length of the text.
    """

    @property
    def name(self) -> str:
        """The name of the tokenizer in `seqnlp.text.tokenizers.get_tokenizer`."""
        ...

    def tokenize(self, text: str) -> list[Token]:
        """Split a text into tokens."""
        ...

    def split(self, text: str) -> list[str]:
        """Return the texts of the tokens, which is faster than `tokenize`.

        Empty ones are left out: if a character becomes several subwords, only the last has its text.
        """
        ...

    def to_spec(self) -> JsonObject:
        """Return a JSON object from which `seqnlp.text.tokenizers.get_tokenizer` restores this tokenizer."""
        ...
