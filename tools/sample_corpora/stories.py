"""The language model sample: short stories, letters, diaries, recipes, riddles and sayings."""

import random
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from tools.sample_corpora.drafts import drop_repeated
from tools.sample_corpora.grammar import Grammar, alternatives, deal
from tools.sample_corpora.orthography import capitalize_sentences, fix_text_spelling
from tools.sample_corpora.tables import drop_held_back, read_table, split_list

SIZES = {"train": 200_000, "dev": 20_000, "test": 20_000}
"""The number of characters of each split. The last text may exceed it."""
SEED = 20261202

_FORMS = {
    "he": {"he": "he", "him": "him", "his": "his"},
    "she": {"he": "she", "him": "her", "his": "her"},
    "they": {"he": "they", "him": "them", "his": "their"},
}
_ONE = {"was": "was", "i": "I", "me": "me", "my": "my", "am": "am"}
_MANY = {"was": "were", "i": "we", "me": "us", "my": "our", "am": "are"}
_SHARE_OF_GROUPS = 0.2
_SHARE_OF_NAMES = 0.3

_SPEECH = re.compile(r'(?:^|(?<=[.?!:] ))"[a-z]', re.MULTILINE)
_MARKED = re.compile(r'\^("?)([a-z])')

Rules = dict[str, list[str]]
"""The expansions of each symbol."""


class Composer:
    """Compose texts.

    Args:
        split: `train`, `dev` or `test`. Some words do not occur in training.
        rng: The random generator.
    """

    def __init__(self, split: str, rng: random.Random) -> None:
        frames, words = read_table("stories.frames"), read_table("stories.words")
        self._rng = rng
        self._riddles: dict[str, str] = frames["riddles"]
        self._kinds = deal(alternatives(frames["texts"]["kinds"]), rng)
        self._names = {pronoun: _known(text, split) for pronoun, text in words["names"].items()}
        self._dealt_names = {pronoun: deal(names, rng) for pronoun, names in self._names.items()}
        self._cast = [
            (pronoun, noun)
            for kind in ("people", "animals")
            for pronoun, text in words[kind].items()
            for noun in _known(text, split)
        ]
        self._rules: Rules = {symbol: alternatives(text) for symbol, text in frames["rules"].items()}
        self._rules |= _word_rules(words, split)

    def compose(self) -> str:
        """Compose a text of one or more lines."""
        bound = self._bind_cast() | self._bind_riddle() | self._bind_words()
        rules = self._rules | {symbol: [text] for symbol, text in bound.items()}
        return _spell(Grammar(rules, {}, self._rng).expand(next(self._kinds)))

    def _bind_cast(self) -> dict[str, str]:
        """Choose the hero and the guest, and three other names."""
        hero, guest = self._rng.sample(self._cast, 2)
        names = [name for each in self._names.values() for name in each]
        one, other, third = self._rng.sample(names, 3)
        return {
            **self._bind_figure("hero", "", *hero),
            **self._bind_figure("guest", "g_", *guest),
            "one_name": one,
            "other_name": other,
            "third_name": third,
        }

    def _bind_figure(self, role: str, prefix: str, pronoun: str, noun: str) -> dict[str, str]:
        one, many = noun.split(": ")
        trait = self._rng.choice(self._rules["trait"])
        if self._rng.random() < _SHARE_OF_GROUPS:
            number = self._rng.choice(self._rules["number"][:4])
            first, later, forms = f"{number} {trait} {many}", f"the {many}", _FORMS["they"] | _MANY
        elif self._rng.random() < _SHARE_OF_NAMES:
            later = next(self._dealt_names[pronoun])
            first, forms = f"a {trait} {one} named {later}", _FORMS[pronoun] | _ONE
        else:
            first, later, forms = f"a {trait} {one}", f"the {one}", _FORMS[pronoun] | _ONE
        return {
            f"a_{role}": first,
            role: later,
            **{f"{prefix}{symbol}": form for symbol, form in forms.items()},
        }

    def _bind_words(self) -> dict[str, str]:
        kinds = ("thing", "place", "house", "reward", "stuff")
        bound = {f"bound_{kind}": self._rng.choice(self._rules[kind]) for kind in kinds}
        food, foods = self._rng.choice(list(zip(self._rules["food"], self._rules["foods"], strict=True)))
        days = self._rules["weekday"]
        day = self._rng.randrange(len(days))
        return {
            **bound,
            "bound_food": food,
            "bound_foods": foods,
            "a_thing": f"a {bound['bound_thing']}",
            "the_food": f"the {food}",
            "a_food": f"a {food}",
            "today": days[day],
            "tomorrow": days[(day + 1) % len(days)],
        }

    def _bind_riddle(self) -> dict[str, str]:
        answer = self._rng.choice(list(self._riddles))
        has, does = (split_list(text) for text in self._riddles[answer].split(" | "))
        act = self._rng.choice(does)
        return {
            "answer": answer,
            "clue_has": self._rng.choice(has),
            "clue_lacks": act,
            "clue_lacks_third": re.sub(r"never (\w+)", lambda verb: f"never {_third(verb[1])}", act),
        }


def compose() -> dict[str, list[str]]:
    """Compose the corpus. No text occurs twice.

    Returns:
        The texts of each split.
    """
    seen: set[str] = set()
    corpus = {}
    for split, size in SIZES.items():
        composer = Composer(split, random.Random(f"{SEED} {split}"))
        drafts = drop_repeated(seen, str, (composer.compose() for _ in count()))
        corpus[split] = list(_take(drafts, size))
    return corpus


def compose_files() -> Iterator[tuple[str, str]]:
    """Compose the corpus as files.

    Yields:
        Name and content of each file: the texts, with an empty line between two of them.
    """
    for split, texts in compose().items():
        yield f"stories.{split}.txt", "".join(f"{text}\n\n" for text in texts)[:-1]


def _take(drafts: Iterator[str], size: int) -> Iterator[str]:
    taken = 0
    while taken < size:
        draft = next(drafts)
        taken += len(draft)
        yield draft


def _word_rules(words: Mapping[str, Any], split: str) -> Rules:
    """Return the rules of single words: `thing` and `things` for a list with plurals."""
    lists = {kind: _known(text, split) for kind, text in words["lists"].items()}
    for kind, (one, many) in {"people": ("person", "people"), "animals": ("animal", "animals")}.items():
        nouns = [noun for text in words[kind].values() for noun in _known(text, split)]
        lists |= {one: [noun.split(": ")[0] for noun in nouns], many: [noun.split(": ")[1] for noun in nouns]}
    for kind in ("thing", "food"):
        pairs = [noun.split(": ") for noun in lists[kind]]
        lists |= {kind: [one for one, _ in pairs], f"{kind}s": [many for _, many in pairs]}
    return lists


def _known(text: str, split: str) -> list[str]:
    words = split_list(text)
    return drop_held_back(words) if split == "train" else words


def _third(verb: str) -> str:
    return f"{verb}es" if verb.endswith(("sh", "ch", "s", "x")) else f"{verb}s"


def _spell(draft: str) -> str:
    """Write the lines of a draft, with articles and capitals."""
    lines = [capitalize_sentences(fix_text_spelling(line)) for line in draft.split("//")]
    text = _SPEECH.sub(lambda start: start[0].upper(), "\n".join(lines))
    return _MARKED.sub(lambda start: start[1] + start[2].upper(), text).replace("^", "")
