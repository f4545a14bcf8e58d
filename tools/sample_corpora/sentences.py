"""English and German sentences, composed of clauses."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tools.sample_corpora import english, german
from tools.sample_corpora.clauses import Clause, NounPhrase, Words
from tools.sample_corpora.lexicon import (
    HEARER,
    MASS,
    OTHERS,
    PEOPLE,
    SPEAKER,
    SPEAKERS,
    Lexicon,
    split_languages,
)
from tools.sample_corpora.orthography import fix_text_spelling
from tools.sample_corpora.tables import split_list

Frame = tuple[str, str, str]
"""A mood, a tense and a kind of clause."""


class Composer:
    """Compose pairs of sentences.

    Args:
        words: The table of words.
        rng: The random generator.
    """

    def __init__(self, words: Mapping[str, Any], rng: random.Random) -> None:
        self._words = words
        self._rng = rng
        self._lexicon = Lexicon(words, rng)
        self._moods: dict[str, Callable[[str, str], Words]] = {
            "statement": self._statement,
            "fronted": self._fronted,
            "negated": self._negated,
            "question": self._question,
            "asked": self._asked,
            "who": self._who,
            "because": self._because,
            "that": self._that,
            "condition": self._condition,
            "but": self._but,
            "imperative": self._imperative,
            "pronoun": self._pronoun,
        }

    def compose(self, frame: Frame) -> Words:
        """Compose a sentence in both languages.

        Args:
            frame: The frame of the sentence.
        """
        mood, tense, kind = frame
        return _finish(*self._moods[mood](tense, kind))

    def _statement(self, tense: str, kind: str) -> Words:
        clause = self._clause(tense, kind)
        return f"{english.statement(clause)} .", f"{german.statement(clause)} ."

    def _fronted(self, tense: str, kind: str) -> Words:
        clause = self._clause(tense, kind, adverbs=False)
        time = self._lexicon.phrase(tense)
        return f"{time[0]} {english.statement(clause)} .", f"{german.statement(clause, time[1])} ."

    def _negated(self, tense: str, kind: str) -> Words:
        clause = self._clause(tense, kind, adverbs=False, negated=True)
        if self._rng.random() < 0.3:
            clause = replace(
                clause, time=self._lexicon.phrase("not_present" if tense == "present" else tense)
            )
        return f"{english.statement(clause)} .", f"{german.statement(clause)} ."

    def _question(self, tense: str, kind: str) -> Words:
        clause = self._clause(tense, kind)
        return f"{english.question(clause)} ?", f"{german.question(clause)} ?"

    def _asked(self, tense: str, kind: str) -> Words:
        clause = self._clause(tense, kind, adverbs=False)
        word = self._lexicon.phrase("questions", "clauses")
        return f"{word[0]} {english.question(clause)} ?", f"{german.statement(clause, word[1])} ?"

    def _who(self, tense: str, kind: str) -> Words:
        clause = replace(self._clause(tense, kind), subject=self._lexicon.pronoun("who"))
        return f"{english.statement(clause)} ?", f"{german.statement(clause)} ?"

    def _because(self, tense: str, kind: str) -> Words:
        one, other = self._rng.choice(split_list(self._words["be"]["moods"])).split()
        mood = Clause(self._subject(), None, tense, complement=(one, other))
        reason = self._clause(tense, kind)
        return (
            f"{english.statement(mood)} because {english.statement(reason)} .",
            f"{german.statement(mood)} , weil {german.subordinate(reason)} .",
        )

    def _that(self, tense: str, kind: str) -> Words:
        who, clause = self._lexicon.phrase("that", "clauses"), self._clause(tense, kind)
        return (
            f"{who[0]} that {english.statement(clause)} .",
            f"{who[1]} , dass {german.subordinate(clause)} .",
        )

    def _condition(self, tense: str, kind: str) -> Words:
        condition = self._lexicon.phrase("conditions", "clauses")
        clause = self._clause(tense, kind, adverbs=False)
        return (
            f"{condition[0]} , {english.statement(clause)} .",
            f"{german.statement(clause, f'{condition[1]} ,')} .",
        )

    def _but(self, tense: str, kind: str) -> Words:
        one = self._clause(tense, "intransitive", adverbs=False)
        other = self._clause(tense, kind, adverbs=False)
        return (
            f"{english.statement(one)} , but {english.statement(other)} .",
            f"{german.statement(one)} , aber {german.statement(other)} .",
        )

    def _imperative(self, tense: str, kind: str) -> Words:
        hearer = self._lexicon.pronoun("hearer")
        clause = self._clause(tense, kind, adverbs=False, subject=hearer, willed=True)
        please = self._rng.random() < 0.4
        clause = replace(clause, time=("", "bitte" * please), place=("", ""))
        asked = english.statement(clause, imperative=True)
        return f"{'please ' * please}{asked} !", f"{german.imperative(clause)} !"

    def _pronoun(self, tense: str, kind: str) -> Words:
        section = self._rng.choice([each for each in self._words[kind] if "counted" in each])
        noun_class = self._rng.choice([each for each in split_list(section["objects"]) if each not in PEOPLE])
        thing, gender = self._lexicon.noun_phrase(noun_class, ("the", "d", "definite"), plain=True)
        being = Clause(thing, None, "present", complement=self._lexicon.adjective(noun_class))
        name = "others" if gender == german.PLURAL else ("male", "female", "thing")[gender]
        it = replace(self._lexicon.pronoun(name), object="them" if name == "others" else "it")
        clause = replace(self._clause(tense, kind, section=section), objects=(("accusative", it),))
        return (
            f"{english.statement(being)} . {english.statement(clause)} .",
            f"{german.statement(being)} . {german.statement(clause)} .",
        )

    def _clause(
        self,
        tense: str,
        kind: str,
        adverbs: bool = True,
        negated: bool = False,
        subject: NounPhrase | None = None,
        willed: bool = False,
        section: Mapping[str, Any] | None = None,
    ) -> Clause:
        subject = subject or self._subject()
        if kind == "be":
            clause = Clause(subject, None, tense, complement=self._being(), negated=(negated, negated))
        else:
            section = section or self._rng.choice(self._words[kind])
            verb = self._lexicon.verb(section, willed or tense == "modal")
            modal = self._rng.choice(list(self._words["modals"])) if tense == "modal" else ""
            if negated and modal == "must":
                modal = "can"
            objects, negation = self._objects(section, kind, subject, negated)
            direction = ("", "")
            if kind == "motion":
                direction = split_languages(self._rng.choice(split_list(section["directions"])))
            clause = Clause(subject, verb, tense, modal, objects, direction, negated=negation)
            if "places" in section and not negated and self._rng.random() < 0.3:
                clause = replace(clause, place=self._lexicon.phrase(section["places"]))
        return self._with_adverbs(clause) if adverbs else clause

    def _with_adverbs(self, clause: Clause) -> Clause:
        kind = self._rng.random()
        often = {"present": "often", "perfect": "already"}.get(clause.tense)
        if often and kind < 0.3:
            return replace(clause, adverb=self._lexicon.phrase(often))
        if clause.tense != "perfect" and kind > 0.7:
            return replace(clause, time=self._lexicon.phrase(clause.tense))
        return clause

    def _being(self) -> Words:
        """Choose a state or a place."""
        if self._rng.random() < 0.4:
            return self._lexicon.phrase("anywhere")
        english_state, german_state = self._rng.choice(split_list(self._words["be"]["states"])).split()
        return english_state, german_state

    def _objects(
        self, section: Mapping[str, Any], kind: str, subject: NounPhrase, negated: bool
    ) -> tuple[tuple[tuple[str, NounPhrase], ...], tuple[bool, bool]]:
        """Choose the objects, and return whether the clause needs "not" and "nicht"."""
        negation = (negated, negated)
        if "objects" not in section:
            return (), negation
        noun_class = self._rng.choice(split_list(section["objects"]))
        case = "dative" if kind == "dative" else "accusative"
        counted = "counted" in section
        if negated and kind == "transitive" and noun_class != "family" and self._rng.random() < 0.6:
            thing, negated_verb = self._nothing(noun_class)
            negation = (negated_verb, False)
        elif noun_class in PEOPLE and self._rng.random() < 0.3:
            thing = self._object_pronoun(subject)
        else:
            thing = self._object(noun_class, counted, definite=negated)
        objects: tuple[tuple[str, NounPhrase], ...] = ((case, thing),)
        if "recipients" in section:
            recipients = self._rng.choice(split_list(section["recipients"]))
            pronoun = self._rng.random() < 0.3
            to = self._object_pronoun(subject) if pronoun else self._object(recipients, False, negated)
            objects = (("dative", to), *objects)
        return objects, negation

    def _object(self, noun_class: str, counted: bool, definite: bool) -> NounPhrase:
        return self._lexicon.noun_phrase(noun_class, counted=counted, definite=definite)[0]

    def _nothing(self, noun_class: str) -> tuple[NounPhrase, bool]:
        """Choose a negated object: "no apple", or "an apple" with "not"; "kein Apfel" in both cases.

        Returns:
            The object, and whether the English clause needs "not".
        """
        negated = self._rng.random() < 0.5
        thing, _ = self._lexicon.noun_phrase(noun_class, ("no", "kein", "possessive"))
        if negated:
            article = "any" if thing.person == OTHERS or noun_class in MASS else "a"
            thing = replace(thing, object=thing.object.replace("no ", f"{article} ", 1))
        return replace(thing, definite=False), negated

    def _subject(self) -> NounPhrase:
        kind = self._rng.random()
        if kind < 0.4:
            names = [name for name in self._words["pronouns"] if name not in ("who", "thing")]
            return self._lexicon.pronoun(self._rng.choice(names))
        noun_class = "family" if kind < 0.55 else "people" if kind < 0.75 else "acquaintances"
        return self._lexicon.noun_phrase(noun_class)[0]

    def _object_pronoun(self, subject: NounPhrase) -> NounPhrase:
        """Choose a pronoun that does not refer to the subject or to a group with the subject."""
        names = {"speaker", "hearer", "male", "female", "speakers", "others"}
        if subject.person in (SPEAKER, SPEAKERS):
            names -= {"speaker", "speakers"}
        elif subject.person == HEARER:
            names -= {"hearer"}
        return self._lexicon.pronoun(self._rng.choice(sorted(names)))


def _finish(one: str, other: str) -> Words:
    return _capitalize_sentences(fix_text_spelling(one)), _capitalize_sentences(fix_text_spelling(other))


def _capitalize_sentences(text: str) -> str:
    return re.sub(r"(?:^|(?<=[.] ))\w", lambda first: first[0].upper(), text)
