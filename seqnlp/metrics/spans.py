"""Scores of labelled spans: entities, chunks."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import Any

from seqnlp.metrics.confusion import Confusion, LabelPair
from seqnlp.metrics.tally import Tally, label_tallies, macro_average
from seqnlp.records import Span, TaggedSentence
from seqnlp.text.schemes import to_spans

LENGTHS = ((1, 10), (11, 20), (21, 40), (41, None))
"""The classes of sentence length in words, both ends included."""


def surface(span: Span, words: Sequence[str]) -> tuple[str, str]:
    """Return what a span says, its words joined by blanks, and its label."""
    return " ".join(words[span.start : span.end]), span.label


def known_surfaces(sentences: Iterable[TaggedSentence], scheme: str) -> frozenset[tuple[str, str]]:
    """Collect the surface and label of every span of a corpus, for `SpanScores` to tell seen from unseen.

    Args:
        sentences: The training sentences.
        scheme: The scheme of their tags, one of `seqnlp.text.schemes.SCHEMES`.

    Returns:
        Pairs of surface and label.
    """
    return frozenset(
        surface(span, sentence.words) for sentence in sentences for span in to_spans(sentence.tags, scheme)
    )


class SpanScores:
    """Counts spans right, missed and spurious, one sentence at a time.

    A span is right if its extent and its label are. The numbers equal those of the `conlleval` script of the
    CoNLL shared tasks and of `seqeval` in its default mode, also on predicted tags that break their scheme.

    Seen and unseen: a span, gold or predicted, is seen if its words carried its label somewhere in training.
    A right span is on the same side in gold and in prediction, so the two parts add up to the whole and each
    has a precision, a recall and an F1 of its own. A wrong one may be on either side: where `New York City`
    was seen and only `New York`, never seen, is predicted, the miss counts against the seen part and the
    spurious span against the unseen.

    Memory depends on the number of labels only.

    Args:
        scheme: The scheme of all tags added, one of `seqnlp.text.schemes.SCHEMES` except `plain`.
        known: Which pairs of surface and label training had, such as `known_surfaces` gives; None leaves that
            breakdown out.
    """

    def __init__(self, scheme: str, known: Container[tuple[str, str]] | None = None) -> None:
        if scheme == "plain":
            raise ValueError("plain tags write no spans; TagScores counts them")
        self._scheme = scheme
        self._known = known
        self._pairs: Counter[LabelPair] = Counter()
        self._parts = {"seen": Tally(), "unseen": Tally()}
        self._lengths = [Tally() for _ in LENGTHS]
        self._tokens = 0
        self._right_tokens = 0
        self.sentences = 0

    def add(self, words: Sequence[str], gold: Sequence[str], predicted: Sequence[str]) -> None:
        """Count one sentence.

        Args:
            words: Its words.
            gold: The true tag of each word.
            predicted: The predicted tag of each word.

        Raises:
            ValueError: The three differ in length, or a tag is malformed.
        """
        self._right_tokens += sum(a == b for _, a, b in zip(words, gold, predicted, strict=True))
        self._tokens += len(gold)
        self.sentences += 1
        gold_spans = to_spans(gold, self._scheme)
        predicted_spans = to_spans(predicted, self._scheme)
        right = set(gold_spans).intersection(predicted_spans)

        length = self._lengths[_length_class(len(gold))]
        length.gold += len(gold_spans)
        length.predicted += len(predicted_spans)
        length.correct += len(right)
        self._count_labels(gold_spans, predicted_spans)
        for span in gold_spans:
            self._part(span, words).gold += 1
        for span in predicted_spans:
            part = self._part(span, words)
            part.predicted += 1
            part.correct += span in right

    def _count_labels(self, gold: list[Span], predicted: list[Span]) -> None:
        unmatched = {(span.start, span.end): span.label for span in predicted}
        for span in gold:
            self._pairs[span.label, unmatched.pop((span.start, span.end), None)] += 1
        for label in unmatched.values():
            self._pairs[None, label] += 1

    def _part(self, span: Span, words: Sequence[str]) -> Tally:
        known = self._known is not None and surface(span, words) in self._known
        return self._parts["seen" if known else "unseen"]

    @property
    def labels(self) -> dict[str, Tally]:
        """The tally of each label that gold or prediction has, in sorted order."""
        return label_tallies(self._pairs)

    @property
    def micro(self) -> Tally:
        """The tally of all spans, whatever their label."""
        labels = self.labels.values()
        return Tally(
            gold=sum(tally.gold for tally in labels),
            predicted=sum(tally.predicted for tally in labels),
            correct=sum(tally.correct for tally in labels),
        )

    @property
    def f1(self) -> float:
        """The micro-averaged F1, the number that a tagger is compared by."""
        return self.micro.f1

    @property
    def accuracy(self) -> float:
        """The share of tokens whose tag is right, `O` included; it depends on the scheme."""
        return self._right_tokens / self._tokens if self._tokens else 0.0

    @property
    def confusion(self) -> Confusion:
        """Which label was predicted for which on the same extent; and what was missed or spurious."""
        return Confusion.from_spans(self._pairs)

    @property
    def breakdowns(self) -> dict[str, dict[str, Tally]]:
        """`by_novelty` (`seen`, `unseen`) where training is known, and `by_length` (`1-10` words, …)."""
        lengths = {
            f"{low}-{high}" if high else f"{low}+": tally
            for (low, high), tally in zip(LENGTHS, self._lengths, strict=True)
        }
        novelty = {} if self._known is None else {"by_novelty": self._parts}
        return {**novelty, "by_length": lengths}

    def to_dict(self) -> dict[str, Any]:
        """Return all scores in the field's names, ready for JSON."""
        labels = self.labels
        return {
            **self.micro.to_dict(),
            "accuracy": self.accuracy,
            "sentences": self.sentences,
            "tokens": self._tokens,
            "macro": macro_average(list(labels.values())),
            "labels": {label: tally.to_dict() for label, tally in labels.items()},
            **{
                name: {part: tally.to_dict() for part, tally in parts.items()}
                for name, parts in self.breakdowns.items()
            },
        }


def _length_class(words: int) -> int:
    return next(place for place, (_, high) in enumerate(LENGTHS) if high is None or words <= high)
