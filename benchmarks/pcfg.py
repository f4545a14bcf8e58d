"""A probabilistic context-free grammar, which every parser has to beat.

The grammar is NLTK's: its trees in Chomsky normal form, with as much of the context in the labels as does
best on dev, and the relative frequencies of its rules (`induce_pcfg`). Words that training has once stand for
unknown ones of their shape. The best tree is found by CKY over arrays here: NLTK's own chart parser goes from
rule to rule, and is told of every word beforehand.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import nltk
import numpy as np
from numpy.typing import NDArray

from benchmarks.score import Score
from seqnlp.metrics.parseval import ParsevalScores
from seqnlp.trees.brackets import parse_tree, write_tree
from seqnlp.trees.constituents import Constituents

TOP = "TOP"
CONTEXTS = tuple(product((0, 1, 2), (0, 1)))
"""How many sisters, and how many nodes above, a label is told of (NLTK's `horzMarkov` and `vertMarkov`)."""

_NOTHING = -1e30
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pcfg:
    """A grammar, as arrays.

    Attributes:
        symbols: The names of its symbols, by number; the first is `TOP`.
        rules: int [rules, 3]: the symbol above and the two below it, sorted by the one above.
        weights: float32 [rules], log probabilities.
        words: By word the symbols that it may have, and their log probabilities.
        known: The words that stand for themselves.
    """

    symbols: Sequence[str]
    rules: NDArray[np.int64]
    weights: Floats
    words: Mapping[str, tuple[NDArray[np.int64], Floats]]
    known: frozenset[str]

    @classmethod
    def induced(cls, sentences: Sequence[Constituents], sisters: int, above: int) -> "Pcfg":
        """Count the rules of a treebank.

        Args:
            sentences: The training sentences.
            sisters: How many sisters a label is told of.
            above: How many nodes above.
        """
        counts = Counter(word for sentence in sentences for word in sentence.words)
        known = frozenset(word for word, count in counts.items() if count > 1)
        rules_seen = [rule for each in sentences for rule in productions(each, known, sisters, above)]
        grammar = nltk.induce_pcfg(nltk.Nonterminal(TOP), rules_seen)
        symbols = {TOP: 0}
        rules: list[tuple[int, ...]] = []
        weights: list[float] = []
        words: dict[str, list[tuple[int, float]]] = {}
        for rule in grammar.productions():
            above_it = symbols.setdefault(str(rule.lhs()), len(symbols))
            if rule.is_lexical():
                words.setdefault(rule.rhs()[0], []).append((above_it, rule.logprob()))
            else:
                below = [symbols.setdefault(str(each), len(symbols)) for each in rule.rhs()]
                # One below is all there is under TOP; nothing stands beside it.
                rules.append((above_it, below[0], below[1] if len(below) == 2 else -1))
                weights.append(rule.logprob())
        order = np.lexsort(np.array(rules).T[::-1])
        return cls(
            list(symbols),
            np.array(rules)[order],
            np.array(weights, np.float32)[order],
            {
                word: (np.array([s for s, _ in each]), np.array([w for _, w in each], np.float32))
                for word, each in words.items()
            },
            known,
        )

    def parse(self, words: Sequence[str]) -> Constituents:
        """The most probable tree of a sentence; a flat one where the grammar has none."""
        chart, splits, used = self._filled(words)
        whole = chart[0, len(words)]
        tops = np.flatnonzero((self.rules[:, 0] == 0) & (self.rules[:, 2] < 0))
        totals = self.weights[tops] + whole[self.rules[tops, 1]]
        best = int(totals.argmax())
        if totals[best] <= _NOTHING / 2:
            return Constituents(tuple(words), ("NN",) * len(words), {(0, len(words)): ("S",)})

        def tree(symbol: int, start: int, end: int) -> Any:
            name = self.symbols[symbol]
            if end == start + 1:
                return nltk.Tree(name, [f"w{start}"])
            rule = used[start, end, symbol]
            middle = int(splits[start, end, rule])
            _, left, right = self.rules[self._binary[rule]].tolist()
            return nltk.Tree(name, [tree(left, start, middle), tree(right, middle, end)])

        found = nltk.Tree(TOP, [tree(int(self.rules[tops[best], 1]), 0, len(words))])
        found.un_chomsky_normal_form(expandUnary=True)
        plain = Constituents.from_tree(parse_tree([(1, re.sub(r"\s+", " ", str(found[0])))]))
        return replace(plain, words=tuple(words))

    @cached_property
    def _binary(self) -> NDArray[np.int64]:
        """The rules with two symbols below."""
        return np.flatnonzero(self.rules[:, 2] >= 0)

    def _filled(self, words: Sequence[str]) -> tuple[Floats, NDArray[np.int16], NDArray[np.int32]]:
        """The chart, [start, end, symbols], of log probabilities; and how they came about.

        Behind it the best split for each rule, [start, end, rules], and the best rule for each symbol.
        """
        rules, weights = self.rules[self._binary], self.weights[self._binary]
        heads, firsts = np.unique(rules[:, 0], return_index=True)
        counts = np.diff([*firsts, len(rules)])
        count, size = len(words), len(self.symbols)
        chart = np.full((count + 1, count + 1, size), _NOTHING, np.float32)
        splits = np.zeros((count + 1, count + 1, len(rules)), np.int16)
        used = np.zeros((count + 1, count + 1, size), np.int32)
        for place, word in enumerate(words):
            symbols, logs = self.words.get(word if word in self.known else shape(word), self._any)
            chart[place, place + 1, symbols] = logs
        for length in range(2, count + 1):
            for start in range(count - length + 1):
                end = start + length
                ways = (
                    chart[start, start + 1 : end, rules[:, 1]] + chart[start + 1 : end, end][:, rules[:, 2]].T
                )
                middle = ways.argmax(axis=1)
                totals = ways[np.arange(len(rules)), middle] + weights
                best = np.maximum.reduceat(totals, firsts)
                first = np.flatnonzero(totals == np.repeat(best, counts))
                where = rules[first, 0]
                chart[start, end, heads] = best
                used[start, end, where] = first
                splits[start, end] = start + 1 + middle
        return chart, splits, used

    @cached_property
    def _any(self) -> tuple[NDArray[np.int64], Floats]:
        """What a word of a shape that training does not have may be: all that rare words may."""
        symbols = np.unique(
            np.concatenate([found for word, (found, _) in self.words.items() if word[:1] == "\0"])
        )
        return symbols, np.full(len(symbols), -10, np.float32)


def productions(sentence: Constituents, known: Collection[str], sisters: int, above: int) -> list[Any]:
    """NLTK's productions of a sentence, as `Pcfg.induced` counts them."""
    tree = nltk.Tree.fromstring(f"({TOP} {write_tree(sentence.to_tree())})")
    for place, word in zip(tree.treepositions("leaves"), sentence.words, strict=True):
        tree[place] = word if word in known else shape(word)
    tree.collapse_unary(collapsePOS=True, collapseRoot=False)
    tree.chomsky_normal_form(horzMarkov=sisters, vertMarkov=above)
    found: list[Any] = tree.productions()
    return found


def shape(word: str) -> str:
    """What an unknown word is like: capitals, digits, a hyphen, its ending."""
    parts = ["\0", "C" if word[:1].isupper() else "c"]
    parts += [sign for sign, has in (("#", any(map(str.isdigit, word))), ("-", "-" in word)) if has]
    return "".join([*parts, word[-2:].lower() if word.isalpha() else ""])


def f1(grammar: Pcfg, sentences: Sequence[Constituents]) -> float:
    """How well a grammar parses."""
    scores = ParsevalScores()
    for sentence in sentences:
        scores.add(sentence, grammar.parse(sentence.words))
    return scores.f1


def grammar_score(parts: Mapping[str, Sequence[Constituents]]) -> Score:
    """The F1 of the grammar that does best on dev.

    Args:
        parts: The sentences of `train`, `dev` and `test`.
    """
    found = {}
    for sisters, above in CONTEXTS:
        found[sisters, above] = f1(Pcfg.induced(parts["train"], sisters, above), parts["dev"])
    sisters, above = max(found, key=found.__getitem__)
    test = f1(Pcfg.induced(parts["train"], sisters, above), parts["test"])
    return Score({"sisters": sisters, "above": above}, found[sisters, above], test)
