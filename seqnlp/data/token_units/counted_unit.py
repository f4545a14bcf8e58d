"""The base class of units whose vocabulary consists of the most frequent tokens."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Self

from seqnlp.data.token_units.token_unit import END_ENTRY, TokenUnit
from seqnlp.text.vocabulary import UNKNOWN, Vocabulary


class CountedUnit(TokenUnit):
    """A unit whose tokens are found without a vocabulary. The most frequent ones are known."""

    @staticmethod
    @abstractmethod
    def find_tokens(text: str) -> Sequence[str]:
        """Return the tokens of a text, known or not."""

    @classmethod
    def count(cls, texts: Iterable[str], min_count: int) -> Counter[str]:
        """Return the count of each token of texts.

        Args:
            texts: The texts.
            min_count: Minimum count of a known token.
        """
        counts = Counter[str]()
        for text in texts:
            counts.update(cls.find_tokens(text))
        return counts

    @classmethod
    def learn(cls, texts: Iterable[str], min_count: int = 1, max_size: int | None = None) -> Self:
        """Learn the most frequent tokens of texts. Without `max_size`, their number has no limit."""
        frequent = Vocabulary.learn(cls.count(texts, min_count), min_count, max_size)
        return cls(Vocabulary([END_ENTRY, *frequent.entries]))

    def extend(self, texts: Iterable[str], min_count: int, max_size: int) -> Self:
        """Add the tokens of further texts, the most frequent ones first."""
        learned = self.learn(texts, min_count).vocabulary
        return replace(self, vocabulary=self.vocabulary.extend(learned.entries, max_size + 1))

    def split(self, text: str, before: str = "") -> Sequence[str]:
        """Return the tokens of a text."""
        return self.find_tokens(text)

    def decode(self, ids: Sequence[int], before: str = "") -> str:
        """Return the text of ids: the tokens, joined."""
        return "".join(self.tokens(ids))

    def tokens(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of ids; U+FFFD for unknown ones."""
        return [
            "\N{REPLACEMENT CHARACTER}" if number <= UNKNOWN else self.vocabulary.entry(number)
            for number in ids
        ]
