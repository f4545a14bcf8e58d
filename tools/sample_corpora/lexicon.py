"""The lexicon of the translation sample: words that fit together, in both languages."""

import random
import re
from collections.abc import Mapping
from typing import Any

from tools.sample_corpora import german
from tools.sample_corpora.clauses import NounPhrase, Verb, Words
from tools.sample_corpora.grammar import alternatives
from tools.sample_corpora.tables import split_list

SPEAKER, HEARER, THIRD, SPEAKERS, OTHERS = range(5)
"""Persons: I, you, he, we, they."""

PEOPLE = ("people", "acquaintances", "family")
MASS = ("food", "drinks")

_PERSONS = {"speaker": SPEAKER, "hearer": HEARER, "speakers": SPEAKERS, "others": OTHERS}
_GENDERS = ("der", "die", "das")


class Lexicon:
    """Choose words at random.

    Args:
        words: The table of words.
        rng: The random generator.
    """

    def __init__(self, words: Mapping[str, Any], rng: random.Random) -> None:
        self.words = words
        self._rng = rng
        self._unwilled = set(split_list(words["unwilled"]["verbs"]))

    def pronoun(self, name: str) -> NounPhrase:
        """Return a pronoun by its name in the table."""
        subject, as_object, *forms = re.split(r",\s*", self.words["pronouns"][name])
        return NounPhrase(
            subject,
            as_object,
            dict(zip(german.CASES, forms, strict=True)),
            _PERSONS.get(name, THIRD),
            definite=True,
            pronoun=True,
        )

    def noun_phrase(
        self,
        noun_class: str,
        determiner: tuple[str, str, str] | None = None,
        counted: bool = False,
        definite: bool = False,
        plain: bool = False,
    ) -> tuple[NounPhrase, int]:
        """Choose a noun with determiner and adjective.

        Args:
            noun_class: The class of the noun.
            determiner: English determiner, German determiner without its ending, and its kind of inflection.
                None to choose one.
            counted: Whether the determiner may be a number.
            definite: Whether the phrase must be definite.
            plain: Whether the noun has no adjective.

        Returns:
            The phrase, and its German gender or the column of the plural.
        """
        one, many, article_and_noun, *rest = re.split(
            r",\s*", self._rng.choice(alternatives(self.words["nouns"][noun_class]))
        )
        article, noun = article_and_noun.split()
        plural = bool(many) and self._rng.random() < 0.35
        gender = german.PLURAL if plural else _GENDERS.index(article)
        if determiner is None:
            determiner = self._determiner(noun_class, plural, counted, definite)
        adjective = ("", "")
        if not plain and self._rng.random() < 0.4:
            adjective = self.adjective(noun_class)
        spelt = determiner[0].removeprefix("-"), adjective[0], many if plural else one
        text = " ".join(filter(None, spelt))
        forms = {
            case: german.noun_phrase(
                determiner[1:],
                adjective[1],
                rest[0] if plural else noun,
                gender,
                case,
                rest[1] if len(rest) > 1 else "",
            )
            for case in german.CASES
        }
        known = determiner[0] not in split_list(self.words["determiners"]["indefinite"])
        return NounPhrase(text, text, forms, OTHERS if plural else THIRD, known), gender

    def _determiner(
        self, noun_class: str, plural: bool, counted: bool, definite: bool
    ) -> tuple[str, str, str]:
        kind = "many" if plural else "one"
        if noun_class == "family":
            kind = "family"
        elif noun_class in MASS:
            kind = "mass"
        elif noun_class == "people":
            kind = f"people_{kind}"
        elif plural and counted and not definite and self._rng.random() < 0.4:
            kind = "counted"
        indefinite = split_list(self.words["determiners"]["indefinite"])
        lines = alternatives("\n".join(split_list(self.words["determiners"][kind])))
        if definite:
            lines = [line for line in lines if line.split()[0] not in indefinite]
        word, stem, inflected = self._rng.choice(lines).split()
        return word, stem, inflected

    def adjective(self, noun_class: str) -> Words:
        """Choose an adjective for a class of nouns."""
        one, other = self._rng.choice(split_list(self.words["adjectives"][noun_class])).split()
        return one, other

    def verb(self, section: Mapping[str, Any], willed: bool) -> Verb:
        """Choose a verb.

        Args:
            section: A table of verbs.
            willed: Whether the verb must have an imperative and modal verbs.
        """
        lines = alternatives(section["verbs"])
        able = [line for line in lines if line.split(",")[0] not in self._unwilled]
        first, second = self._rng.choice(able if willed and able else lines).split(" | ")
        forms = split_list(first)
        infinitive, participle, *third = split_list(second)
        particle, _, verb = infinitive.rpartition("-")
        auxiliary = "sein" if participle.startswith("ist ") else "haben"
        return Verb(
            (forms[0], forms[1], forms[-1]),
            verb,
            particle,
            participle.removeprefix("ist "),
            auxiliary,
            third[0] if third else german.third_person(verb),
        )

    def phrase(self, kind: str, table: str = "adverbs") -> Words:
        """Choose an adverb or another fixed phrase."""
        return split_languages(self._rng.choice(split_list(self.words[table][kind])))


def split_languages(text: str) -> Words:
    """Split a phrase into English and German."""
    one, other = text.split(": ")
    return one, other
