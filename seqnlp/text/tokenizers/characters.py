"""The tokenizer `characters`: one token per user-perceived character, without white space.

A token is a base with its combining marks, an emoji sequence, a flag or a Hangul syllable. Therefore no label
or offset can split such a character into code points.
"""

import re
from functools import cache

from seqnlp.text.tokenizers.graphemes import BASE, EXTENSION
from seqnlp.text.tokenizers.pattern import PatternTokenizer


@cache
def load() -> PatternTokenizer:
    """Return the tokenizer `characters`."""
    return PatternTokenizer("characters", re.compile(f"{BASE}{EXTENSION}"))
