"""How composed sentences are written: articles, final dots, capitals."""

import re

Word = tuple[str, str]
"""A word and its BIO tag."""

Sentence = list[Word]

_VOWEL = re.compile(r"[aio]|e(?!u)|u(?!ni|[gks])", re.IGNORECASE)


def spelt_right(sentence: Sentence) -> Sentence:
    """Make "a" into "an" before a vowel, and let the dot of "Inc." end the sentence too."""
    following = [word for word, _ in sentence[1:]] + [""]
    spelt = [
        ("an", tag) if word == "a" and _VOWEL.match(next_word) else (word, tag)
        for (word, tag), next_word in zip(sentence, following, strict=True)
    ]
    if len(spelt) > 1 and spelt[-1][0] == "." and spelt[-2][0].endswith("."):
        del spelt[-1]
    return spelt


def with_capital(sentence: Sentence) -> Sentence:
    """Begin the first word, quotation marks aside, with a capital."""
    first = next((i for i, (word, _) in enumerate(sentence) if word[0].isalnum()), 0)
    word, tag = sentence[first]
    return [*sentence[:first], (word[0].upper() + word[1:], tag), *sentence[first + 1 :]]


def in_capitals(sentence: Sentence) -> Sentence:
    """Write all but abbreviations in capitals, as headlines do."""
    return [(word if word.endswith(".") else word.upper(), tag) for word, tag in sentence]
