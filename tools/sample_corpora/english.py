"""English clauses."""

import re

from tools.sample_corpora.clauses import Clause, Verb
from tools.sample_corpora.tables import read_table, split_list

_THIRD = 2
_BE_PRESENT, _BE_PAST, _ = (
    forms.split() for forms in split_list(read_table("phrases.words")["be"]["english"])
)


_PARTICLE = re.compile(r"(.+) (along|away|back|off|on|out|up)")


def statement(clause: Clause, imperative: bool = False) -> str:
    """Write a clause as a statement: subject, verb and the rest.

    Args:
        clause: The clause.
        imperative: Whether it is a request, without a subject.
    """
    auxiliary, verb = _verb(clause)
    if clause.negated[0] and not auxiliary:
        auxiliary, verb = _with_do(clause)
    subject = "" if imperative else clause.subject.subject
    auxiliary += ("not" if auxiliary == "can" else " not") * clause.negated[0]
    return _join(subject, auxiliary, clause.adverb[0], _rest(clause, verb))


def question(clause: Clause) -> str:
    """Write a clause as a yes-no question."""
    auxiliary, verb = _verb(clause)
    if not auxiliary:
        auxiliary, verb = _with_do(clause)
    return _join(auxiliary, clause.subject.subject, clause.adverb[0], _rest(clause, verb))


def _verb(clause: Clause) -> tuple[str, str]:
    """Return the auxiliary, or an empty string, and the verb."""
    person = clause.subject.person
    base, past, participle = ("be", "", "") if clause.verb is None else clause.verb.english
    match clause.tense:
        case "future":
            return "will", base
        case "modal" if not clause.modal.endswith(" to"):
            return clause.modal, base
        case "modal":
            return "", f"{_inflect(clause.modal, person)} {base}"
        case "perfect":
            return _inflect("have", person), participle
        case "past":
            return ("", past) if clause.verb else (_BE_PAST[person], "")
        case _:
            return ("", _inflect(base, person)) if clause.verb else (_BE_PRESENT[person], "")


def _with_do(clause: Clause) -> tuple[str, str]:
    verb: Verb | None = clause.verb
    base = verb.english[0] if verb else ""
    if clause.tense == "modal":
        base = f"{clause.modal} {base}"
    return ("did" if clause.tense == "past" else _inflect("do", clause.subject.person)), base


def _inflect(base: str, person: int) -> str:
    if person != _THIRD:
        return base
    verb, _, rest = base.partition(" ")
    return _join(_third(verb), rest)


def _third(verb: str) -> str:
    if verb == "have":
        return "has"
    if re.search(r"(s|sh|ch|x|o)$", verb):
        return f"{verb}es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", verb) + "s"


def _rest(clause: Clause, verb: str) -> str:
    """Write the verb and the rest. A pronoun precedes the particle of the verb: "switch it off"."""
    words = [verb, *(each.object for _, each in clause.objects)]
    split = _PARTICLE.fullmatch(verb)
    if split and clause.objects and clause.objects[0][1].pronoun:
        words = [split[1], *words[1:], split[2]]
    return _join(*words, clause.complement[0], clause.place[0], clause.time[0])


def _join(*words: str) -> str:
    return " ".join(filter(None, words))
