"""German: inflection of nouns, adjectives and verbs, and the word order of clauses."""

import re

from tools.sample_corpora.clauses import Clause, Verb
from tools.sample_corpora.tables import read_table, split_list

CASES = ("nominative", "accusative", "dative")
PLURAL = 3
"""The column of the plural in the tables of endings, after the three genders."""

_WORDS = read_table("phrases.words")
_BE_PRESENT, _BE_PAST, _ = (forms.split() for forms in split_list(_WORDS["be"]["german"]))
_ADJECTIVES_AFTER = {"definite": "weak", "strong": "weak", "possessive": "mixed", "plain": "strong"}
_INDEFINITE_STRONG = ("viel", "einig")
_E_IN_IMPERATIVE = re.compile(r"(er|dank|folg)$")
_E_BEFORE_T = re.compile(r"(t|d|ffn|chn)$")


def noun_phrase(
    determiner: tuple[str, str], adjective: str, noun: str, gender: int, case: str, oblique: str = ""
) -> str:
    """Inflect a noun phrase.

    Args:
        determiner: A determiner without its ending (`-` for none) and its kind of inflection.
        adjective: An adjective, or an empty string.
        noun: The noun, in singular or plural.
        gender: Masculine, feminine or neuter, from 0; or `PLURAL`.
        case: One of `CASES`.
        oblique: The accusative and dative singular, if it differs from the nominative.
    """
    stem, kind = determiner
    words = [] if stem == "-" else [stem + _ending(kind, case, gender)]
    if adjective:
        after = "strong" if stem in _INDEFINITE_STRONG else _ADJECTIVES_AFTER[kind]
        words.append(adjective.removesuffix("e") + _ending(after, case, gender))
    if gender == PLURAL and case == "dative" and noun[-1] not in "ns":
        noun += "n"
    elif gender != PLURAL and case != "nominative":
        noun = oblique or noun
    return " ".join([*words, noun])


def third_person(infinitive: str) -> str:
    """Return the third person singular of a regular verb."""
    stem = _stem(infinitive)
    return stem + ("et" if _E_BEFORE_T.search(stem) else "t")


def statement(clause: Clause, front: str = "") -> str:
    """Write a clause as a statement, with the finite verb in second position.

    Args:
        clause: The clause.
        front: The phrase before the verb; by default the subject.
    """
    if front:
        return f"{front} {question(clause)}"
    finite, end = _verb(clause)
    return _join(clause.subject.german["nominative"], finite, _pronouns(clause), _middle(clause), *end)


def question(clause: Clause) -> str:
    """Write a clause as a yes-no question, with the finite verb first.

    A dative pronoun precedes a subject that is a noun: "Hilft dir der Mann?"
    """
    finite, end = _verb(clause)
    first = [clause.subject.german["nominative"], _pronouns(clause)]
    if not clause.subject.pronoun and clause.objects and clause.objects[0][0] == "dative":
        first.reverse()
    return _join(finite, *first, _middle(clause), *end)


def subordinate(clause: Clause) -> str:
    """Write a subordinate clause: the finite verb comes last, joined with its particle."""
    finite, end = _verb(clause)
    if clause.verb and end == (clause.verb.particle,):
        finite, end = clause.verb.particle + finite, ()
    return _join(clause.subject.german["nominative"], _pronouns(clause), _middle(clause), *end, finite)


def imperative(clause: Clause) -> str:
    """Write a clause as a request to somebody addressed as "du"."""
    if clause.verb is None:
        raise ValueError("a clause without a verb has no imperative")
    verb, stem = clause.verb, clause.verb.third.removesuffix("t")
    if "ä" in stem and "ä" not in verb.infinitive:
        stem = _stem(verb.infinitive)
    end = "e" if _E_IN_IMPERATIVE.search(stem) else ""
    return _join(stem + end, _pronouns(clause), _middle(clause), verb.particle)


def _verb(clause: Clause) -> tuple[str, tuple[str, ...]]:
    """Return the finite verb, and the parts of the verb at the end of the clause."""
    person, verb = clause.subject.person, clause.verb
    auxiliaries = _WORDS["auxiliaries"]
    infinitive = verb.particle + verb.infinitive if verb else "sein"
    match clause.tense:
        case "modal":
            return _WORDS["modals"][clause.modal].split()[person], (infinitive,)
        case "future":
            return auxiliaries["werden"].split()[person], (infinitive,)
        case "present" | "past" if verb is None:
            return (_BE_PRESENT if clause.tense == "present" else _BE_PAST)[person], ()
        case "past" | "perfect" if verb:
            return auxiliaries[verb.auxiliary].split()[person], (verb.participle,)
        case _ if verb:
            return _present(verb)[person], (verb.particle,) if verb.particle else ()
    raise ValueError(f"a clause without a verb has no tense {clause.tense}")


def _present(verb: Verb) -> tuple[str, ...]:
    stem = verb.third.removesuffix("t")
    second = stem + ("t" if stem[-1] in "sßz" else "st")
    return f"{_stem(verb.infinitive)}e", second, verb.third, verb.infinitive, verb.infinitive


def _pronouns(clause: Clause) -> str:
    return _join(*(each.german[case] for case, each in clause.objects if each.pronoun))


def _middle(clause: Clause) -> str:
    """Write the phrases between both parts of the verb, except pronouns. Definite phrases come first."""
    objects = [(case, each) for case, each in clause.objects if not each.pronoun]
    return _join(
        clause.time[1],
        *(each.german[case] for case, each in objects if each.definite),
        clause.adverb[1],
        "nicht" * clause.negated[1],
        clause.place[1],
        *(each.german[case] for case, each in objects if not each.definite),
        clause.complement[1],
    )


def _ending(kind: str, case: str, gender: int) -> str:
    ending: str = _WORDS["endings"][kind][case].split()[gender]
    return ending.removeprefix("-")


def _stem(infinitive: str) -> str:
    return infinitive.removesuffix("n").removesuffix("e")


def _join(*words: str) -> str:
    return " ".join(filter(None, words))
