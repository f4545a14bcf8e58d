"""Texts as ids of characters, subwords or words, and back."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Self

from seqnlp.data.codec import Codec
from seqnlp.data.spec import read_flag
from seqnlp.errors import ModelFileError
from seqnlp.text.spelling import add_spelling, spell
from seqnlp.text.vocabulary import UNKNOWN, Vocabulary
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from seqnlp.text.tokenizers.exact import ExactSubwords

END_ENTRY = " end "
"""The entry of the end symbol. No token of any unit equals it."""
END = 2
"""The id of the symbol that ends a document, and that precedes the first token of a document."""

DEFAULT_SUBWORDS = 4000
"""Maximum number of subwords by default."""

UNITS = ("characters", "subwords", "words", "abc")

DIRECTIONS = {"forward": ("forward",), "backward": ("backward",), "both": ("forward", "backward")}
"""The directions in which each kind of language model reads."""

_WORD = re.compile(r"\n|[^\S\n]*(\S+)[^\S\n]*")


@dataclass(frozen=True)
class LanguageCodec(Codec):
    """Splits texts into tokens and numbers them.

    Attributes:
        unit: `characters` or `subwords`, which preserve a text exactly (see `ExactSubwords`); or `words`: the
            text between white space, and line breaks. Words are joined by single spaces. Or `abc`: the tokens
            of ABC notation, which preserve a text exactly. A token that is not in the vocabulary is spelled
            by its characters.
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
            unit: `characters`, `subwords`, `words` or `abc`.
            lower: Whether to lower-case texts.
            min_count: Minimum count of a token, or of a character of subwords. Others are unknown.
            max_size: Maximum number of tokens. Subwords need one.

        Raises:
            ConfigError: `max_size` is too small for subwords.
        """
        normal = (text.lower() if lower else text for text in texts)
        if unit == "subwords":
            from seqnlp.text.subword_learning import learn_exact

            size = DEFAULT_SUBWORDS if max_size is None else max_size
            return cls(unit, lower, Vocabulary([END_ENTRY, *learn_exact(normal, size, min_count)]))
        counts: Counter[str] = Counter()
        for text in normal:
            counts.update(_split(text, unit))
        if unit == "abc":
            add_spelling(counts, min_count)
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

    @property
    def noun(self) -> str:
        """The plural noun for tokens in messages."""
        return "ABC tokens" if self.unit == "abc" else self.unit

    @cached_property
    def _subwords(self) -> "ExactSubwords":
        from seqnlp.text.tokenizers.exact import ExactSubwords

        return ExactSubwords(self.vocabulary.entries[1:])

    def split(self, text: str, before: str = "") -> Sequence[str]:
        """Return the tokens of a text. A subword after a single space begins with it.

        Args:
            text: The text.
            before: The text before it, of which only the last character matters.
        """
        text = text.lower() if self.lower else text
        if self.unit == "subwords":
            return self._subwords.split(text, before)
        tokens = _split(text, self.unit)
        return spell(tokens, self.vocabulary) if self.unit == "abc" else tokens

    def encode(self, text: str, before: str = "") -> list[int]:
        """Return the ids of a text, without an end symbol.

        Args:
            text: The text.
            before: The text before it, of which only the last character matters.
        """
        if self.unit == "subwords":
            return self._subwords.encode(text.lower() if self.lower else text, before)
        return self.vocabulary.ids(self.split(text))

    def decode(self, ids: Iterable[int], before: str = "") -> str:
        """Return the text of ids, up to the first end symbol. Unknown tokens become U+FFFD.

        Args:
            ids: The ids.
            before: The text before it, of which only the last character matters: a word or a subword that
                starts one is preceded by a space, unless it follows white space or nothing.
        """
        numbers = list(takewhile(lambda number: number != END, ids))
        if self.unit == "subwords":
            return self._subwords.decode(numbers, before)
        tokens = [
            "\N{REPLACEMENT CHARACTER}" if number <= UNKNOWN else self.vocabulary.entry(number)
            for number in numbers
        ]
        if self.unit != "words":
            return "".join(tokens)
        return _join([".", *tokens])[1:] if self.continues(before) else _join(tokens)

    def continues(self, before: str) -> bool:
        """Return whether a word or a subword that starts one follows a text after a space."""
        if self.unit == "subwords":
            return self._subwords.continues(before)
        return self.unit == "words" and bool(before) and not before[-1].isspace()

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


def _join(words: Sequence[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").replace(" \n", "\n").replace("\n ", "\n")


def _split(text: str, unit: str) -> Sequence[str]:
    if unit == "characters":
        return text
    if unit == "abc":
        from seqnlp.text.abc_notation import split_abc

        return split_abc(text)
    return [match[1] or match[0] for match in _WORD.finditer(text) if match[1] or match[0] == "\n"]
