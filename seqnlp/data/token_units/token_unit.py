"""The base class of the units of tokens."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from seqnlp.text.vocabulary import UNKNOWN, Vocabulary

END_ENTRY = " end "
"""The entry of the end symbol. No token of any unit equals it."""


@dataclass(frozen=True)
class TokenUnit(ABC):
    """The unit into which a language model splits texts, with the tokens that the model knows.

    Attributes:
        vocabulary: The tokens of the training data; the first one is `END_ENTRY`. Other tokens are unknown.
        name: The name in settings and model files.
        noun: The plural noun for tokens in messages.
        separator: The text between two tokens of a line.
        min_count: Default minimum count of a token.
        max_size: Default maximum number of distinct tokens.
        dimension: Default size of embeddings.
        tied: Whether embeddings are also the output weights by default.

    Raises:
        ValueError: The first entry of the vocabulary is not the end symbol.
    """

    vocabulary: Vocabulary

    name: ClassVar[str]
    noun: ClassVar[str]
    separator: ClassVar[str] = ""
    min_count: ClassVar[int] = 1
    max_size: ClassVar[int] = 30_000
    dimension: ClassVar[int] = 128
    tied: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.vocabulary.entries[:1] != (END_ENTRY,):
            raise ValueError("the vocabulary of a language model needs an end symbol")

    @classmethod
    @abstractmethod
    def learn(cls, texts: Iterable[str], min_count: int = 1, max_size: int | None = None) -> Self:
        """Learn the vocabulary of texts.

        Args:
            texts: The training texts.
            min_count: Minimum count of a token.
            max_size: Maximum number of tokens without the end symbol.
        """

    @abstractmethod
    def extend(self, texts: Iterable[str], min_count: int, max_size: int) -> Self:
        """Add the tokens of further texts, if the unit allows it. The ids of old tokens do not change.

        Args:
            texts: The texts.
            min_count: Minimum count of a new token in these texts.
            max_size: Maximum number of tokens without the end symbol. Old ones are never removed.
        """

    @abstractmethod
    def split(self, text: str, before: str = "") -> Sequence[str]:
        """Return the tokens of a text.

        Args:
            text: The text.
            before: The text before it, of which only the last character matters.
        """

    def encode(self, text: str, before: str = "") -> list[int]:
        """Return the ids of a text. The arguments are those of `split`."""
        return self.vocabulary.ids(self.split(text, before))

    def encode_word(self, word: str, first: bool) -> tuple[list[int], int, int]:
        """Return the ids of a word in a sentence, and the places of the states that belong to the word.

        By default, words are encoded without the spaces between them.

        Args:
            word: The word.
            first: Whether the sentence starts with it.

        Returns:
            The ids; the place of the token whose backward state belongs to the word, and that of its forward
            state. Places count from the first of the ids.
        """
        ids = self.encode(word) or [UNKNOWN]
        return ids, 0, len(ids) - 1

    def estimate_lengths(self, words: Sequence[str]) -> list[int]:
        """Return about how many tokens each word of a sentence has, without encoding it."""
        return [len(word) + 1 for word in words]

    @abstractmethod
    def decode(self, ids: Sequence[int], before: str = "") -> str:
        """Return the text of ids without end symbols. Unknown tokens become U+FFFD.

        Args:
            ids: The ids.
            before: The text before it, of which only the last character matters.
        """

    def continues(self, before: str) -> bool:
        """Return whether a word or a subword that starts one follows a text after a space."""
        return False
