"""Tokens and the tokenizer protocol."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple, Protocol


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


def tokens_of(words: Sequence[str]) -> list[Token]:
    """Return words as the tokens of the text that joins them with spaces."""
    ends = accumulate(len(word) + 1 for word in words)
    return [make_token((word, end - 1 - len(word), end - 1)) for word, end in zip(words, ends, strict=True)]


class Tokenizer(Protocol):
    """The protocol of tokenizers.

    The tokens of any text are in order, not empty and do not overlap. Every non-space character is in exactly
    one token. The running time is linear in the length of the text.
    """

    @property
    def name(self) -> str:
        """The name of the tokenizer in `seqnlp.text.tokenizers.tokenizer`."""
        ...

    def tokenize(self, text: str) -> list[Token]:
        """Split a text into tokens."""
        ...

    def spec(self) -> dict[str, Any]:
        """Return JSON values from which `seqnlp.text.tokenizers.tokenizer` restores this tokenizer."""
        ...
