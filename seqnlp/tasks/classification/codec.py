"""Texts to arrays and scores to labels: the one encoder and decoder of training and of serving."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.tasks.classification.choice import Choice, OneLabel, SeveralLabels
from seqnlp.text.vocabulary import Vocabulary, WordForm


@dataclass(frozen=True, kw_only=True)
class ClassificationCodec(WordCodec):
    """What turns texts, cut into words, into arrays, and label ids into labels.

    A text longer than `max_length` words is read in windows, which share no words.

    Attributes:
        labels: The labels, in sorted order.
        threshold: The probability from which a text has a label; None where each text has one label.
    """

    labels: Vocabulary
    threshold: float | None = None
    context: int = 0

    @classmethod
    def learn(
        cls,
        texts: Iterable[tuple[Sequence[str], Sequence[str]]],
        form: WordForm,
        several: bool = False,
        **limits: Any,
    ) -> Self:
        """Learn the vocabularies.

        Args:
            texts: The words and the labels of each training text.
            form: How words are looked up.
            several: Whether a text may have several labels, or none.
            limits: As `learn_vocabularies` takes them.
        """
        spellings: Counter[str] = Counter()
        labels: set[str] = set()
        for words, held in texts:
            spellings.update(words)
            labels.update(held)
        return cls(
            **cls.learn_vocabularies(spellings, form, **limits),
            labels=Vocabulary(sorted(labels), closed=True),
            threshold=0.5 if several else None,
        )

    @property
    def choice(self) -> Choice:
        """How labels are chosen."""
        return OneLabel() if self.threshold is None else SeveralLabels(self.threshold)

    def encode(self, sentences: Sequence[Sequence[str]], *, context: int | None = None) -> EncodedWords:
        """Encode texts that are cut into words; an empty one is read as a word that nobody knows."""
        return super().encode([text or ("",) for text in sentences], context=context)

    def flags(self, texts: Sequence[Sequence[str]]) -> NDArray[np.bool_]:
        """Which labels texts have, [texts, labels]; those that training never saw are left out.

        Args:
            texts: The labels of each.
        """
        numbers = {label: number for number, label in enumerate(self.labels.entries)}
        held = np.zeros((len(texts), len(numbers)), bool)
        for row, labels in zip(held, texts, strict=True):
            row[[numbers[label] for label in labels if label in numbers]] = True
        return held

    def unknown(self, texts: Iterable[Sequence[str]]) -> list[str]:
        """The labels that training never saw, in sorted order.

        Args:
            texts: The labels of each text.
        """
        return sorted({label for labels in texts for label in labels} - set(self.labels.entries))

    def summary(self) -> dict[str, Any]:
        """What there is to know of the codec in short, as JSON values."""
        return {"labels": list(self.labels.entries), **super().summary()}

    def to_spec(self) -> dict[str, Any]:
        """Give the codec as JSON values."""
        return {**super().to_spec(), "labels": self.labels.to_spec(), "threshold": self.threshold}

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            threshold = spec["threshold"]
            return cls(
                **cls.fields_from_spec(spec),
                labels=Vocabulary.from_spec(spec["labels"]),
                threshold=None if threshold is None else float(threshold),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error
