"""WordPiece subwords, identical to FastBertTokenizer of tensorflow-text, without TensorFlow.

Sources: Schuster and Nakajima 2012, "Japanese and Korean Voice Search", and Devlin et al. 2019 (BERT). A text
is normalised character by character and split at white space, punctuation and CJK ideographs. Each word is
split by `LongestMatch`. `##` marks the continuation of a word. A word that cannot be split becomes `[UNK]`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

from seqnlp.data.spec import read_flag
from seqnlp.errors import ConfigError, DataError, ModelFileError
from seqnlp.text.tokenizers.longest_match import CONTINUATION, LongestMatch
from seqnlp.text.tokenizers.runs import find_runs
from seqnlp.text.tokenizers.token import Token, make_token
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.types import JsonObject

PADDING_SUBWORD = "[PAD]"
UNKNOWN_SUBWORD = "[UNK]"

_MAX_WORD_BYTES = 100  # in UTF-8 after normalisation, the limit of tensorflow-text
_CACHE_SIZE = 1 << 16
_MAX_CACHED_LENGTH = 64

_CHUNK = re.compile(r"\S+")
# Unicode's property Default_Ignorable_Code_Point, which is not in the standard library.
_IGNORABLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class Encoding(NamedTuple):
    """The subwords of a text.

    Attributes:
        ids: One id per subword.
        tokens: One token per subword, with offsets in the original text.
    """

    ids: list[int]
    tokens: list[Token]


class Subwords:
    """A WordPiece tokenizer.

    Ids and offsets equal those of `tensorflow_text.FastBertTokenizer` for all characters in Python's Unicode
    database. Unlike other tokenizers, this one leaves characters outside all tokens if normalisation
    removes them (control characters, and with `lower` also accents and zero-width characters). If one
    character becomes several subwords ("…" becomes three dots), all of them but the last are empty.

    Args:
        vocabulary: The subwords in id order, including `[UNK]`.
        lower: Whether to ignore case, accents and compatibility forms (Unicode's NFKC_Casefold, then NFD
            without its nonspacing marks): "ß" becomes "ss", "ﬁ" "fi", "é" "e".

    Raises:
        ValueError: A subword occurs twice, or `[UNK]` is missing.

    Example:
        >>> Subwords(["[PAD]", "[UNK]", "cat", "##s"], lower=True).encode("Cats").ids
        [2, 3]
    """

    name = "subwords"

    def __init__(self, vocabulary: Iterable[str], lower: bool) -> None:
        self.vocabulary = Vocabulary(vocabulary, closed=True)
        if UNKNOWN_SUBWORD not in self.vocabulary:
            raise ValueError(f"a subword vocabulary needs {UNKNOWN_SUBWORD}")
        self.lower = lower
        self._unknown = self.vocabulary[UNKNOWN_SUBWORD]
        self._normal_forms = _NormalForms(lower)
        self._matcher = LongestMatch(enumerate(self.vocabulary.entries))
        self._cached_split = lru_cache(_CACHE_SIZE)(self._split)

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore the subwords from the result of `to_spec`.

        Raises:
            ConfigError: The spec has no vocabulary.
            ModelFileError: The spec was not written by `to_spec`.
        """
        if "vocabulary" not in spec:
            raise ConfigError(f"the tokenizer '{cls.name}' needs a vocabulary")
        try:
            return cls(
                Vocabulary.from_spec(spec["vocabulary"], closed=True).entries, read_flag(spec, "lower")
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the subwords in the model are damaged: {error}") from error

    @classmethod
    def load(cls, path: Path, lower: bool) -> Self:
        """Read a vocabulary file of a BERT model (`vocab.txt`), with one subword per line.

        Raises:
            DataError: The file cannot be read, a subword is empty or occurs twice, or `[UNK]` is missing.
        """
        lines: dict[str, int] = {}
        try:
            for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
                subword = line.rstrip()
                if not subword:
                    raise DataError("an empty line instead of a subword", path, number)
                if lines.setdefault(subword, number) != number:
                    raise DataError(f"'{subword}' is already in line {lines[subword]}", path, number)
        except OSError as error:
            raise DataError(error.strerror or str(error), path) from error
        except UnicodeDecodeError as error:
            raise DataError("not UTF-8", path) from error
        if UNKNOWN_SUBWORD not in lines:
            raise DataError(f"a subword vocabulary needs {UNKNOWN_SUBWORD}", path)
        return cls(lines, lower)

    def to_spec(self) -> JsonObject:
        """Return the name, the vocabulary and the settings as JSON values."""
        return {"name": self.name, "lower": self.lower, "vocabulary": self.vocabulary.to_spec()}

    def tokenize(self, text: str) -> list[Token]:
        """Split a text into subwords."""
        return self.encode(text).tokens

    def split(self, text: str) -> list[str]:
        """Return the texts of the subwords, without empty ones."""
        return [token.text for token in self.tokenize(text) if token.text]

    def encode(self, text: str) -> Encoding:
        """Return the ids and tokens of a text."""
        ids: list[int] = []
        tokens: list[Token] = []
        for chunk in _CHUNK.finditer(text):
            offset = chunk.start()
            surface = chunk[0]
            split = self._cached_split if len(surface) <= _MAX_CACHED_LENGTH else self._split
            for number, start, end in split(surface):
                ids.append(number)
                tokens.append(make_token((surface[start:end], offset + start, offset + end)))
        return Encoding(ids, tokens)

    def decode(self, ids: Iterable[int]) -> str:
        """Join subwords to words, separated by single spaces.

        Raises:
            KeyError: An id is not in the vocabulary.
        """
        return " ".join(map(self.vocabulary.entry, ids)).replace(" " + CONTINUATION, "")

    def split_words(self, text: str) -> list[str]:
        """Return the normalised words of a text. Vocabularies are learned from these."""
        forms = text.translate(self._normal_forms)
        return [forms[start:end] for start, end in find_runs(forms)]

    def _split(self, chunk: str) -> list[tuple[int, int, int]]:
        """Return the ids, starts and ends of the subwords of a chunk without white space.

        Every character is normalised independently, so the text around the chunk has no influence.
        """
        forms = chunk.translate(self._normal_forms)
        origins = range(len(chunk) + 1) if chunk.isascii() else self._origins(chunk)
        return [
            (number, origins[start], origins[end])
            for run in find_runs(forms)
            for number, start, end in self._split_word(forms, *run)
        ]

    def _origins(self, chunk: str) -> list[int]:
        """Return the position in `chunk` of each normalised character, and the end of `chunk`."""
        forms = self._normal_forms
        origins = [place for place, character in enumerate(chunk) for _ in forms[ord(character)]]
        return [*origins, len(chunk)]

    def _split_word(self, text: str, start: int, end: int) -> list[tuple[int, int, int]]:
        size = len(text[start:end].encode(errors="surrogatepass"))
        matches = [] if size > _MAX_WORD_BYTES else self._matcher.split(text, start, end)
        return matches or [(self._unknown, start, end)]


class _NormalForms(dict[int, str]):
    """Map code points to their normal form, for `str.translate`."""

    def __init__(self, lower: bool) -> None:
        super().__init__()
        self._lower_case = lower

    def __missing__(self, code_point: int) -> str:
        text = chr(code_point)
        if self._lower_case:
            text = _without_accents(_fold(text))
        text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)
        self[code_point] = text
        return text


def _fold(character: str) -> str:
    """Return the NFKC_Casefold of one character (Unicode Standard, 3.13, D146)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", character).casefold())
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", folded.casefold()))


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
