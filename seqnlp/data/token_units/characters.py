"""Characters as the tokens of a language model."""

from seqnlp.data.token_units.counted_unit import CountedUnit


class CharacterUnit(CountedUnit):
    """Characters, which preserve a text exactly."""

    name = "characters"
    noun = "characters"

    @staticmethod
    def find_tokens(text: str) -> str:
        """Return the text itself, which is a sequence of characters."""
        return text

    def encode_word(self, word: str, first: bool) -> tuple[list[int], int, int]:
        """Return the ids of a word with the space before it, and the places of its states.

        The states are those at the spaces around the word (Akbik et al. 2018): the backward one after the
        character before it, and the forward one after the character behind it. At the ends of a sentence,
        this is the end symbol.
        """
        ids = self.encode(word if first else f" {word}")
        return ids, -1 if first else 0, len(ids)
