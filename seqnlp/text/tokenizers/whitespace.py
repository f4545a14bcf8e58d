"""The tokenizer `whitespace`: for text that is already cut, tokens set apart by white space."""

import re
from functools import cache

from seqnlp.text.tokenizers.pattern import PatternTokenizer


@cache
def make() -> PatternTokenizer:
    """Make the tokenizer `whitespace`."""
    return PatternTokenizer("whitespace", re.compile(r"\S+"))
