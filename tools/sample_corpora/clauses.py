"""What a sentence says, before it is said in English or in German."""

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, str]
"""The same in English and in German."""


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun with what belongs to it, or a pronoun.

    Attributes:
        subject: In English, as a subject.
        object: In English, as an object.
        german: In German, by case: `nominative`, `accusative`, `dative`.
        person: I, you, he, we or they, from 0 to 4.
        definite: Whether it is known what is meant.
        pronoun: Whether it is one.
    """

    subject: str
    object: str
    german: Mapping[str, str]
    person: int
    definite: bool
    pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of both languages.

    Attributes:
        english: Present, past, participle.
        infinitive: In German, without its particle.
        particle: The German particle; empty where there is none.
        participle: In German.
        auxiliary: `haben` or `sein`.
        third: The German third person.
    """

    english: tuple[str, str, str]
    infinitive: str
    particle: str
    participle: str
    auxiliary: str
    third: str


@dataclass(frozen=True, slots=True)
class Clause:
    """Who does what.

    Attributes:
        subject: Who.
        verb: What is done; None for being.
        tense: `present`, `past`, `perfect`, `future`, `modal`.
        modal: The English modal verb, where the tense is that.
        objects: The case of each object and the object, as English orders them.
        complement: What someone is, or the direction: what stands last.
        place: Where.
        time: When.
        adverb: What stands beside the verb in English: how often.
        negated: Whether "not" and "nicht" stand in it; "no" and "kein" are in its objects.
    """

    subject: NounPhrase
    verb: Verb | None
    tense: str
    modal: str = ""
    objects: tuple[tuple[str, NounPhrase], ...] = ()
    complement: Words = ("", "")
    place: Words = ("", "")
    time: Words = ("", "")
    adverb: Words = ("", "")
    negated: tuple[bool, bool] = (False, False)
