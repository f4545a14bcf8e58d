"""Scores for tags of single words, such as parts of speech."""

from collections import Counter
from collections.abc import Container, Sequence
from typing import Any

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average


class TagScores:
    """Count correct and wrong tags, one sentence at a time. Memory depends only on the number of tags.

    Args:
        known: The words in the training data. None omits the accuracy on seen and unseen words.

    Example:
        >>> scores = TagScores()
        >>> scores.add(["Birds", "fly"], ["NOUN", "VERB"], ["NOUN", "NOUN"])
        >>> scores.accuracy
        0.5
    """

    def __init__(self, known: Container[str] | None = None) -> None:
        self._known = known
        self._pairs: Counter[LabelPair] = Counter()
        self._words = {"seen": [0, 0], "unseen": [0, 0]}
        self.sentences = 0

    def add(self, words: Sequence[str], gold: Sequence[str], predicted: Sequence[str]) -> None:
        """Add one sentence.

        Args:
            words: The words of the sentence.
            gold: The gold tag of each word.
            predicted: The predicted tag of each word.

        Raises:
            ValueError: The arguments differ in length.
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
        """Counts per tag that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def accuracy(self) -> float:
        """Fraction of tokens with the correct tag."""
        return _share(sum(n for (a, b), n in self._pairs.items() if a == b), self._pairs.total())

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of gold and predicted tags."""
        return Confusion.from_tags(self._pairs)

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as JSON values under their standard names."""
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
