"""Scores for constituents: PARSEVAL (Black et al. 1991), with the rules of `evalb` and its `COLLINS.prm`.

- Part-of-speech tags are not constituents.
- Words whose gold part of speech is punctuation (`,` `:` `` `` `` `''` `.`) are removed from both trees.
  Constituents that contain only punctuation are dropped. (`evalb` uses the parts of speech of each tree
  instead, and skips a sentence if the numbers of remaining words differ.)
- The root label that treebanks add to a sentence (`TOP`, `ROOT` or `S1`) is ignored.
- `PRT` and `ADVP` are treated as equal.
- Several constituents with the same words and the same label are counted separately.
- Function labels (`NP-SBJ`) are not scored. Remove traces before scoring.
- Sentences of every length are scored.
"""

from collections import Counter
from itertools import accumulate
from typing import Any

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies
from seqnlp.tasks.parsing.constituents import Constituents

PUNCTUATION = frozenset({",", ":", "``", "''", "."})
TOPS = frozenset({"TOP", "ROOT", "S1"})
_SAME = {"PRT": "ADVP"}

_Bracket = tuple[str, int, int]


class ParsevalScores:
    """Count correct, missed and spurious constituents, and correct parts of speech of words."""

    def __init__(self) -> None:
        self._sentences = 0
        self._exact = 0
        self._labelled = Tally()
        self._unlabelled = Tally()
        self._pairs: Counter[LabelPair] = Counter()
        self._words = 0
        self._tags = 0

    def add(self, gold: Constituents, predicted: Constituents) -> None:
        """Add one sentence.

        Args:
            gold: The gold constituents.
            predicted: The predicted constituents of the same words.
        """
        spoken = [tag not in PUNCTUATION for tag in gold.tags]
        true, found = _brackets(gold, spoken), _brackets(predicted, spoken)
        right = (true & found).total()
        self._sentences += 1
        self._exact += true == found
        _count(self._labelled, true.total(), found.total(), right)
        bare_true, bare_found = _bounds(true), _bounds(found)
        _count(self._unlabelled, true.total(), found.total(), (bare_true & bare_found).total())
        self._pair(true, found)
        self._words += sum(spoken)
        tags = zip(gold.tags, predicted.tags, spoken, strict=True)
        self._tags += sum(true == found for true, found, counts in tags if counts)

    def _pair(self, true: Counter[_Bracket], found: Counter[_Bracket]) -> None:
        """Pair gold and predicted labels of constituents over the same words, in sorted order."""
        for (label, _, _), number in (true & found).items():
            self._pairs[label, label] += number
        missed, spurious = _by_bounds(true - found), _by_bounds(found - true)
        for bounds in missed.keys() | spurious.keys():
            here, there = missed.get(bounds, []), spurious.get(bounds, [])
            both = min(len(here), len(there))
            self._pairs.update(zip(here[:both], there[:both], strict=True))
            self._pairs.update((label, None) for label in here[both:])
            self._pairs.update((None, label) for label in there[both:])

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of constituents over the same words."""
        return Confusion.from_spans(self._pairs)

    @property
    def f1(self) -> float:
        """F1 of labelled constituents."""
        return self._labelled.f1

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as JSON values. `accuracy` is the accuracy of the parts of speech."""
        return {
            "f1": self._labelled.f1,
            "precision": self._labelled.precision,
            "recall": self._labelled.recall,
            "unlabelled": _ratios(self._unlabelled),
            "exact": self._exact / self._sentences if self._sentences else 0.0,
            "accuracy": self._tags / self._words if self._words else 0.0,
            "sentences": self._sentences,
            "support": self._labelled.gold,
            "labels": {label: tally.to_dict() for label, tally in self.labels.items()},
        }


def _brackets(sentence: Constituents, spoken: list[bool]) -> Counter[_Bracket]:
    before = [0, *accumulate(map(int, spoken))]
    found: Counter[_Bracket] = Counter()
    for (start, end), chain in sentence.chains.items():
        if before[start] < before[end]:
            for label in chain:
                if label not in TOPS:
                    found[_SAME.get(label, label), before[start], before[end]] += 1
    return found


def _bounds(brackets: Counter[_Bracket]) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    for (_, start, end), number in brackets.items():
        found[start, end] += number
    return found


def _by_bounds(brackets: Counter[_Bracket]) -> dict[tuple[int, int], list[str]]:
    found: dict[tuple[int, int], list[str]] = {}
    for label, start, end in sorted(brackets.elements()):
        found.setdefault((start, end), []).append(label)
    return found


def _count(tally: Tally, gold: int, predicted: int, correct: int) -> None:
    tally.gold += gold
    tally.predicted += predicted
    tally.correct += correct


def _ratios(tally: Tally) -> dict[str, float]:
    return {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1}
