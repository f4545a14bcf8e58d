"""Scores for tags of single words, such as parts of speech."""

from collections import Counter
from collections.abc import Container, Sequence

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.tally import Tally, label_tallies, macro_average, pair_accuracy, tally_table
from seqnlp.types import JsonObject


class TagScores(Scores):
    """Count correct and incorrect tags of words. Memory depends only on the number of tags.

    Args:
        known: The words in the training data, each as a tuple `(word,)`, as in `Fingerprints`. None omits the
            accuracy on seen and unseen words.

    Example:
        >>> scores = TagScores()
        >>> scores.add(["Birds", "fly"], ["NOUN", "VERB"], ["NOUN", "NOUN"])
        >>> scores.accuracy
        0.5
    """

    summary = ("accuracy", "sentences")

    def __init__(self, known: Container[tuple[str]] | None = None) -> None:
        self._known = known
        self._novelty = {"seen": Counter[LabelPair](), "unseen": Counter[LabelPair]()}
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
        for word, gold_tag, tag in zip(words, gold, predicted, strict=True):
            self._novelty["seen" if (word,) in known else "unseen"][gold_tag, tag] += 1

    @property
    def _pairs(self) -> Counter[LabelPair]:
        return self._novelty["seen"] + self._novelty["unseen"]

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per tag that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def tokens(self) -> int:
        """Number of tokens."""
        return self._pairs.total()

    @property
    def accuracy(self) -> float:
        """Fraction of tokens with the correct tag."""
        return pair_accuracy(self._pairs)

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of gold and predicted tags."""
        return Confusion.from_tags(self._pairs)

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values under their standard names."""
        labels = self.labels
        novelty = {
            group: {"accuracy": pair_accuracy(pairs), "support": pairs.total()}
            for group, pairs in self._novelty.items()
        }
        return {
            "accuracy": self.accuracy,
            "sentences": self.sentences,
            "tokens": self.tokens,
            "macro": macro_average(labels.values()),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
            **({} if self._known is None else {"by_novelty": novelty}),
        }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return a table with one row per tag, one of seen and unseen words, and a line about all tokens."""
        novelty = tuple(
            (group, f"{row['accuracy']:.4f}", f"{row['support']:,}")
            for group, row in figures.get("by_novelty", {}).items()
        )
        return (
            tally_table(self.labels),
            *([Table(("words", "accuracy", "support"), novelty)] if novelty else ()),
            f"{self.sentences:,} sentences, {self.tokens:,} tokens, token accuracy {self.accuracy:.4f}",
        )
