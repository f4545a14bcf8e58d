"""The parsing sample: English sentences with their trees."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from seqnlp.records import ParseTree, Span
from seqnlp.trees.brackets import write_tree
from tools.sample_corpora.drafts import drop_repeated
from tools.sample_corpora.grammar import alternatives
from tools.sample_corpora.tables import drop_held_back, read_table, split_list

SIZES = {"train": 1600, "dev": 200, "test": 200}
SEED = 20261121

_LONGEST = 45


class TreeGrammar:
    """Grow random trees.

    The name of a symbol up to the first full stop is the label of its node. A symbol that begins with `@` has
    no node of its own.

    Args:
        rules: The expansions of each symbol: other symbols, separated by spaces.
        words: The words of each part of speech.
        rng: The random generator.
    """

    def __init__(
        self, rules: Mapping[str, Sequence[str]], words: Mapping[str, Sequence[str]], rng: random.Random
    ) -> None:
        self._rules = rules
        self._words = words
        self._rng = rng

    def grow(self, symbol: str) -> ParseTree:
        """Grow a tree.

        Raises:
            KeyError: The grammar lacks a symbol of a rule.
        """
        words: list[str] = []
        spans: list[Span] = []
        self._grow(symbol, words, spans)
        return ParseTree(tuple(words), tuple(spans))

    def _grow(self, symbol: str, words: list[str], spans: list[Span]) -> None:
        place, start = len(spans), len(words)
        if symbol in self._words:
            words.append(self._rng.choice(self._words[symbol]))
        else:
            for child in self._rng.choice(self._rules[symbol]).split():
                self._grow(child, words, spans)
        if not symbol.startswith("@"):
            spans.insert(place, Span(symbol.split(".")[0] or symbol, start, len(words)))


def compose() -> dict[str, list[ParseTree]]:
    """Compose the corpus. No sentence occurs twice.

    Returns:
        The trees of each split.
    """
    table = read_table("trees.grammar")
    rules = {symbol: alternatives(text) for symbol, text in table["rules"].items()}
    kinds = alternatives(table["sentences"]["TOP"])
    words = {symbol: split_list(text) for symbol, text in table["words"].items()}
    known = {symbol: drop_held_back(each) for symbol, each in words.items()}
    seen: set[str] = set()
    corpus = {}
    for split, size in SIZES.items():
        rng = random.Random(f"{SEED} {split}")
        grammar = TreeGrammar(rules, known if split == "train" else words, rng)
        drafts = drop_repeated(seen, lambda tree: " ".join(tree.words), _drafts(grammar, kinds, rng))
        corpus[split] = [next(drafts) for _ in range(size)]
    return corpus


def compose_files() -> Iterator[tuple[str, str]]:
    """Compose the corpus as files.

    Yields:
        Name and content of each file: one tree per line.
    """
    for split, trees in compose().items():
        yield f"trees.{split}.mrg", "".join(f"{write_tree(tree)}\n" for tree in trees)


def _drafts(grammar: TreeGrammar, kinds: Sequence[str], rng: random.Random) -> Iterator[ParseTree]:
    while True:
        tree = grammar.grow(rng.choice(kinds))
        if len(tree.words) <= _LONGEST:
            yield ParseTree(_spell(tree.words), tree.spans)


def _spell(words: Sequence[str]) -> tuple[str, ...]:
    """Replace "a" by "an" before vowels, and capitalize the first word."""
    before = [("a", "an")[before == "a" and word[0] in "aeiou"] for before, word in pairwise((*words, "."))]
    spelt = [article if word == "a" else word for article, word in zip(before, words, strict=True)]
    begins = next(place for place, word in enumerate(spelt) if word != "``")
    spelt[begins] = spelt[begins][0].upper() + spelt[begins][1:]
    return tuple(spelt)
