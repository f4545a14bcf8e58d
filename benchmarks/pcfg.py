"""A probabilistic context-free grammar, the baseline for parsers.

NLTK provides the grammar: trees in Chomsky normal form with Markov annotation, whose orders are selected on
dev, and relative frequencies of rules (`induce_pcfg`). Words that occur once in training stand for unknown
words of the same shape. The best tree is found by CKY over arrays, because NLTK's chart parser is slow and
cannot parse unknown words.
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
"""Horizontal and vertical Markov orders (NLTK's `horzMarkov` and `vertMarkov`)."""

_NOTHING = -1e30
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pcfg:
    """A grammar as arrays.

    Attributes:
        symbols: The names of the symbols by number; the first is `TOP`.
        rules: int [rules, 3]: the parent and the two children of each rule, sorted by the parent.
        weights: float32 [rules], log probabilities of the rules.
        words: The symbols of each word and their log probabilities.
        known: The words that are not replaced by their shapes.
    """

    symbols: Sequence[str]
    rules: NDArray[np.int64]
    weights: Floats
    words: Mapping[str, tuple[NDArray[np.int64], Floats]]
    known: frozenset[str]

    @classmethod
    def learn(cls, sentences: Sequence[Constituents], horizontal: int, vertical: int) -> "Pcfg":
        """Count the rules of a treebank.

        Args:
            sentences: The training sentences.
            horizontal: The horizontal Markov order: the number of sisters in a label.
            vertical: The vertical Markov order: the number of ancestors in a label.
        """
        counts = Counter(word for sentence in sentences for word in sentence.words)
        known = frozenset(word for word, count in counts.items() if count > 1)
        rules_seen = [rule for each in sentences for rule in productions(each, known, horizontal, vertical)]
        grammar = nltk.induce_pcfg(nltk.Nonterminal(TOP), rules_seen)
        symbols = {TOP: 0}
        rules: list[tuple[int, ...]] = []
        weights: list[float] = []
        words: dict[str, list[tuple[int, float]]] = {}
        for rule in grammar.productions():
            parent = symbols.setdefault(str(rule.lhs()), len(symbols))
            if rule.is_lexical():
                words.setdefault(rule.rhs()[0], []).append((parent, rule.logprob()))
            else:
                children = [symbols.setdefault(str(each), len(symbols)) for each in rule.rhs()]
                # Only TOP has a single child.
                rules.append((parent, children[0], children[1] if len(children) == 2 else -1))
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
        """Return the most probable tree of a sentence, or a flat tree if the grammar has none."""
        chart, splits, used = self._fill(words)
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
        """The numbers of the rules with two children."""
        return np.flatnonzero(self.rules[:, 2] >= 0)

    def _fill(self, words: Sequence[str]) -> tuple[Floats, NDArray[np.int16], NDArray[np.int32]]:
        """Fill the chart with log probabilities, [start, end, symbols].

        Returns:
            The chart, the best split of each rule [start, end, rules], and the best rule of each symbol.
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
        """The symbols of words with an unknown shape: all symbols of rare words."""
        symbols = np.unique(
            np.concatenate([found for word, (found, _) in self.words.items() if word[:1] == "\0"])
        )
        return symbols, np.full(len(symbols), -10, np.float32)


def productions(sentence: Constituents, known: Collection[str], horizontal: int, vertical: int) -> list[Any]:
    """Return NLTK's productions of a sentence, as `Pcfg.learn` counts them."""
    tree = nltk.Tree.fromstring(f"({TOP} {write_tree(sentence.to_tree())})")
    for place, word in zip(tree.treepositions("leaves"), sentence.words, strict=True):
        tree[place] = word if word in known else shape(word)
    tree.collapse_unary(collapsePOS=True, collapseRoot=False)
    tree.chomsky_normal_form(horzMarkov=horizontal, vertMarkov=vertical)
    found: list[Any] = tree.productions()
    return found


def shape(word: str) -> str:
    """Return the shape of an unknown word: capitals, digits, a hyphen, its ending."""
    parts = ["\0", "C" if word[:1].isupper() else "c"]
    parts += [sign for sign, has in (("#", any(map(str.isdigit, word))), ("-", "-" in word)) if has]
    return "".join([*parts, word[-2:].lower() if word.isalpha() else ""])


def f1(grammar: Pcfg, sentences: Sequence[Constituents]) -> float:
    """Return the F1 of a grammar."""
    scores = ParsevalScores()
    for sentence in sentences:
        scores.add(sentence, grammar.parse(sentence.words))
    return scores.f1


def score_grammars(splits: Mapping[str, Sequence[Constituents]]) -> Score:
    """Return the F1 of the grammar whose Markov orders are best on dev.

    Args:
        splits: The sentences of `train`, `dev` and `test`.
    """
    found = {}
    for horizontal, vertical in CONTEXTS:
        found[horizontal, vertical] = f1(Pcfg.learn(splits["train"], horizontal, vertical), splits["dev"])
    horizontal, vertical = max(found, key=found.__getitem__)
    test = f1(Pcfg.learn(splits["train"], horizontal, vertical), splits["test"])
    return Score({"horizontal": horizontal, "vertical": vertical}, found[horizontal, vertical], test)
