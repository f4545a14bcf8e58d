"""What a tokenizer gives and what it promises."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple, Protocol


class Token(NamedTuple):
    """A stretch of a text.

    Attributes:
        text: Its surface: `whole[start:end]`, always.
        start: Where it begins in the whole text, in characters (code points).
        end: Where it ends, exclusive.
    """

    text: str
    start: int
    end: int


# Token(...) itself goes through a Python-level __new__ and takes three times as long.
make_token: Callable[[tuple[str, int, int]], Token] = partial(tuple.__new__, Token)


def tokens_of(words: Sequence[str]) -> list[Token]:
    """Words that are cut already, as the tokens of the text that they make joined by blanks."""
    ends = accumulate(len(word) + 1 for word in words)
    return [make_token((word, end - 1 - len(word), end - 1)) for word, end in zip(words, ends, strict=True)]


class Tokenizer(Protocol):
    """Cuts texts into tokens.

    For any text: the tokens come in order, are not empty, do not overlap, and every character that is no
    white space lies in exactly one of them. Time grows linearly with the length of the text.
    """

    @property
    def name(self) -> str:
        """The name by which `seqnlp.text.tokenizers.tokenizer` knows it."""
        ...

    def tokenize(self, text: str) -> list[Token]:
        """Cut one text."""
        ...

    def spec(self) -> dict[str, Any]:
        """Give JSON values from which `seqnlp.text.tokenizers.tokenizer` makes one that cuts alike."""
        ...
