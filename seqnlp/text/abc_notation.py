"""Tokens of tunes in ABC notation (standard 2.1, abcnotation.com)."""

import re
from collections.abc import Sequence

LENGTH = r"\d{0,4}(?:/\d{0,4}){0,4}"
"""Matches a length, in units: 2, 3/2, / or nothing."""
NOTE = r"(?:\^\^?|__?|=)?[A-Ga-g][,']{0,4}"
"""Matches a note without its length: an accidental, a letter and octave marks, such as ^c'."""

# Numbers of repetitions are bounded, so that the time is linear in any text.
_ENDING = r"[1-9]\d{0,2}(?:[-,]\d{1,3}){0,8}"
_TOKEN = re.compile(
    rf"""
      (?m:^)[KLMPQR]:(?![|:])[^\n%]*            # a field with its value: M:6/8
    | \[[A-Za-z]:[^]\n]{{0,40}}]                # a field within the music: [M:3/4]
    | "[^"\n]{{0,60}}"                          # a chord symbol or an annotation: "Am"
    | ![A-Za-z0-9.,'^<>()+-]{{1,20}}!           # an ornament by name: !trill!
    | \[{_ENDING}                               # an ending: [1
    | [:|\[]{{0,4}}\|[]:|]{{0,4}}(?:{_ENDING})? # a bar line or a repeat, with its ending: :|2
    | :{{2,4}}                                  # the end and the start of a repeat
    | \(\d{{1,2}}(?::\d{{0,2}}){{0,2}}          # a tuplet: (3 or (3:2:3
    | {NOTE}{LENGTH}
    | [xyzXZ]{LENGTH}                           # a rest or a space: z2
    | ]{LENGTH}                                 # the end of a chord: ]2
    | <{{1,3}} | >{{1,3}}                       # a broken rhythm
    | (?s:.)                                    # any other character
    """,
    re.VERBOSE,
)
_FREE_TEXT = re.compile(r"^(?:[A-JNOSTU-Za-z+]:(?![|:])|%).*", re.MULTILINE)


def split_abc(text: str) -> Sequence[str]:
    r"""Split ABC notation into tokens.

    A token is a field that the music depends on (metre, key, unit length, tempo, rhythm, part) with its
    value, a bar line or repeat, a note or rest with its length, a chord symbol, an ornament, a tuplet, or a
    broken rhythm. Everything else is split into characters: spaces, line breaks, comments, and the values of
    other fields such as titles.

    Args:
        text: Any text.

    Returns:
        The tokens. Joined, they are the text.

    Example:
        >>> split_abc('M:6/8\nK:D\n|:"D"d3 ^c2A|')
        ['M:6/8', '\n', 'K:D', '\n', '|:', '"D"', 'd3', ' ', '^c2', 'A', '|']
    """
    tokens, done = list[str](), 0
    for line in _FREE_TEXT.finditer(text):
        tokens += _TOKEN.findall(text, done, line.start())
        name = 0 if line[0].startswith("%") else 2
        tokens += [*filter(None, [line[0][:name]]), *line[0][name:]]
        done = line.end()
    return tokens + _TOKEN.findall(text, done)
