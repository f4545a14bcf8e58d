"""A corpus ready for training a classifier, and its scores while it is trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch, Buckets
from seqnlp.classification.calibration import negative_log_likelihood
from seqnlp.classification.codec import ClassificationCodec
from seqnlp.classification.evidence import log_count_ratios
from seqnlp.classification.pooling import of_texts
from seqnlp.errors import DataError
from seqnlp.records import LabelledText
from seqnlp.settings import WordSettings
from seqnlp.tokenizers import tokenizer
from seqnlp.vocabulary import WordForm
from seqnlp.words import Encoded


@dataclass(frozen=True)
class Split:
    """Texts with labels, encoded and as they are.

    Attributes:
        encoded: The arrays.
        labels: int32 [texts]; -1 for a label that training never saw.
        words: The words of each text.
        texts: The texts.
    """

    encoded: Encoded
    labels: NDArray[np.int32]
    words: Sequence[Sequence[str]]
    texts: Sequence[LabelledText]


@dataclass(frozen=True)
class Prepared:
    """Everything that training needs of a corpus.

    Attributes:
        codec: Learnt on the training texts.
        train: The training texts.
        held_out: `dev`, and `test` if there is one.
        source: What the corpus is, for the model card.
    """

    codec: ClassificationCodec
    train: Split
    held_out: Mapping[str, Split]
    source: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        train: Sequence[LabelledText],
        held_out: Mapping[str, Sequence[LabelledText]],
        text: WordSettings,
        source: Mapping[str, Any],
    ) -> "Prepared":
        """Learn a codec on the training texts and encode all.

        Raises:
            DataError: Training has one label only.
        """
        cutter = tokenizer(text.tokenizer)

        def cut(texts: Sequence[LabelledText]) -> list[list[str]]:
            return [[token.text for token in cutter.tokenize(each.text)] for each in texts]

        words = cut(train)
        codec = ClassificationCodec.learn(
            ((sentence, each.label) for sentence, each in zip(words, train, strict=True)),
            WordForm(lower=text.lower, digits=text.digits),
            minimum_words=text.minimum_words,
            maximum_words=text.maximum_words,
            minimum_characters=text.minimum_characters,
        )
        if len(codec.labels) < 2:
            only = codec.labels.entries[0]
            origin = train[0].origin
            raise DataError(
                f"every training text has the label {only!r}; a classifier needs two labels at least",
                None if origin is None else origin.path,
            )

        def split(words: Sequence[Sequence[str]], texts: Sequence[LabelledText]) -> Split:
            return Split(codec.encode(words), codec.label_ids(each.label for each in texts), words, texts)

        return cls(
            codec, split(words, train), {n: split(cut(part), part) for n, part in held_out.items()}, source
        )

    def log_count_ratios(self) -> NDArray[np.float32]:
        """What each word says for each label, [words, labels], counted in the training texts."""
        held = self.train.labels[:, None] == np.arange(len(self.codec.labels))
        return log_count_ratios(self.train.encoded, held, len(self.codec.words))


@dataclass(frozen=True)
class DevScorer:
    """Scores a network on a split while it is trained.

    Attributes:
        network: The network.
        split: The texts.
        buckets: The padded lengths of training, so that no other shapes need compiling.
    """

    network: Any
    split: Split
    buckets: Buckets

    @cached_property
    def _batches(self) -> list[Batch]:
        lengths = self.split.encoded.windows.lengths
        return self.buckets.covering(int(lengths.max(initial=1))).batches(lengths)

    def logits(self) -> NDArray[np.float64]:
        """The logits of the split's texts, [texts, labels]."""
        encoded = self.split.encoded
        rows = np.zeros((len(encoded.windows.lengths), self.network.arguments["labels"]), np.float32)
        for batch in self._batches:
            logits = np.asarray(self.network.predict_on_batch(encoded.batch(batch)))
            rows[batch.rows] = logits[: len(batch.rows)]
        return np.asarray(of_texts(rows, encoded.windows, len(self.split.texts)))

    def __call__(self) -> dict[str, float]:
        """The scores: `accuracy`, and `loss`, the mean of -log p of the labels."""
        logits, labels = self.logits(), self.split.labels
        known = labels >= 0
        return {
            "accuracy": float(np.mean(logits.argmax(axis=-1) == labels)),
            "loss": negative_log_likelihood(logits[known], labels[known]) if known.any() else 0.0,
        }
