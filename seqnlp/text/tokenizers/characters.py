"""The tokenizer `characters`: one token per user-perceived character, without white space.

A token is not a code point, but a base with its combining marks, an emoji sequence, a flag or a Hangul
syllable. No label or offset can therefore split such a character.
"""

import re
from functools import cache

from seqnlp.text.tokenizers.graphemes import BASE, EXTENSION
from seqnlp.text.tokenizers.pattern import PatternTokenizer


@cache
def make() -> PatternTokenizer:
    """Return the tokenizer `characters`."""
    return PatternTokenizer("characters", re.compile(f"{BASE}{EXTENSION}"))
