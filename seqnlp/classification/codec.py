"""Texts to arrays and scores to labels: the one encoder and decoder of training and of serving."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import ModelFileError
from seqnlp.vocabulary import Vocabulary, WordForm
from seqnlp.words import Encoded, WordCodec


@dataclass(frozen=True, kw_only=True)
class ClassificationCodec(WordCodec):
    """What turns texts, cut into words, into arrays, and label ids into labels.

    A text longer than `longest` words is read in windows, which share no words.

    Attributes:
        labels: The labels, in sorted order.
    """

    labels: Vocabulary
    context: int = 0

    @classmethod
    def learn(cls, texts: Iterable[tuple[Sequence[str], str]], form: WordForm, **limits: Any) -> Self:
        """Learn the vocabularies.

        Args:
            texts: The words and the label of each training text.
            form: How words are looked up.
            limits: As `vocabularies` takes them.
        """
        spellings: Counter[str] = Counter()
        labels = set()
        for words, label in texts:
            spellings.update(words)
            labels.add(label)
        return cls(
            **cls.vocabularies(spellings, form, **limits), labels=Vocabulary(sorted(labels), closed=True)
        )

    def encode(self, sentences: Sequence[Sequence[str]], *, context: int | None = None) -> Encoded:
        """Encode texts that are cut into words; an empty one is read as a word that nobody knows."""
        return super().encode([text or ("",) for text in sentences], context=context)

    def label_ids(self, labels: Iterable[str]) -> NDArray[np.int32]:
        """The ids of labels; -1 for one that training never saw."""
        numbers = {label: number for number, label in enumerate(self.labels.entries)}
        return np.array([numbers.get(label, -1) for label in labels], np.int32)

    def to_spec(self) -> dict[str, Any]:
        """Give the codec as JSON values."""
        return {**super().to_spec(), "labels": self.labels.to_spec()}

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            return cls(**cls.fields(spec), labels=Vocabulary.from_spec(spec["labels"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error
