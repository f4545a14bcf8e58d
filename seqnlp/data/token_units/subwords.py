"""Subwords as the tokens of a language model."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

from seqnlp.data.token_units.token_unit import END_ENTRY, TokenUnit
from seqnlp.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from seqnlp.text.tokenizers.exact import ExactSubwords


class SubwordUnit(TokenUnit):
    """Subwords, which preserve a text exactly (see `ExactSubwords`)."""

    name = "subwords"
    noun = "subwords"
    max_size = 4000
    dimension = 256
    tied = True

    @classmethod
    def learn(cls, texts: Iterable[str], min_count: int = 1, max_size: int | None = None) -> Self:
        """Learn the subwords of texts.

        Args:
            texts: The training texts.
            min_count: Minimum count of a character. Others are unknown.
            max_size: Maximum number of subwords; None for the default.

        Raises:
            ConfigError: `max_size` is too small.
        """
        from seqnlp.text.subword_learning import learn_exact

        size = cls.max_size if max_size is None else max_size
        return cls(Vocabulary([END_ENTRY, *learn_exact(texts, size, min_count)]))

    def extend(self, texts: Iterable[str], min_count: int, max_size: int) -> Self:
        """Return the same subwords: new ones would split known words in another way."""
        return self

    @cached_property
    def _subwords(self) -> "ExactSubwords":
        from seqnlp.text.tokenizers.exact import ExactSubwords

        return ExactSubwords(self.vocabulary.entries[1:])

    def split(self, text: str, before: str = "") -> Sequence[str]:
        """Return the characters of each subword. A subword after a single space begins with it."""
        return self._subwords.split(text, before)

    def encode(self, text: str, before: str = "") -> list[int]:
        """Return the ids of a text."""
        return self._subwords.encode(text, before)

    def decode(self, ids: Sequence[int], before: str = "") -> str:
        """Return the text of ids. A subword that starts a word after another is preceded by a space."""
        return self._subwords.decode(ids, before)

    def continues(self, before: str) -> bool:
        """Return whether a text ends with a known character that is no white space."""
        return self._subwords.continues(before)
