"""Convert texts to subword ids and back, in the same way for training and for serving."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from seqnlp.data.codec import Codec
from seqnlp.data.spec import read_count
from seqnlp.errors import ModelFileError
from seqnlp.records import SentencePair
from seqnlp.tasks.translation.encoded import EncodedPairs, EncodedTexts
from seqnlp.text.tokenizers.spaced import END, SpacedSubwords
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import JsonObject

_CLAUSE_ENDS = frozenset(".!?;:,\u2026\u3002\uff01\uff1f\u0964")


@dataclass(frozen=True)
class TranslationCodec(Codec):
    """Encodes texts as subwords, and decodes subwords to texts.

    Attributes:
        source: The subwords of the source side.
        target: The subwords of the target side.
        max_length: A text with more subwords is translated in segments.

    Example:
        >>> codec = TranslationCodec.learn([SentencePair("a dog", "ein Hund")], subwords=0)
        >>> codec.decode(codec.encode_targets(["ein Hund"]).ids.tolist())
        'ein Hund'
    """

    source: SpacedSubwords
    target: SpacedSubwords
    max_length: int = 100

    @classmethod
    def learn(
        cls,
        pairs: Sequence[SentencePair],
        subwords: int,
        joint: bool = False,
        lower: bool = False,
        max_length: int = 100,
    ) -> Self:
        """Learn the subwords of both sides.

        Args:
            pairs: The training pairs.
            subwords: Maximum number of subwords of each side; 0 for single characters.
            joint: Whether both sides share one vocabulary.
            lower: Whether to lowercase all texts.
            max_length: A text with more subwords is translated in segments.

        Raises:
            ConfigError: `subwords` is too small for the single characters.
        """
        from seqnlp.text.subword_learning import learn_spaced

        sources, targets = [pair.source for pair in pairs], [pair.target for pair in pairs]
        if joint:
            both = learn_spaced([*sources, *targets], subwords, lower)
            return cls(both, both, max_length)
        source, target = (learn_spaced(side, subwords, lower) for side in (sources, targets))
        return cls(source, target, max_length)

    def encode(self, texts: Iterable[str]) -> EncodedTexts:
        """Encode source texts, each as a whole. An empty text becomes one unknown subword."""
        return EncodedTexts.from_rows(self.source.encode(text) or [UNKNOWN] for text in texts)

    def encode_targets(self, texts: Iterable[str]) -> EncodedTexts:
        """Encode target texts, each with its end symbol."""
        return EncodedTexts.from_rows([*self.target.encode(text), END] for text in texts)

    def encode_pairs(self, pairs: Sequence[SentencePair]) -> EncodedPairs:
        """Encode both sides of pairs."""
        sources = self.encode(pair.source for pair in pairs)
        return EncodedPairs(sources, self.encode_targets(pair.target for pair in pairs))

    def segment(self, text: str) -> list[list[int]]:
        """Encode a source text in segments of at most `max_length` subwords; an empty text has none.

        A segment ends at a space: if possible, after a full stop, a comma or a similar mark in its second
        half. A word is split only if it is longer than a segment.
        """
        words = text.split()
        encoded = [self.source.encode(word) for word in words]
        segments: list[list[int]] = []
        first = size = 0
        stop: int | None = None  # after the last mark in the second half of the segment
        number = 0
        while number < len(words):
            if size and size + len(encoded[number]) > self.max_length:
                number = stop or number
                segments.append([subword for ids in encoded[first:number] for subword in ids])
                first, size, stop = number, 0, None
                continue
            size += len(encoded[number])
            number += 1
            if words[number - 1][-1] in _CLAUSE_ENDS and 2 * size > self.max_length:
                stop = number
        segments.append([subword for ids in encoded[first:] for subword in ids])
        return [
            segment[start : start + self.max_length]
            for segment in segments
            for start in range(0, len(segment), self.max_length)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of subwords, up to the end symbol if they contain it."""
        return self.target.decode(ids[: ids.index(END)] if END in ids else ids)

    def summary(self) -> JsonObject:
        """Return sizes as JSON values, for `seqnlp inspect`."""
        return {
            "source_subwords": len(self.source),
            "target_subwords": len(self.target),
            "lower": self.source.lower,
            "max_length": self.max_length,
        }

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        sides = {"source": self.source.to_spec(), "target": self.target.to_spec()}
        return {**sides, "max_length": self.max_length}

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            source, target = (SpacedSubwords.from_spec(spec[side]) for side in ("source", "target"))
            return cls(source, target, read_count(spec, "max_length", minimum=1))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error
