"""A tokenizer whose tokens are the matches of one regular expression."""

import re
from typing import Any

from seqnlp.text.tokenizers.token import Token, make_token


class PatternTokenizer:
    """Takes every match of a pattern for a token.

    Args:
        name: The name of the tokenizer.
        pattern: Matches at every character that is no white space, and at no other.
    """

    def __init__(self, name: str, pattern: re.Pattern[str]) -> None:
        self.name = name
        self._pattern = pattern

    def tokenize(self, text: str) -> list[Token]:
        """Cut one text."""
        return [make_token((match[0], *match.span())) for match in self._pattern.finditer(text)]

    def spec(self) -> dict[str, Any]:
        """Give the name; there is nothing else to know."""
        return {"name": self.name}
