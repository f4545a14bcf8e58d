"""The tokenizer `whitespace`: split at white space, for text that is already tokenized."""

import re
from functools import cache

from seqnlp.text.tokenizers.pattern import PatternTokenizer


@cache
def make() -> PatternTokenizer:
    """Return the tokenizer `whitespace`."""
    return PatternTokenizer("whitespace", re.compile(r"\S+"))
