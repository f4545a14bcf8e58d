"""What a tokenizer gives and what it promises."""

from collections.abc import Callable
from functools import partial
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


class Tokenizer(Protocol):
    """Cuts texts into tokens.

    For any text: the tokens come in order, are not empty, do not overlap, and every character that is no
    white space lies in exactly one of them. Time grows linearly with the length of the text.
    """

    @property
    def name(self) -> str:
        """The name by which `seqnlp.tokenizers.tokenizer` knows it."""
        ...

    def tokenize(self, text: str) -> list[Token]:
        """Cut one text."""
        ...

    def spec(self) -> dict[str, Any]:
        """Give JSON values from which `seqnlp.tokenizers.tokenizer` makes one that cuts alike."""
        ...
