"""The word tokenizer: words, numbers and punctuation, as in treebanks.

English clitics are split as in the Penn Treebank (Marcus, Santorini and Marcinkiewicz 1993): `do n't`,
`she 's`. Elided words of French, Italian and Catalan are split as in Universal Dependencies: `l' homme`,
`dell' arte`.

The tokenizer is one regular expression. Every part of it either does not backtrack or looks at a limited
number of characters, so the running time is linear in the length of any text. Atomic groups are written
`(?>(?:…)*)`, because `(?:…)*+` is wrong in Python before 3.11.5 (gh-106052), which Debian 12 has.
"""

import re
from collections.abc import Iterable
from functools import cache

from seqnlp.text.tokenizers.abbreviations import BEFORE_ANYTHING, BEFORE_NUMBERS
from seqnlp.text.tokenizers.graphemes import BASE, EXTENSION, MARKS
from seqnlp.text.tokenizers.pattern import PatternTokenizer

# Scripts without spaces whose characters are close to words: each character is a token.
_IDEOGRAPHS = (
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u312f"
    "\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_CHARACTER = rf"[^\W{_IDEOGRAPHS}]"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ӿ]"  # of scripts with dotted abbreviations
_CAPITAL = "[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]"
_SMALL = "[a-zß-öø-ÿα-ωа-я]"
_APOSTROPHE = "['’]"

_ELIDED = (
    "c|d|j|l|m|n|s|t|v|qu|jusqu|lorsqu|puisqu|quoiqu|"
    "un|gl|all|coll|dall|dell|nell|sull|quest|quell|bell|sant|tutt|anch|com|cos|dov"
)
# An elided word before a vowel or an h, but not the names D'Angelo and O'Brien.
_ELISION = rf"(?<!\w)(?!D{_APOSTROPHE}{_CAPITAL})(?i:{_ELIDED}){_APOSTROPHE}(?=(?i:[aeiouyhà-æè-ïò-öù-üÿœ]))"
_CLITIC = rf"{_APOSTROPHE}(?:[smdSMD]|(?i:re|ve|ll))(?!\w)"
_JOINT = (
    r"(?:[-‐‑·]|&(?![a-z]{2,6};)"  # well-known, AT&T, but not "a&lt;b"
    rf"|(?!{_CLITIC}){_APOSTROPHE}(?!\d)"  # O'Brien, but not 5'10
    r"|(?<=\d)[.,:/](?=\d)"  # 1,234.5
    rf"|(?<=[^\W\d_])\.(?={_SMALL}))"  # example.org, but not "end.Start"
    rf"(?={_CHARACTER})"
)
# A soft hyphen or a zero-width joiner inside a word does not end the word.
_INNER = rf"(?>(?:{_CHARACTER}++|(?![\x00-\xac])[{MARKS}\xad\u200c\u200d\u2060]++|{_JOINT})*)"
_ACRONYM = (
    rf"(?>(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?!\w))?)"
    rf"|{_LETTER}\.{_LETTER}(?!\w)|(?>(?:{_CAPITAL}{{2}}\.){{2,}})"
)

_URL_CHARACTER = r"\s<>\"“”«»()、。，！？；：「」『』（）【】"
_URL_STOP = r".,;:!?'’*_~\[\]{}…"
_URL_REST = rf"(?>(?:[{_URL_STOP}]*+(?:[^{_URL_CHARACTER}{_URL_STOP}]++|\([^{_URL_CHARACTER}]*+\)))+)"


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, reverse=True)))


_PLAIN = (  # fast path: words before a space, which no alternative below splits
    r"[0-9A-Za-zÀ-ÖØ-öø-ɏ]++(?=,?+\s)",
    r"[.,;:!?](?=\s)",
)
_ALTERNATIVES = (
    rf"(?i:(?:https?|ftp)://|www\.){_URL_REST}",
    rf"(?:[0-9A-Za-z-]{{1,63}}+\.){{1,8}}[A-Za-z]{{2,24}}+/{_URL_REST}",
    r"(?=\w)[\w.+%-]{1,64}+@\w[\w-]{0,62}+(?:\.\w[\w-]{0,62}+){1,8}",
    rf"(?=\w{{1,5}}+\.)(?!\w{{1,5}}+\.\.)(?:(?:{_any_of(BEFORE_ANYTHING)})\.|(?:{_any_of(BEFORE_NUMBERS)})\.(?=\s?\d))",
    rf"(?!{_ACRONYM}|I\.\s?+(?!{_CAPITAL}\.)){_CAPITAL}\.(?=\s?+[^\W\d_])",
    _ELISION,
    rf"[A-Za-z]{{1,10}}?(?=[nN]{_APOSTROPHE}[tT](?!\w))|[nN]{_APOSTROPHE}[tT](?!\w)",
    rf"(?:{_ACRONYM}|{_CHARACTER}++){_INNER}",
    rf"(?<=[\w.!]){_CLITIC}|{_APOSTROPHE}\d0s(?!\w)",
    r"(?P<mark>[!-'*-/:-@\\^_`|~¡-¿‐-⁞、。！？～])(?>(?P=mark)+)",
    BASE,
)


def word_pattern(*more: str) -> re.Pattern[str]:
    """Build the word pattern.

    Args:
        more: Alternatives with priority over words. Each must be linear and not match white space. They are
            not tried for plain words and single punctuation marks before white space.

    Returns:
        A pattern that matches at every non-space character.
    """
    return re.compile(rf"(?!\s)(?:{'|'.join((*_PLAIN, *more, *_ALTERNATIVES))}){EXTENSION}")


@cache
def load() -> PatternTokenizer:
    """Return the tokenizer `words`."""
    return PatternTokenizer("words", word_pattern())
