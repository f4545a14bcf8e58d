"""The tokenizer `characters`: every character as its reader sees it, white space left out.

A token is a base with its combining marks, an emoji sequence, a flag or a Hangul syllable, not a code point:
so no label or offset can ever fall inside what a reader takes for one character.
"""

import re
from functools import cache

from seqnlp.text.tokenizers.graphemes import BASE, EXTENSION
from seqnlp.text.tokenizers.pattern import PatternTokenizer


@cache
def make() -> PatternTokenizer:
    """Make the tokenizer `characters`."""
    return PatternTokenizer("characters", re.compile(f"{BASE}{EXTENSION}"))
