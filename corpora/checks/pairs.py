"""Summaries of pairs."""

from dataclasses import dataclass

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.records import Origin, SentencePair
from seqnlp.types import JsonObject


class Side:
    """Count the texts of one side.

    Attributes:
        characters: The number of characters.
        empty: The number of texts that are empty or blank.
        lengths: The number of texts by length, in words between white space.
    """

    def __init__(self) -> None:
        self.characters = 0
        self.empty = 0
        self.lengths = Lengths()

    def add(self, text: str) -> int:
        """Count a text, and return its length in words."""
        words = len(text.split())
        self.characters += len(text)
        self.empty += not words
        self.lengths[words] += 1
        return words


@dataclass(frozen=True, slots=True)
class LengthRatio:
    """The lengths of the two texts of a pair, in words.

    Attributes:
        source: The length of the source, at least 1.
        target: The length of the target, at least 1.
        origin: The file and line of the pair.
    """

    source: int
    target: int
    origin: Origin | None = None

    @property
    def ratio(self) -> float:
        """The longer length divided by the shorter one."""
        return max(self.source, self.target) / min(self.source, self.target)

    def figures(self) -> JsonObject:
        """Return ratio, lengths and line as JSON values."""
        return {
            "ratio": round(self.ratio, 2),
            "source": self.source,
            "target": self.target,
            "line": self.origin and self.origin.line,
        }


class PairSummary(Summary[SentencePair]):
    """Count pairs. A hash of each pair is stored to find repeated pairs.

    Attributes:
        repeated: The number of pairs that occurred before.
        source: Counts of the sources.
        target: Counts of the targets.
        widest: The pair with the highest length ratio; None if no pair has words on both sides.
    """

    def __init__(self) -> None:
        super().__init__()
        self.repeated = 0
        self.source = Side()
        self.target = Side()
        self.widest: LengthRatio | None = None
        self._seen: set[int] = set()

    def add(self, record: SentencePair) -> None:
        """Count a pair."""
        self.records += 1
        known = len(self._seen)
        self._seen.add(hash((record.source, record.target)))
        self.repeated += len(self._seen) == known
        lengths = self.source.add(record.source), self.target.add(record.target)
        if all(lengths):
            ratio = LengthRatio(*lengths, record.origin)
            if self.widest is None or ratio.ratio > self.widest.ratio:
                self.widest = ratio

    @staticmethod
    def show(record: SentencePair) -> str:
        """Return both sides."""
        return f"{record.source}  ->  {record.target}"

    @property
    def figures(self) -> JsonObject:
        """Sizes, repeated pairs, empty texts, lengths, and the highest length ratio as JSON values."""
        sides = {"source": self.source, "target": self.target}
        return {
            "pairs": self.records,
            "repeated": self.repeated,
            "empty": {name: side.empty for name, side in sides.items()},
            "characters": {name: side.characters for name, side in sides.items()},
            "lengths": {name: side.lengths.figures() for name, side in sides.items()},
            "widest_ratio": self.widest and self.widest.figures(),
        }
