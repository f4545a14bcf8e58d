"""Scores for labelled spans, such as entities and chunks."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.metrics.tally import Tally, label_tallies, macro_average, tally_table, total
from seqnlp.records import Span, TaggedSentence
from seqnlp.text.schemes import to_spans
from seqnlp.types import JsonObject

LENGTHS = ((1, 10), (11, 20), (21, 40), (41, None))
"""Ranges of sentence length in words. Both ends are inclusive."""


def surface(span: Span, words: Sequence[str]) -> tuple[str, str]:
    """Return the words of a span, joined by spaces, and its label."""
    return " ".join(words[span.start : span.end]), span.label


def known_surfaces(sentences: Iterable[TaggedSentence], scheme: str) -> frozenset[tuple[str, str]]:
    """Collect the surface and label of every span in a corpus, as the `known` argument of `SpanScores`.

    Args:
        sentences: The training sentences.
        scheme: The tagging scheme of the sentences, one of `seqnlp.text.schemes.SCHEMES`.

    Returns:
        Pairs of surface and label.
    """
    return frozenset(
        surface(span, sentence.words) for sentence in sentences for span in to_spans(sentence.tags, scheme)
    )


class SpanScores(Scores):
    """Count correct, missed and spurious spans, one sentence at a time.

    A span is correct if its boundaries and its label are correct. The numbers equal those of the `conlleval`
    script of the CoNLL shared tasks and of `seqeval` in its default mode, even if predicted tags violate
    their tagging scheme.

    A gold or predicted span is "seen" if its words had the same label somewhere in the training data. A
    correct span belongs to the same group in gold and prediction, so the two groups add up to the total, and
    each has its own precision, recall and F1. The spans of one error may belong to different groups: if the
    gold span `New York City` is seen and the predicted span `New York` is unseen, the missed span counts in
    the seen group and the spurious span in the unseen group.

    Memory depends only on the number of labels.

    Args:
        scheme: The tagging scheme, one of `seqnlp.text.schemes.SCHEMES` except `plain`.
        known: The pairs of surface and label in the training data, as `known_surfaces` returns them. None
            omits the scores for seen and unseen spans.

    Example:
        >>> scores = SpanScores("bio")
        >>> scores.add(["Ada", "sleeps"], ["B-PER", "O"], ["B-PER", "O"])
        >>> scores.f1
        1.0
    """

    summary = ("f1", "sentences")

    def __init__(self, scheme: str, known: Container[tuple[str, str]] | None = None) -> None:
        if scheme == "plain":
            raise ValueError("plain tags have no spans; use TagScores instead")
        self._scheme = scheme
        self._known = known
        self._pairs: Counter[LabelPair] = Counter()
        self._novelty = {"seen": Tally(), "unseen": Tally()}
        self._lengths = [Tally() for _ in LENGTHS]
        self._correct_tokens = 0
        self.sentences = 0
        self.tokens = 0

    def add(self, words: Sequence[str], gold: Sequence[str], predicted: Sequence[str]) -> None:
        """Add one sentence.

        Args:
            words: The words of the sentence.
            gold: The gold tag of each word.
            predicted: The predicted tag of each word.

        Raises:
            ValueError: The arguments differ in length, or a tag is malformed.
        """
        self._correct_tokens += sum(a == b for _, a, b in zip(words, gold, predicted, strict=True))
        self.tokens += len(gold)
        self.sentences += 1
        gold_spans = to_spans(gold, self._scheme)
        predicted_spans = to_spans(predicted, self._scheme)
        correct = set(gold_spans).intersection(predicted_spans)

        self._lengths[_length_class(len(gold))].add(len(gold_spans), len(predicted_spans), len(correct))
        self._count_labels(gold_spans, predicted_spans)
        for span in gold_spans:
            self._novelty_of(span, words).add(1, 0, 0)
        for span in predicted_spans:
            self._novelty_of(span, words).add(0, 1, span in correct)

    def _count_labels(self, gold: list[Span], predicted: list[Span]) -> None:
        unmatched = {(span.start, span.end): span.label for span in predicted}
        for span in gold:
            self._pairs[span.label, unmatched.pop((span.start, span.end), None)] += 1
        for label in unmatched.values():
            self._pairs[None, label] += 1

    def _novelty_of(self, span: Span, words: Sequence[str]) -> Tally:
        known = self._known is not None and surface(span, words) in self._known
        return self._novelty["seen" if known else "unseen"]

    @property
    def labels(self) -> dict[str, Tally]:
        """Counts per label that occurs in gold or predictions, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def micro(self) -> Tally:
        """Counts over the spans of all labels."""
        return total(self.labels.values())

    @property
    def precision(self) -> float:
        """Micro-averaged precision."""
        return self.micro.precision

    @property
    def recall(self) -> float:
        """Micro-averaged recall."""
        return self.micro.recall

    @property
    def f1(self) -> float:
        """Micro-averaged F1, the standard score for taggers."""
        return self.micro.f1

    @property
    def accuracy(self) -> float:
        """Fraction of tokens with the correct tag, including `O`. It depends on the tagging scheme."""
        return self._correct_tokens / self.tokens if self.tokens else 0.0

    @property
    def confusion(self) -> Confusion:
        """Confusion matrix of spans with the same boundaries, with missed and spurious spans."""
        return Confusion.from_spans(self._pairs)

    @property
    def breakdowns(self) -> dict[str, dict[str, Tally]]:
        """Counts `by_length` (`1-10` words, …) and, if `known` was given, `by_novelty` (`seen`, `unseen`)."""
        lengths = {
            f"{low}-{high}" if high else f"{low}+": tally
            for (low, high), tally in zip(LENGTHS, self._lengths, strict=True)
        }
        novelty = {} if self._known is None else {"by_novelty": self._novelty}
        return {**novelty, "by_length": lengths}

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values under their standard names."""
        labels = self.labels
        return {
            **self.micro.to_dict(),
            "accuracy": self.accuracy,
            "sentences": self.sentences,
            "tokens": self.tokens,
            "macro": macro_average(labels.values()),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
            **{
                name: {group: tally.to_dict() for group, tally in groups.items()}
                for name, groups in self.breakdowns.items()
            },
        }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return a table with rows for labels, all labels and breakdowns, and a line about all sentences."""
        return (
            tally_table(self.labels, {"all": self.micro}, *self.breakdowns.values()),
            f"{self.sentences:,} sentences, {self.tokens:,} tokens, token accuracy {self.accuracy:.4f}",
        )


def _length_class(words: int) -> int:
    return next(place for place, (_, high) in enumerate(LENGTHS) if high is None or words <= high)
