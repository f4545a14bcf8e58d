"""Rule-based sentence splitting for scripts that mark the end of a sentence.

The rules work with any tokenizer that leaves a final mark as a token or at the end of a token.
"""

import re
from collections.abc import Iterator, Sequence

from seqnlp.text.tokenizers.abbreviations import BEFORE_ANYTHING, BEFORE_NUMBERS
from seqnlp.text.tokenizers.token import Token

_STOPS = ".!?…‼⁇⁈⁉"
_FULL_STOPS = "。！？｡؟۔।॥။។።։"  # of scripts without capitals: always the end of a sentence
_CLOSING = "\"'”’“»«)]}›‹」』）】》〉"
_OPENING = "\"'“‘„‚«»([{‹›「『（【《〈¿¡"
_MARKS = frozenset(_STOPS + _FULL_STOPS + _CLOSING)

_EMPTY_LINE = re.compile(r"\n\s*\n|[\f\u2029]")
_DOTTED = re.compile(r"[^\W\d_]|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_ITEM = re.compile(r"\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5}")


def split_sentences(text: str, tokens: Sequence[Token]) -> Iterator[slice]:
    """Split the tokens of a text into sentences.

    A sentence ends after `.`, `!`, `?`, `…` or similar marks of other scripts, and any closing quotes and
    brackets that follow directly. It continues if a lowercase letter follows a dot or a quote, and after
    abbreviations, initials and list item numbers. An empty line always ends a sentence. A line break does
    not.

    Args:
        text: The text.
        tokens: The tokens of the text, in order.

    Yields:
        The slice of `tokens` of each sentence. The slices are contiguous and not empty.

    Example:
        >>> from seqnlp.text.tokenizers import get_tokenizer
        >>> text = "Dr. Who left. Why?"
        >>> tokens = get_tokenizer("words").tokenize(text)
        >>> [[token.text for token in tokens[each]] for each in split_sentences(text, tokens)]
        [['Dr.', 'Who', 'left', '.'], ['Why', '?']]
    """
    start = place = 0
    while place < len(tokens):
        after = place + 1
        ended = tokens[place].text[-1:] in _MARKS and _final_mark(tokens[place])
        if ended:
            while after < len(tokens) and _is_closing(tokens, after):
                after += 1
        if after < len(tokens) and (
            (ended and not _continues(tokens, start, place, after))
            or _EMPTY_LINE.search(text, tokens[after - 1].end, tokens[after].start)
        ):
            yield slice(start, after)
            start = after
        place = after
    if tokens:
        yield slice(start, len(tokens))


def _final_mark(token: Token) -> str:
    """Return the mark that may end a sentence at this token, or an empty string."""
    last = token.text.rstrip(_CLOSING)[-1:]
    return last if last and last in _STOPS + _FULL_STOPS else ""


def _is_closing(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a token consists of marks only and directly follows the previous token."""
    return tokens[place].start == tokens[place - 1].end and _MARKS.issuperset(tokens[place].text)


def _continues(tokens: Sequence[Token], start: int, place: int, after: int) -> bool:
    """Return whether the sentence from `start` continues at `after` despite the mark at `place`."""
    mark = _final_mark(tokens[place])
    if mark in _FULL_STOPS:
        return False
    first = _first_letter(tokens, after)
    apart = tokens[after].start > tokens[after - 1].end
    quoted = tokens[after - 1].text[-1:] in _CLOSING  # "Why?" he asked.
    if (first.islower() and (quoted or mark in ".…")) or not (apart or first.isupper()):
        return True
    return mark == "." and _is_abbreviated(tokens, start, place, first)


def _is_abbreviated(tokens: Sequence[Token], start: int, place: int, first: str) -> bool:
    """Return whether the dot at `place` is part of an abbreviation or a list item number."""
    stem = tokens[place].text.rstrip(_CLOSING)[:-1].lstrip(_OPENING)
    item = place if stem else place - 1
    if item == start and _ITEM.fullmatch(stem or tokens[item].text):
        return True
    if stem in BEFORE_NUMBERS and first.isdecimal():
        return True
    return stem in BEFORE_ANYTHING or _DOTTED.fullmatch(stem) is not None


def _first_letter(tokens: Sequence[Token], place: int) -> str:
    """Return the next character of the text after any opening quote or bracket."""
    for token in tokens[place : place + 2]:
        bare = token.text.lstrip(_OPENING)
        if bare:
            return bare[0]
    return ""
