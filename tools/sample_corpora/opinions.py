"""Opinions about the things that people review: the grammar rules of each domain."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.sample_corpora.grammar import alternatives
from tools.sample_corpora.tables import read_table, split_list

Rules = dict[str, list[str]]
"""The expansions of each symbol."""

OPPOSITE = {"positive": "negative", "negative": "positive"}

_HAPPENED = {"positive": "praise", "negative": "complaint"}
_DID = {"positive": "praise", "negative": "blame"}
_LINES = ("visit", "fact", "question")
_LISTS = ("thing", "name", "made", "again")
_THING = "thing"

_POLAR = re.compile(r"\{(own|other)_(\w+)\}")
_OF_SUBJECT = re.compile(r"\{(noun|is|be|isnt|\w+_fit|\w+_predicate)\}")


def compose_rules(split: str) -> Iterator[Rules]:
    """Yield the rules of each domain.

    Args:
        split: `train`, `dev` or `test`. Dev and test have some words of their own.
    """
    general = _general_rules(split)
    templates, aspects = read_table("reviews.frames"), read_table("reviews.aspects")
    for domain in read_table("reviews.domains").values():
        names = split_list(domain["aspects"])
        subjects = {name: aspects[aspects[name].get("like", name)] | aspects[name] for name in names}
        thing = {"one": domain["thing"], "positive": domain["positive"], "negative": domain["negative"]}
        parts = [(name, number) for name in names for number in ("one", "many") if number in subjects[name]]
        yield {
            **general,
            **_domain_rules(domain),
            **_subject_rules({**subjects, _THING: thing}),
            **_claim_rules(templates["parts"], parts),
            **_claim_rules(templates["things"], [(_THING, "one")]),
        }


def bind_symbols(frame: str, label: str) -> str:
    """Bind the symbols of a frame to the reviewed thing, and to the label of the frame or its opposite."""
    return _with_label(_of_subject(frame, _THING, "one"), label)


def _general_rules(split: str) -> Rules:
    words = read_table("reviews.words")
    rules = {symbol: split_list(text) for symbol, text in words["lists"].items()}
    rules |= {symbol: alternatives(text) for symbol, text in words["rules"].items()}
    for source in ("shared", split):
        for label, lists in words.get(source, {}).items():
            for symbol, text in lists.items():
                rules[f"{label}_{symbol}"] = rules.get(f"{label}_{symbol}", []) + split_list(text)
    return rules


def _domain_rules(domain: Mapping[str, str]) -> Rules:
    return {
        **{symbol: split_list(domain[symbol]) for symbol in _LISTS},
        **{symbol: alternatives(domain[symbol]) for symbol in _LINES},
        **{f"{label}_deed": alternatives(domain[key]) for label, key in _HAPPENED.items()},
    }


def _subject_rules(subjects: Mapping[str, Mapping[str, str]]) -> Rules:
    """Return the nouns, adjectives (a third of them general) and predicates of each subject."""
    rules: Rules = {}
    for name, subject in subjects.items():
        for number in {"one", "many"} & subject.keys():
            rules[f"{name}_{number}"] = split_list(subject[number])
        for label, did in _DID.items():
            adjectives = split_list(subject[label])
            rules[f"{label}_{name}_fit"] = adjectives + [f"{{{label}_plain}}"] * (len(adjectives) // 2)
            if did in subject:
                rules[f"{label}_{name}_predicate"] = split_list(subject[did])
    return rules


def _claim_rules(templates: Mapping[str, Any], subjects: Sequence[tuple[str, str]]) -> Rules:
    """Return the claims about the subjects, each of which is a name and a number."""
    rules = {
        symbol: [_of_subject(line, *subject) for subject in subjects for line in alternatives(text)]
        for kind in ("polar", "neutral")
        for symbol, text in templates[kind].items()
    }
    return {symbol: rules[symbol] for symbol in templates["neutral"]} | {
        f"{label}_{symbol}": [_with_label(line, label) for line in rules[symbol]]
        for symbol in templates["polar"]
        for label in OPPOSITE
    }


def _of_subject(text: str, name: str, number: str) -> str:
    def named(symbol: re.Match[str]) -> str:
        label, _, kind = symbol[1].rpartition("_")
        if kind == "noun":
            return f"{{{name}_{number}}}"
        return f"{{{label}_{name}_{kind}}}" if label else f"{{{kind}_{number}}}"

    return _OF_SUBJECT.sub(named, text)


def _with_label(text: str, label: str) -> str:
    labels = {"own": label, "other": OPPOSITE.get(label)}
    return _POLAR.sub(lambda symbol: f"{{{labels[symbol[1]]}_{symbol[2]}}}", text)
