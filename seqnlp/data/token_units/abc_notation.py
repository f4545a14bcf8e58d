"""The tokens of ABC notation as the tokens of a language model."""

from collections import Counter
from collections.abc import Iterable, Sequence

from seqnlp.data.token_units.counted_unit import CountedUnit


class AbcUnit(CountedUnit):
    """The tokens of ABC notation, which preserve a text exactly.

    A token that is not in the vocabulary is spelled by its characters.
    """

    name = "abc"
    noun = "ABC tokens"
    min_count = 2

    @staticmethod
    def find_tokens(text: str) -> Sequence[str]:
        """Return the tokens of ABC notation."""
        from seqnlp.text.abc_notation import split_abc

        return split_abc(text)

    @classmethod
    def count(cls, texts: Iterable[str], min_count: int) -> Counter[str]:
        """Return the count of each token of texts, and of the characters that spell the rare ones."""
        from seqnlp.text.spelling import add_spelling

        counts = super().count(texts, min_count)
        add_spelling(counts, min_count)
        return counts

    def split(self, text: str, before: str = "") -> Sequence[str]:
        """Return the tokens of a text. Those that the vocabulary does not contain are spelled."""
        from seqnlp.text.spelling import spell

        return spell(self.find_tokens(text), self.vocabulary)
