"""Mutations: valid bytes, texts and JSON values made almost valid."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

Choice = TypeVar("Choice")

ODD_TEXTS = (
    "",
    " ",
    "\t",
    "\n",
    "\r",
    "\x00",
    "\x1b[31m",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "\u202e",
    "\ud800",
    "é",
    "e\u0301",
    "👩‍👩‍👧",
    "İ",
    "ﬁ",
    '"',
    "'",
    "(",
    ")",
    "-LRB-",
    "\\",
    "#",
    "-DOCSTART-",
    "B-",
    "-",
    "_",
    "{",
    "nan",
    "x" * 5000,
)
"""Texts that readers tend to get wrong."""

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    -1,
    0,
    1,
    2**31,
    2**63,
    10**30,
    0.5,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    ["a", "a"],
    {"": None},
    *ODD_TEXTS,
)
"""JSON values of every type, at the edges of their ranges."""


def pick(random: Random, choices: Mapping[str, Choice]) -> tuple[str, Choice]:
    """Return a name and its value. The choice does not depend on the order of the names."""
    name = random.choice(sorted(choices))
    return name, choices[name]


def mutate_bytes(random: Random, content: bytes, times: int = 3) -> bytes:
    """Return bytes with up to `times` changes: flipped, removed, repeated, inserted, or cut at the end."""
    found = bytearray(content)
    for _ in range(random.randint(1, times)):
        start = random.randrange(len(found) + 1)
        end = min(len(found), start + random.choice((1, 1, 2, 8, 100)))
        _BYTE_CHANGES[random.randrange(len(_BYTE_CHANGES))](random, found, start, end)
    return bytes(found)


def _flip(random: Random, content: bytearray, start: int, end: int) -> None:
    for place in range(start, end):
        content[place] ^= 1 << random.randrange(8)


def _remove(random: Random, content: bytearray, start: int, end: int) -> None:
    del content[start:end]


def _repeat(random: Random, content: bytearray, start: int, end: int) -> None:
    content[start:start] = content[start:end] * random.choice((1, 1, 100))


def _insert(random: Random, content: bytearray, start: int, end: int) -> None:
    content[start:start] = random.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")


def _cut(random: Random, content: bytearray, start: int, end: int) -> None:
    if random.random() < 0.2:
        del content[start:]


_BYTE_CHANGES: Sequence[Callable[[Random, bytearray, int, int], None]] = (
    _flip,
    _remove,
    _repeat,
    _insert,
    _cut,
)


def mutate_text(random: Random, text: str) -> str:
    """Return a text with up to three changes at random places, which are odd texts or removed ranges."""
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice((0, 0, 1, 10)))
        text = text[:start] + random.choice(ODD_TEXTS) + text[end:]
    return text


def mutate_json(random: Random, value: Any) -> Any:
    """Return a copy of a JSON value in which one value is replaced, removed, repeated or renamed."""
    changed = copy.deepcopy(value)
    places = list(_places(changed))
    if not places:
        return random.choice(ODD_VALUES)
    # Short lists and objects are as likely as the many entries of a vocabulary.
    container = random.choice([container for container, _ in {id(c): (c, k) for c, k in places}.values()])
    key = random.choice([key for other, key in places if other is container])
    _JSON_CHANGES[random.randrange(len(_JSON_CHANGES))](random, container, key)
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each list and object inside a value with each of its keys."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, key
            yield from _places(inner)


def _replace_value(random: Random, container: Any, key: Any) -> None:
    container[key] = random.choice(ODD_VALUES)


def _change_a_little(random: Random, container: Any, key: Any) -> None:
    value = container[key]
    if isinstance(value, str):
        container[key] = mutate_text(random, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        container[key] = value + random.choice((-1, 1, 0.5, 1000))
    else:
        container[key] = [value]


def _delete(random: Random, container: Any, key: Any) -> None:
    del container[key]


def _add(random: Random, container: Any, key: Any) -> None:
    if isinstance(container, list):
        container.insert(key, random.choice(ODD_VALUES))
    else:
        container[random.choice(ODD_TEXTS)] = container[key]


def _swap(random: Random, container: Any, key: Any) -> None:
    other = random.choice(list(container) if isinstance(container, dict) else range(len(container)))
    container[key], container[other] = container[other], container[key]


_JSON_CHANGES: Sequence[Callable[[Random, Any, Any], None]] = (
    _replace_value,
    _replace_value,
    _change_a_little,
    _delete,
    _add,
    _swap,
)


def mutate_json_text(random: Random, text: str) -> str:
    """Return the text of a JSON value with a change of the value, or of the text itself."""
    if random.random() < 0.2:
        return mutate_text(random, text)
    return json.dumps(mutate_json(random, json.loads(text)))
