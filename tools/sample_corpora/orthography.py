"""Spelling of composed sentences: articles, final full stops, capitals."""

import re

Word = tuple[str, str]
"""A word and its BIO tag."""

Sentence = list[Word]

_MARKS = frozenset(".,;:?!)")
_VOWEL = re.compile(r"[ai]|o(?!ne\b)|e(?!u)|u(?!ni(?![mn])|g(?!l)|[ks])|hones|hour", re.IGNORECASE)
_ARTICLE = re.compile(rf"\ba (?={_VOWEL.pattern})", re.IGNORECASE)
_SPACES_BEFORE_MARKS = re.compile(r"\s+(?=[.,;:?!])")
_MARKS_TOGETHER = re.compile(r",(?=[.,;:?!])")
_FIRST_LETTER = re.compile(r"(?:^|(?<=[.?!] ))[a-zé]")


def fix_spelling(sentence: Sentence) -> Sentence:
    """Replace "a" by "an" before vowels, and remove redundant punctuation.

    A comma before another punctuation mark is removed, and the full stop of "Inc." also ends the sentence.
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


def capitalize_first(sentence: Sentence) -> Sentence:
    """Capitalize the first word, after any quotation mark."""
    first = next((i for i, (word, _) in enumerate(sentence) if word[0].isalnum()), 0)
    word, tag = sentence[first]
    return [*sentence[:first], (word[0].upper() + word[1:], tag), *sentence[first + 1 :]]


def capitalize_all(sentence: Sentence) -> Sentence:
    """Write all words except abbreviations in capitals, as in headlines."""
    return [(word if word.endswith(".") else word.upper(), tag) for word, tag in sentence]


def fix_text_spelling(text: str) -> str:
    """Replace "a" by "an" before vowels, and remove redundant spaces and commas."""
    text = " ".join(text.split())
    text = _MARKS_TOGETHER.sub("", _SPACES_BEFORE_MARKS.sub("", text))
    return _ARTICLE.sub(lambda article: f"{article[0][0]}n ", text)


def capitalize_sentences(text: str) -> str:
    """Capitalize the first word of each sentence."""
    return _FIRST_LETTER.sub(lambda letter: letter[0].upper(), text)
