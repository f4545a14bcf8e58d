"""Where the tokens of running text can be cut into sentences.

Light rules for scripts that end sentences with a mark; no learnt model. They work on the tokens of any
tokenizer that makes final marks tokens of their own or leaves them at the end of a token.
"""

import re
from collections.abc import Iterator, Sequence

from seqnlp.text.tokenizers.abbreviations import BEFORE_ANYTHING, BEFORE_NUMBERS
from seqnlp.text.tokenizers.token import Token

_STOPS = ".!?…‼⁇⁈⁉"
_FULL_STOPS = "。！？｡؟۔।॥။។።։"  # of scripts without capitals: nothing that follows makes them doubtful
_CLOSING = "\"'”’“»«)]}›‹」』）】》〉"
_OPENING = "\"'“‘„‚«»([{‹›「『（【《〈¿¡"
_MARKS = frozenset(_STOPS + _FULL_STOPS + _CLOSING)

_EMPTY_LINE = re.compile(r"\n\s*\n|[\f\u2029]")
_DOTTED = re.compile(r"[^\W\d_]|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_ITEM = re.compile(r"\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5}")


def split_sentences(text: str, tokens: Sequence[Token]) -> Iterator[slice]:
    """Find the sentences of a text.

    A sentence ends after `.`, `!`, `?`, `…` or their kin in other scripts and what closing quotes and
    brackets follow at once. It goes on if a small letter follows a dot or a quote, and after abbreviations,
    initials and the number of a list's item. An empty line always ends it, the end of a line never.

    Args:
        text: The text.
        tokens: Its tokens, in order.

    Yields:
        For each sentence its slice of `tokens`; one follows the other and none is empty.
    """
    start = place = 0
    while place < len(tokens):
        after = place + 1
        ended = tokens[place].text[-1:] in _MARKS and _stop(tokens[place])
        if ended:
            while after < len(tokens) and _clings(tokens, after):
                after += 1
        if after < len(tokens) and (
            (ended and not _goes_on(tokens, start, place, after))
            or _EMPTY_LINE.search(text, tokens[after - 1].end, tokens[after].start)
        ):
            yield slice(start, after)
            start = after
        place = after
    if tokens:
        yield slice(start, len(tokens))


def _stop(token: Token) -> str:
    """The mark that may end a sentence here, or nothing."""
    last = token.text.rstrip(_CLOSING)[-1:]
    return last if last and last in _STOPS + _FULL_STOPS else ""


def _clings(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is nothing but marks and follows the one before it at once."""
    return tokens[place].start == tokens[place - 1].end and _MARKS.issuperset(tokens[place].text)


def _goes_on(tokens: Sequence[Token], start: int, place: int, after: int) -> bool:
    """Whether the sentence from `start` goes on at `after` although `place` holds a stop."""
    stop = _stop(tokens[place])
    if stop in _FULL_STOPS:
        return False
    first = _first_letter(tokens, after)
    apart = tokens[after].start > tokens[after - 1].end
    quoted = tokens[after - 1].text[-1:] in _CLOSING  # "Why?" he asked.
    if (first.islower() and (quoted or stop in ".…")) or not (apart or first.isupper()):
        return True
    return stop == "." and _is_abbreviated(tokens, start, place, first)


def _is_abbreviated(tokens: Sequence[Token], start: int, place: int, first: str) -> bool:
    """Whether the dot at `place` is part of an abbreviation or follows the number of an item."""
    stem = tokens[place].text.rstrip(_CLOSING)[:-1].lstrip(_OPENING)
    item = place if stem else place - 1
    if item == start and _ITEM.fullmatch(stem or tokens[item].text):
        return True
    if stem in BEFORE_NUMBERS and first.isdecimal():
        return True
    return stem in BEFORE_ANYTHING or _DOTTED.fullmatch(stem) is not None


def _first_letter(tokens: Sequence[Token], place: int) -> str:
    """The character that the text goes on with, past an opening quote or bracket."""
    for token in tokens[place : place + 2]:
        bare = token.text.lstrip(_OPENING)
        if bare:
            return bare[0]
    return ""
