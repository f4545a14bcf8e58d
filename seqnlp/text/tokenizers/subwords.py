"""WordPiece subwords, cut exactly as tensorflow-text's FastBertTokenizer cuts them, without TensorFlow.

The model: Schuster and Nakajima 2012, "Japanese and Korean Voice Search"; as BERT uses it: Devlin et al.
2019. A text is normalised character by character, cut at white space, punctuation and CJK ideographs, and
each word is covered from the left by the longest entries of the vocabulary, `##` marking what continues a
word. A word that cannot be covered is `[UNK]` as a whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from seqnlp.errors import ConfigError, DataError, ModelFileError
from seqnlp.text.tokenizers.runs import runs
from seqnlp.text.tokenizers.token import Token, make_token
from seqnlp.text.vocabulary import Vocabulary

PADDING_PIECE = "[PAD]"
UNKNOWN_PIECE = "[UNK]"
CONTINUATION = "##"

_LONGEST_WORD = 100  # bytes in UTF-8 after normalisation: tensorflow-text's own limit
_CACHED = 1 << 16
_LONGEST_CACHED = 64

_CHUNK = re.compile(r"\S+")
# Unicode's property Default_Ignorable_Code_Point, which the standard library does not know.
_IGNORABLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class Encoding(NamedTuple):
    """A text as subwords.

    Attributes:
        ids: One id a piece.
        tokens: One token a piece, in characters of the text as it was given.
    """

    ids: list[int]
    tokens: list[Token]


class Subwords:
    """A WordPiece vocabulary and how it cuts a text.

    Ids and offsets are those of `tensorflow_text.FastBertTokenizer` with the same vocabulary, for every
    character that this Python's Unicode database knows. As there, and unlike other tokenizers: what the
    normalisation removes (control characters; with `lower_case` also accents and zero-width characters) may
    lie in no token, and where it turns one character into several that fall into different pieces ("…" into
    three dots), all those pieces but the last are empty.

    Args:
        vocabulary: The pieces in the order of their ids, `[UNK]` among them.
        lower_case: Ignore case, accents and compatibility forms (Unicode's NFKC_Casefold, then NFD without
            its nonspacing marks): "ß" becomes "ss", "ﬁ" "fi", "é" "e".

    Raises:
        ValueError: A piece stands there twice, or `[UNK]` is missing.
    """

    name = "subwords"

    def __init__(self, vocabulary: Iterable[str], lower_case: bool) -> None:
        self.vocabulary = Vocabulary(vocabulary, closed=True)
        if UNKNOWN_PIECE not in self.vocabulary:
            raise ValueError(f"a subword vocabulary needs {UNKNOWN_PIECE}")
        self.lower_case = lower_case
        self._unknown = self.vocabulary[UNKNOWN_PIECE]
        self._normal_forms = _NormalForms(lower_case)
        entries = self.vocabulary.entries
        self._first = {piece: number for number, piece in enumerate(entries) if not _continues(piece)}
        self._further = {
            piece[len(CONTINUATION) :]: number for number, piece in enumerate(entries) if _continues(piece)
        }
        self._longest = max(map(len, entries))
        self._cached_pieces = lru_cache(_CACHED)(self._pieces)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore what `spec` gave.

        Raises:
            ConfigError: The spec has no vocabulary.
            ModelFileError: The spec is not one that `spec` writes.
        """
        if "vocabulary" not in spec:
            raise ConfigError(f"the tokenizer '{cls.name}' needs a vocabulary")
        try:
            return cls(Vocabulary.from_spec(spec["vocabulary"]).entries, bool(spec["lower_case"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the subwords in the model are damaged ({error})") from error

    @classmethod
    def read(cls, path: Path, lower_case: bool) -> Self:
        """Read a vocabulary file, one piece a line, as BERT models have it (`vocab.txt`).

        Raises:
            DataError: The file cannot be read, a piece is empty or stands there twice, or `[UNK]` is missing.
        """
        lines: dict[str, int] = {}
        try:
            for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
                piece = line.rstrip()
                if not piece:
                    raise DataError("an empty line where a subword should be", path, number)
                if lines.setdefault(piece, number) != number:
                    raise DataError(f"'{piece}' stands already in line {lines[piece]}", path, number)
        except OSError as error:
            raise DataError(error.strerror or str(error), path) from error
        except UnicodeDecodeError as error:
            raise DataError("not UTF-8", path) from error
        if UNKNOWN_PIECE not in lines:
            raise DataError(f"a subword vocabulary needs {UNKNOWN_PIECE}", path)
        return cls(lines, lower_case)

    def spec(self) -> dict[str, Any]:
        """Give the vocabulary and the setting as JSON values."""
        return {"name": self.name, "lower_case": self.lower_case, "vocabulary": self.vocabulary.to_spec()}

    def tokenize(self, text: str) -> list[Token]:
        """Cut one text into pieces."""
        return self.encode(text).tokens

    def encode(self, text: str) -> Encoding:
        """Cut one text into pieces and number them."""
        ids: list[int] = []
        tokens: list[Token] = []
        for chunk in _CHUNK.finditer(text):
            offset = chunk.start()
            surface = chunk[0]
            pieces = self._cached_pieces if len(surface) <= _LONGEST_CACHED else self._pieces
            for number, start, end in pieces(surface):
                ids.append(number)
                tokens.append(make_token((surface[start:end], offset + start, offset + end)))
        return Encoding(ids, tokens)

    def decode(self, ids: Iterable[int]) -> str:
        """Join pieces to words, set apart by one space.

        Raises:
            KeyError: An id is not one of the vocabulary.
        """
        return " ".join(map(self.vocabulary.entry, ids)).replace(" " + CONTINUATION, "")

    def words(self, text: str) -> list[str]:
        """Give the words, in their normal form, that the pieces cover: what a vocabulary is learnt from."""
        forms = text.translate(self._normal_forms)
        return [forms[start:end] for start, end in runs(forms)]

    def _pieces(self, chunk: str) -> list[tuple[int, int, int]]:
        """Cut a stretch without white space: ids, and starts and ends in it.

        White space in the text normalises to white space, and every character is normalised for itself, so
        that what stands around the stretch has no influence.
        """
        forms = chunk.translate(self._normal_forms)
        origins = range(len(chunk) + 1) if chunk.isascii() else self._origins(chunk)
        return [
            (number, origins[start], origins[end])
            for run in runs(forms)
            for number, start, end in self._cover(forms, *run)
        ]

    def _origins(self, chunk: str) -> list[int]:
        """The place in `chunk` that each character of its normal form comes from, and the end."""
        forms = self._normal_forms
        origins = [place for place, character in enumerate(chunk) for _ in forms[ord(character)]]
        return [*origins, len(chunk)]

    def _cover(self, text: str, start: int, end: int) -> list[tuple[int, int, int]]:
        """Cover a word with the longest pieces from the left, or with the unknown piece."""
        unknown = [(self._unknown, start, end)]
        if end - start > _LONGEST_WORD or len(text[start:end].encode(errors="surrogatepass")) > _LONGEST_WORD:
            return unknown
        found = []
        pieces = self._first
        while start < end:
            for stop in range(min(end, start + self._longest), start, -1):
                number = pieces.get(text[start:stop])
                if number is not None:
                    break
            else:
                return unknown
            found.append((number, start, stop))
            start = stop
            pieces = self._further
        return found


class _NormalForms(dict[int, str]):
    """What each code point becomes; for `str.translate`."""

    def __init__(self, lower_case: bool) -> None:
        super().__init__()
        self._lower_case = lower_case

    def __missing__(self, code_point: int) -> str:
        text = chr(code_point)
        if self._lower_case:
            text = _without_accents(_fold(text))
        text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)
        self[code_point] = text
        return text


def _fold(character: str) -> str:
    """Unicode's NFKC_Casefold (Unicode Standard, 3.13, D146) of one character."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", character).casefold())
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", folded.casefold()))


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _continues(piece: str) -> bool:
    return piece.startswith(CONTINUATION) and len(piece) > len(CONTINUATION)
