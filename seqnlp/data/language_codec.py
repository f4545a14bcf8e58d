"""Texts as ids of characters, subwords or words, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Self

from seqnlp.data.codec import Codec
from seqnlp.data.spec import read_flag
from seqnlp.data.token_units import TokenUnit, get_unit
from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.types import JsonObject

END = 2
"""The id of the symbol that ends a document, and that precedes the first token of a document."""

DIRECTIONS = {"forward": ("forward",), "backward": ("backward",), "both": ("forward", "backward")}
"""The directions in which each kind of language model reads."""


@dataclass(frozen=True)
class LanguageCodec(Codec):
    """Splits texts into tokens and numbers them.

    Attributes:
        unit: The unit of the tokens, with their vocabulary.
        lower: Whether texts are lower-cased.
        direction: The kind of the exported language model: `forward`, `backward` (which reads each document
            from its end) or `both`.

    Example:
        >>> codec = LanguageCodec.learn(["to be or not to be"], unit="words")
        >>> codec.decode(codec.encode("not to be"))
        'not to be'
    """

    unit: TokenUnit
    lower: bool
    direction: str = "forward"

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        unit: str,
        lower: bool = False,
        min_count: int = 1,
        max_size: int | None = None,
    ) -> Self:
        """Learn the vocabulary of texts.

        Args:
            texts: The training texts.
            unit: The name of the unit: `characters`, `subwords`, `words` or `abc`.
            lower: Whether to lower-case texts.
            min_count: Minimum count of a token, or of a character of subwords. Others are unknown.
            max_size: Maximum number of tokens; None for the default number of subwords, and otherwise no
                limit.

        Raises:
            ConfigError: The unit is unknown, or `max_size` is too small for subwords.
        """
        return cls(get_unit(unit).learn(_normalise(texts, lower), min_count, max_size), lower)

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ValueError(f"a language model cannot read in the direction {self.direction!r}")

    def extend(self, texts: Iterable[str], min_count: int, max_size: int) -> Self:
        """Add the tokens of further texts, if the unit allows it. The ids of old tokens do not change.

        Args:
            texts: The texts.
            min_count: Minimum count of a new token in these texts.
            max_size: Maximum number of tokens. Old ones are never removed.
        """
        return replace(self, unit=self.unit.extend(_normalise(texts, self.lower), min_count, max_size))

    @property
    def vocabulary(self) -> Vocabulary:
        """The end symbol and the known tokens."""
        return self.unit.vocabulary

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions of the exported language model: `forward`, `backward` or both."""
        return DIRECTIONS[self.direction]

    def __len__(self) -> int:
        """Return the number of ids."""
        return len(self.vocabulary)

    def split(self, text: str, before: str = "") -> Sequence[str]:
        """Return the tokens of a text. A subword after a single space begins with it.

        Args:
            text: The text.
            before: The text before it, of which only the last character matters.
        """
        return self.unit.split(text.lower() if self.lower else text, before)

    def encode(self, text: str, before: str = "") -> list[int]:
        """Return the ids of a text, without an end symbol.

        Args:
            text: The text.
            before: The text before it, of which only the last character matters.
        """
        return self.unit.encode(text.lower() if self.lower else text, before)

    def encode_word(self, word: str, first: bool) -> tuple[list[int], int, int]:
        """Return the ids of a word in a sentence, and the places of its states (see `TokenUnit`)."""
        return self.unit.encode_word(word.lower() if self.lower else word, first)

    def decode(self, ids: Iterable[int], before: str = "") -> str:
        """Return the text of ids, up to the first end symbol. Unknown tokens become U+FFFD.

        Args:
            ids: The ids.
            before: The text before it, of which only the last character matters: a word or a subword that
                starts one is preceded by a space, unless it follows white space or nothing.
        """
        return self.unit.decode(list(takewhile(lambda number: number != END, ids)), before)

    def continues(self, before: str) -> bool:
        """Return whether a word or a subword that starts one follows a text after a space."""
        return self.unit.continues(before)

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {
            "unit": self.unit.name,
            "lower": self.lower,
            "vocabulary": self.vocabulary.to_spec(),
            "direction": self.direction,
        }

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore the codec from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            unit = get_unit(str(spec["unit"]))
            vocabulary = Vocabulary.from_spec(spec["vocabulary"], closed=False)
            direction = str(spec.get("direction", "forward"))
            return cls(unit(vocabulary), read_flag(spec, "lower"), direction)
        except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error

    def summary(self) -> JsonObject:
        """Return the unit, the size of the vocabulary and the direction."""
        return {"unit": self.unit.name, "vocabulary": len(self), "direction": self.direction}


def _normalise(texts: Iterable[str], lower: bool) -> Iterable[str]:
    return (text.lower() for text in texts) if lower else texts
