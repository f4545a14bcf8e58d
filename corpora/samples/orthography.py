"""How composed sentences are written: articles, final dots, capitals."""

import re

Word = tuple[str, str]
"""A word and its BIO tag."""

Sentence = list[Word]

_MARKS = frozenset(".,;:?!)")
_VOWEL = re.compile(r"[aio]|e(?!u)|u(?!ni|[gks])", re.IGNORECASE)


def spelt_right(sentence: Sentence) -> Sentence:
    """Make "a" into "an" before a vowel, and leave out marks that another mark makes needless.

    The comma after an aside falls before another mark, and the dot of "Inc." ends the sentence too.
    """
    spelt: Sentence = []
    for word, tag in sentence:
        if spelt and spelt[-1][0] == "a" and _VOWEL.match(word):
            spelt[-1] = ("an", spelt[-1][1])
        elif spelt and spelt[-1][0] == "," and word in _MARKS:
            spelt.pop()
        spelt.append((word, tag))
    if len(spelt) > 1 and spelt[-1][0] == "." and spelt[-2][0].endswith("."):
        spelt.pop()
    return spelt


def with_capital(sentence: Sentence) -> Sentence:
    """Begin the first word, quotation marks aside, with a capital."""
    first = next((i for i, (word, _) in enumerate(sentence) if word[0].isalnum()), 0)
    word, tag = sentence[first]
    return [*sentence[:first], (word[0].upper() + word[1:], tag), *sentence[first + 1 :]]


def in_capitals(sentence: Sentence) -> Sentence:
    """Write all but abbreviations in capitals, as headlines do."""
    return [(word if word.endswith(".") else word.upper(), tag) for word, tag in sentence]
