"""Texts as ids of characters or words, and back."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from seqnlp.data.codec import Codec
from seqnlp.data.spec import read_flag
from seqnlp.errors import ModelFileError
from seqnlp.text.vocabulary import UNKNOWN, Vocabulary
from seqnlp.types import JsonObject

END_ENTRY = " end "
"""The entry of the end symbol. No token of either unit equals it."""
END = 2
"""The id of the symbol that ends a document, and that precedes the first token of a document."""

UNITS = ("characters", "words")

DIRECTIONS = {"forward": ("forward",), "backward": ("backward",), "both": ("forward", "backward")}
"""The directions in which each kind of language model reads."""

_WORD = re.compile(r"\n|[^\S\n]*(\S+)[^\S\n]*")


@dataclass(frozen=True)
class LanguageCodec(Codec):
    """Splits texts into tokens and numbers them.

    Attributes:
        unit: `characters`, which preserve a text exactly; or `words`: the text between white space, and line
            breaks. Words are joined by single spaces.
        lower: Whether texts are lower-cased.
        vocabulary: The tokens of the training data; the first one is `END_ENTRY`. Other tokens are unknown.
        direction: The kind of the exported language model: `forward`, `backward` (which reads each document
            from its end) or `both`.

    Example:
        >>> codec = LanguageCodec.learn(["to be or not to be"], unit="words")
        >>> codec.decode(codec.encode("not to be"))
        'not to be'
    """

    unit: str
    lower: bool
    vocabulary: Vocabulary
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
            unit: `characters` or `words`.
            lower: Whether to lower-case texts.
            min_count: Minimum count of a token. Others are unknown.
            max_size: Maximum number of tokens.
        """
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(_split(text.lower() if lower else text, unit))
        frequent = Vocabulary.learn(counts, min_count, max_size).entries
        return cls(unit, lower, Vocabulary([END_ENTRY, *frequent]))

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.vocabulary.entries[:1] != (END_ENTRY,):
            raise ValueError("a codec of a language model needs a known unit and an end symbol")
        if self.direction not in DIRECTIONS:
            raise ValueError(f"a language model cannot read in the direction {self.direction!r}")

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions of the exported language model: `forward`, `backward` or both."""
        return DIRECTIONS[self.direction]

    def __len__(self) -> int:
        """Return the number of ids."""
        return len(self.vocabulary)

    def split(self, text: str) -> Sequence[str]:
        """Return the tokens of a text."""
        return _split(text.lower() if self.lower else text, self.unit)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text, without an end symbol."""
        return self.vocabulary.ids(self.split(text))

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids, up to the first end symbol. Unknown tokens become U+FFFD."""
        tokens = []
        for number in ids:
            if number == END:
                break
            tokens.append("\N{REPLACEMENT CHARACTER}" if number <= UNKNOWN else self.vocabulary.entry(number))
        if self.unit == "characters":
            return "".join(tokens)
        return " ".join(tokens).replace(" \n ", "\n").replace(" \n", "\n").replace("\n ", "\n")

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {
            "unit": self.unit,
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
            vocabulary = Vocabulary.from_spec(spec["vocabulary"], closed=False)
            direction = str(spec.get("direction", "forward"))
            return cls(str(spec["unit"]), read_flag(spec, "lower"), vocabulary, direction)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error

    def summary(self) -> JsonObject:
        """Return the unit, the size of the vocabulary and the direction."""
        return {"unit": self.unit, "vocabulary": len(self), "direction": self.direction}


def _split(text: str, unit: str) -> Sequence[str]:
    if unit == "characters":
        return text
    return [match[1] or match[0] for match in _WORD.finditer(text) if match[1] or match[0] == "\n"]
