"""The content of a sentence, before it is written in English and in German."""

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, str]
"""The same phrase in English and in German."""


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun with determiner and adjective, or a pronoun.

    Attributes:
        subject: The English subject form.
        object: The English object form.
        german: The German forms by case: `nominative`, `accusative`, `dative`.
        person: I, you, he, we or they, from 0 to 4.
        definite: Whether the phrase is definite.
        pronoun: Whether it is a pronoun.
    """

    subject: str
    object: str
    german: Mapping[str, str]
    person: int
    definite: bool
    pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb in both languages.

    Attributes:
        english: English present, past and participle.
        infinitive: German infinitive without its particle.
        particle: German separable particle; empty if there is none.
        participle: German participle.
        auxiliary: German auxiliary of the perfect, `haben` or `sein`.
        third: German third person singular.
    """

    english: tuple[str, str, str]
    infinitive: str
    particle: str
    participle: str
    auxiliary: str
    third: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause.

    Attributes:
        subject: The subject.
        verb: The verb; None for "be".
        tense: `present`, `past`, `perfect`, `future` or `modal`.
        modal: The English modal verb, if the tense is `modal`.
        objects: The German case of each object and the object, in English order.
        complement: A predicate or a direction, at the end of the clause.
        place: An adverbial of place.
        time: An adverbial of time.
        adverb: An adverb of frequency, next to the verb in English.
        negated: Whether the clause contains "not" and "nicht"; "no" and "kein" belong to its objects.
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
