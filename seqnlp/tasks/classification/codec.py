"""The codec of classifiers: texts and labels to arrays."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.tasks.classification.decision import LabelDecision, MultiLabel, SingleLabel
from seqnlp.text.tokenizers import Tokenizer, get_tokenizer
from seqnlp.text.vocabulary import Vocabulary, WordForm
from seqnlp.types import Flags, JsonObject

NO_WORDS = ("",)
"""The words of an empty text: one unknown word."""


@dataclass(frozen=True, kw_only=True)
class ClassificationCodec(WordCodec):
    """Encodes texts and labels as arrays. It is learned from the training texts.

    A text with more than `max_length` words is read in windows, which share no words.

    Attributes:
        labels: The labels in sorted order, and then those that later training data added.
        threshold: The lowest probability at which a text gets a label; None if each text has one label.
    """

    labels: Vocabulary
    threshold: float | None = None
    context: int = 0

    @classmethod
    def learn(
        cls,
        texts: Iterable[tuple[Sequence[str], Sequence[str]]],
        form: WordForm,
        multi_label: bool = False,
        tokenizer: Tokenizer | None = None,
        **limits: Any,
    ) -> Self:
        """Learn the vocabularies.

        Args:
            texts: The words and the labels of each training text.
            form: Normalisation of words before lookup.
            multi_label: Whether a text may have any number of labels.
            tokenizer: The tokenizer that split the texts; None for `words`.
            limits: Limits of the vocabularies, as for `learn_vocabularies`.

        Example:
            >>> codec = ClassificationCodec.learn([(["fine"], ["good"]), (["dull"], ["bad"])], WordForm())
            >>> codec.labels.entries
            ('bad', 'good')
        """
        counts: Counter[str] = Counter()
        labels: set[str] = set()
        for words, own in texts:
            counts.update(words)
            labels.update(own)
        return cls(
            **cls.learn_vocabularies(counts, form, **limits),
            labels=Vocabulary(sorted(labels), closed=True),
            threshold=0.5 if multi_label else None,
            tokenizer=(tokenizer or get_tokenizer("words")).to_spec(),
        )

    def extend(
        self,
        texts: Iterable[tuple[Sequence[str], Sequence[str]]],
        max_words: int | None = None,
        **limits: Any,
    ) -> Self:
        """Return a codec with the words, characters and labels of new training texts at the end.

        Args:
            texts: The words and the labels of each text.
            max_words: Maximum number of known words.
            limits: `min_words` and `min_characters`, as for `learn_vocabularies`.
        """
        learned = self.learn(texts, self.form, self.multi_label, **limits)
        labels = self.labels.extend(learned.labels.entries)
        return replace(self, labels=labels, **self.extended_vocabularies(learned, max_words))

    @property
    def multi_label(self) -> bool:
        """True if a text may have any number of labels."""
        return self.threshold is not None

    @property
    def decision(self) -> LabelDecision:
        """The rule that converts logits to labels."""
        return SingleLabel() if self.threshold is None else MultiLabel(self.threshold)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return get_tokenizer(self.tokenizer)

    def split_words(self, text: str) -> list[str]:
        """Return the words of a raw text."""
        return self._tokenizer.split(text)

    def encode(self, sentences: Sequence[Sequence[str]], *, context: int | None = None) -> EncodedWords:
        """Encode texts that are split into words. An empty text is read as one unknown word."""
        return super().encode([text or NO_WORDS for text in sentences], context=context)

    def encode_labels(self, texts: Sequence[Sequence[str]]) -> Flags:
        """Return the labels of texts as bool [texts, labels]. Labels missing from training are left out.

        Args:
            texts: The labels of each text.
        """
        ids = {label: number for number, label in enumerate(self.labels.entries)}
        flags = np.zeros((len(texts), len(ids)), bool)
        for row, labels in zip(flags, texts, strict=True):
            row[[ids[label] for label in labels if label in ids]] = True
        return flags

    def unknown_labels(self, texts: Iterable[Sequence[str]]) -> list[str]:
        """Return the labels that are missing from the training data, in sorted order.

        Args:
            texts: The labels of each text.
        """
        return sorted({label for labels in texts for label in labels} - set(self.labels.entries))

    def summary(self) -> JsonObject:
        """Return a short summary of the codec as JSON values."""
        return {"labels": list(self.labels.entries), **super().summary()}

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {**super().to_spec(), "labels": self.labels.to_spec(), "threshold": self.threshold}

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            return cls(
                **cls.fields_from_spec(spec),
                labels=Vocabulary.from_spec(spec["labels"], closed=True),
                threshold=_read_threshold(spec["threshold"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error


def _read_threshold(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"threshold is {value!r}, not a number from 0 to 1")
    return float(value)
