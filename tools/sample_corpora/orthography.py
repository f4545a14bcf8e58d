"""How composed sentences are written: articles, final dots, capitals."""

import re

Word = tuple[str, str]
"""A word and its BIO tag."""

Sentence = list[Word]

_MARKS = frozenset(".,;:?!)")
_VOWEL = re.compile(r"[ai]|o(?!ne\b)|e(?!u)|u(?!ni(?![mn])|g(?!l)|[ks])|hones|hour", re.IGNORECASE)
_ARTICLE = re.compile(rf"\ba (?={_VOWEL.pattern})", re.IGNORECASE)
_BLANKS_BEFORE_MARKS = re.compile(r"\s+(?=[.,;:?!])")
_MARKS_TOGETHER = re.compile(r",(?=[.,;:?!])")
_FIRST_LETTER = re.compile(r"(?:^|(?<=[.?!] ))[a-zé]")


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


def text_spelt_right(text: str) -> str:
    """Make "a" into "an" before a vowel, and leave out needless blanks and commas."""
    text = " ".join(text.split())
    text = _MARKS_TOGETHER.sub("", _BLANKS_BEFORE_MARKS.sub("", text))
    return _ARTICLE.sub(lambda article: f"{article[0][0]}n ", text)


def text_with_capitals(text: str) -> str:
    """Begin each sentence with a capital."""
    return _FIRST_LETTER.sub(lambda letter: letter[0].upper(), text)
