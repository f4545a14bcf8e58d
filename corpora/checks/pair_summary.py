"""What a corpus of pairs holds, counted in one pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.records import Origin, SentencePair


class SideSummary:
    """Counts texts of one side as they pass by.

    Attributes:
        characters: How many they have together.
        empty: How many are empty or blank.
        lengths: How many have each length, in words, which blanks part.
    """

    def __init__(self) -> None:
        self.characters = 0
        self.empty = 0
        self.lengths = Lengths()

    def add(self, text: str) -> int:
        """Count a text; returns its length in words."""
        words = len(text.split())
        self.characters += len(text)
        self.empty += not words
        self.lengths[words] += 1
        return words


@dataclass(frozen=True, slots=True)
class WidestRatio:
    """The lengths of the pair whose sides differ most, in words.

    Attributes:
        source: The source's.
        target: The target's.
        origin: Where the pair stood.
    """

    source: int
    target: int
    origin: Origin | None = None

    @property
    def ratio(self) -> float:
        """How many times as long the longer side is."""
        return max(self.source, self.target) / min(self.source, self.target)


class PairSummary:
    """Counts pairs as they pass by; of each it remembers a number, to know it again.

    Attributes:
        records: How many there were.
        repeated: How many of them had been there before.
        source: What the sources are like.
        target: What the targets are like.
        widest: The pair whose sides differ most in length; None as long as none has words on both sides.
    """

    def __init__(self) -> None:
        self.records = 0
        self.repeated = 0
        self.source = SideSummary()
        self.target = SideSummary()
        self.widest: WidestRatio | None = None
        self._seen: set[int] = set()

    def add(self, pair: SentencePair) -> None:
        """Count a pair."""
        self.records += 1
        known = len(self._seen)
        self._seen.add(hash((pair.source, pair.target)))
        self.repeated += len(self._seen) == known
        lengths = self.source.add(pair.source), self.target.add(pair.target)
        if all(lengths):
            ratio = WidestRatio(*lengths, pair.origin)
            if self.widest is None or ratio.ratio > self.widest.ratio:
                self.widest = ratio

    def counting(self, pairs: Iterable[SentencePair]) -> Iterator[SentencePair]:
        """Count pairs on their way to somebody else."""
        for pair in pairs:
            self.add(pair)
            yield pair
