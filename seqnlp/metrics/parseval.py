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
from itertools import accumulate, zip_longest

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.tally import Tally, label_tallies, tally_table
from seqnlp.trees.constituents import Constituents
from seqnlp.types import JsonObject

PUNCTUATION = frozenset({",", ":", "``", "''", "."})
TOPS = frozenset({"TOP", "ROOT", "S1"})
_SAME = {"PRT": "ADVP"}

_Bracket = tuple[str, int, int]


class ParsevalScores(Scores):
    """Count correct, missed and spurious constituents, and correct parts of speech of words."""

    summary = ("f1", "sentences")

    def __init__(self) -> None:
        self._exact = 0
        self._labelled = Tally()
        self._pairs: Counter[LabelPair] = Counter()
        self._words = 0
        self._tags = 0
        self.sentences = 0
        self.unlabelled = Tally()

    def add(self, gold: Constituents, predicted: Constituents) -> None:
        """Add one sentence.

        Args:
            gold: The gold constituents.
            predicted: The predicted constituents of the same words.
        """
        scored = [tag not in PUNCTUATION for tag in gold.tags]
        gold_brackets, brackets = _brackets(gold, scored), _brackets(predicted, scored)
        correct = (gold_brackets & brackets).total()
        same_bounds = (_bounds(gold_brackets) & _bounds(brackets)).total()
        self.sentences += 1
        self._exact += gold_brackets == brackets
        self._labelled.add(gold_brackets.total(), brackets.total(), correct)
        self.unlabelled.add(gold_brackets.total(), brackets.total(), same_bounds)
        self._count_labels(gold_brackets, brackets)
        self._words += sum(scored)
        tags = zip(gold.tags, predicted.tags, scored, strict=True)
        self._tags += sum(gold_tag == tag for gold_tag, tag, counts in tags if counts)

    def _count_labels(self, gold: Counter[_Bracket], predicted: Counter[_Bracket]) -> None:
        """Pair gold and predicted labels of constituents over the same words, in sorted order."""
        for (label, _, _), number in (gold & predicted).items():
            self._pairs[label, label] += number
        missed, spurious = _by_bounds(gold - predicted), _by_bounds(predicted - gold)
        for bounds in missed.keys() | spurious.keys():
            self._pairs.update(zip_longest(missed.get(bounds, []), spurious.get(bounds, [])))

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of constituents over the same words."""
        return Confusion.from_spans(self._pairs)

    @property
    def precision(self) -> float:
        """Precision of labelled constituents."""
        return self._labelled.precision

    @property
    def recall(self) -> float:
        """Recall of labelled constituents."""
        return self._labelled.recall

    @property
    def f1(self) -> float:
        """F1 of labelled constituents."""
        return self._labelled.f1

    @property
    def exact(self) -> float:
        """Fraction of sentences whose predicted constituents equal the gold constituents."""
        return self._exact / self.sentences if self.sentences else 0.0

    @property
    def accuracy(self) -> float:
        """Fraction of words with the correct part of speech."""
        return self._tags / self._words if self._words else 0.0

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values. `accuracy` is the accuracy of the parts of speech."""
        return {
            "f1": self.f1,
            "precision": self.precision,
            "recall": self.recall,
            "unlabelled": _ratios(self.unlabelled),
            "exact": self.exact,
            "accuracy": self.accuracy,
            "sentences": self.sentences,
            "support": self._labelled.gold,
            "labels": {label: tally.to_dict() for label, tally in self.labels.items()},
        }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return a table with a row per label and one for all labels, and a line about all sentences."""
        return (
            tally_table(self.labels, {"all": self._labelled}),
            f"{self.sentences:,} sentences, {self.exact:.1%} exact; unlabelled F1 {self.unlabelled.f1:.4f}; "
            f"parts of speech {self.accuracy:.4f}",
        )


def _brackets(sentence: Constituents, scored: list[bool]) -> Counter[_Bracket]:
    before = [0, *accumulate(map(int, scored))]
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


def _ratios(tally: Tally) -> dict[str, float]:
    return {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1}
