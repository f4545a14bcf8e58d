"""Words as the tokens of a language model."""

import re
from collections.abc import Sequence

from seqnlp.data.token_units.counted_unit import CountedUnit

_WORD = re.compile(r"\n|[^\S\n]*(\S+)[^\S\n]*")


class WordUnit(CountedUnit):
    """Words: the text between white space, and line breaks. They are joined by single spaces."""

    name = "words"
    noun = "words"
    separator = " "
    min_count = 3
    dimension = 256
    tied = True

    @staticmethod
    def find_tokens(text: str) -> Sequence[str]:
        """Return the words and line breaks of a text."""
        return [match[1] or match[0] for match in _WORD.finditer(text) if match[1] or match[0] == "\n"]

    def estimate_lengths(self, words: Sequence[str]) -> list[int]:
        """Return 1 for each word."""
        return [1] * len(words)

    def decode(self, ids: Sequence[int], before: str = "") -> str:
        """Return the text of ids, which starts with a space if a word follows a text that needs one."""
        tokens = self.tokens(ids)
        return _join([".", *tokens])[1:] if self.continues(before) else _join(tokens)

    def continues(self, before: str) -> bool:
        """Return whether a text ends with a character that is no white space."""
        return bool(before) and not before[-1].isspace()


def _join(words: Sequence[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").replace(" \n", "\n").replace("\n ", "\n")
