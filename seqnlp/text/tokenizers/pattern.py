"""A tokenizer whose tokens are the matches of one regular expression."""

import re

from seqnlp.text.tokenizers.token import Token, make_token
from seqnlp.types import JsonObject


class PatternTokenizer:
    """A tokenizer that returns every match of a pattern as a token.

    Args:
        name: The name of the tokenizer.
        pattern: A pattern that matches at every non-space character, and at no other.
    """

    def __init__(self, name: str, pattern: re.Pattern[str]) -> None:
        self.name = name
        self._pattern = pattern

    def tokenize(self, text: str) -> list[Token]:
        """Split a text into tokens."""
        return [make_token((match[0], *match.span())) for match in self._pattern.finditer(text)]

    def split(self, text: str) -> list[str]:
        """Return the texts of the tokens."""
        return [match[0] for match in self._pattern.finditer(text)]

    def to_spec(self) -> JsonObject:
        """Return the name as a JSON object."""
        return {"name": self.name}
