"""User-perceived characters: a base with its combining marks, an emoji sequence, a flag."""

import re
from unicodedata import category

# All combining marks are in these blocks, except the variation selectors at U+E0100. Checking only these
# blocks saves start-up time.
_BLOCKS_WITH_MARKS = (
    (0x0300, 0x3100), (0xA600, 0xAC00), (0xFB00, 0x12000), (0x16A00, 0x17000), (0x1BC00, 0x1EA00)
)  # fmt: skip


def _marks() -> str:
    ranges = ["\U000e0100-\U000e01ef"]
    for first, last in _BLOCKS_WITH_MARKS:
        categories = "".join(map(category, map(chr, range(first, last))))
        runs = (run.span() for run in re.finditer("(?:M.)+", categories))
        ranges += [f"{chr(first + start // 2)}-{chr(first + end // 2 - 1)}" for start, end in runs]
    return "".join(ranges)


MARKS = _marks()
"""The combining marks (Unicode categories Mn, Mc, Me), as the inside of a character class."""

_EMOJI_MODIFIERS = "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_JOINERS = "\u200c\u200d"
_SPACING_VOWELS = "\u0e33\u0eb3"  # Thai and Lao: their category is letter, but they behave like marks
_CLINGING = _JOINERS + _EMOJI_MODIFIERS + _SPACING_VOWELS
_PICTOGRAPHS = "\xa9\xae\u203c\u2049\u2100-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"

_LEADING = "\u1100-\u115f\ua960-\ua97c"
_VOWEL = "\u1160-\u11a7\ud7b0-\ud7c6"
_TRAILING = "\u11a8-\u11ff\ud7cb-\ud7fb"
_OPEN_SYLLABLES = "".join(map(chr, range(0xAC00, 0xD7A4, 28)))
_RHYME = rf"(?:[{_VOWEL}{_OPEN_SYLLABLES}][{_VOWEL}]*+|[\uac00-\ud7a3])[{_TRAILING}]*+"
_HANGUL = rf"(?:[{_LEADING}]++(?>(?:{_RHYME})?)|{_RHYME}|[{_TRAILING}]++)"

# The look-ahead skips the long list of ranges for ASCII, the most frequent case.
EXTENSION = rf"(?>(?:(?![\x00-\xff])[{MARKS}{_CLINGING}]++|(?<=\u200d)[{_PICTOGRAPHS}])*)"
"""Pattern of characters that extend the character before them. It also matches the empty string."""

BASE = rf"(?:{_HANGUL}|[{_FLAG_LETTERS}]{{2}}|\S)"
"""Pattern of a base character. `BASE` plus `EXTENSION` is close to a cluster of Unicode Annex 29."""
