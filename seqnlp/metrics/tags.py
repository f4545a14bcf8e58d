"""Scores of tags that stand for themselves, such as parts of speech."""

from collections import Counter
from collections.abc import Container, Sequence
from typing import Any

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average


class TagScores:
    """Counts right and wrong tags, one sentence at a time, in memory that depends on the number of tags only.

    Args:
        known: Which words training had; None leaves the accuracy on seen and unseen words out.
    """

    def __init__(self, known: Container[str] | None = None) -> None:
        self._known = known
        self._pairs: Counter[LabelPair] = Counter()
        self._words = {"seen": [0, 0], "unseen": [0, 0]}
        self.sentences = 0

    def add(self, words: Sequence[str], gold: Sequence[str], predicted: Sequence[str]) -> None:
        """Count one sentence.

        Args:
            words: Its words.
            gold: The true tag of each word.
            predicted: The predicted tag of each word.

        Raises:
            ValueError: The three differ in length.
        """
        self.sentences += 1
        known = () if self._known is None else self._known
        for word, true, guess in zip(words, gold, predicted, strict=True):
            self._pairs[true, guess] += 1
            counts = self._words["seen" if word in known else "unseen"]
            counts[0] += 1
            counts[1] += true == guess

    @property
    def labels(self) -> dict[str, Tally]:
        """The tally of each tag that gold or prediction has, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def accuracy(self) -> float:
        """The share of tokens whose tag is right."""
        return _share(sum(n for (a, b), n in self._pairs.items() if a == b), self._pairs.total())

    @property
    def confusion(self) -> Confusion:
        """Which tag was predicted for which."""
        return Confusion.from_tags(self._pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores in the field's names, ready for JSON."""
        labels = self.labels
        novelty = {
            part: {"accuracy": _share(right, number), "support": number}
            for part, (number, right) in self._words.items()
        }
        return {
            "accuracy": self.accuracy,
            "sentences": self.sentences,
            "tokens": self._pairs.total(),
            "macro": macro_average(list(labels.values())),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
            **({} if self._known is None else {"by_novelty": novelty}),
        }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
