"""A corpus ready for training a classifier, and its scores while it is trained."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.prepared import PreparedCorpus
from seqnlp.data.words import EncodedWords
from seqnlp.errors import DataError
from seqnlp.records import LabelledText
from seqnlp.tasks.classification.choice import Choice
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.evidence import log_count_ratios
from seqnlp.tasks.classification.pooling import of_texts
from seqnlp.tasks.classification.settings import TextSettings
from seqnlp.text.tokenizers import Tokenizer, get_tokenizer
from seqnlp.text.vocabulary import WordForm
from seqnlp.types import Arrays


@dataclass(frozen=True)
class Examples:
    """Texts with labels, encoded.

    Attributes:
        encoded: The arrays.
        labels: [texts, labels], which of the labels of training each text has.
    """

    encoded: EncodedWords
    labels: NDArray[np.bool_]

    def to_arrays(self) -> Arrays:
        """The arrays by their names, as `from_arrays` takes them."""
        return {**self.encoded.to_arrays(), "labels": self.labels}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], *rest: Any) -> Self:
        """Restore what `to_arrays` gave.

        Args:
            arrays: The arrays.
            rest: What else the class takes.
        """
        return cls(EncodedWords.from_arrays(arrays), arrays["labels"], *rest)


@dataclass(frozen=True)
class Split(Examples):
    """Texts with labels, encoded and as they are.

    Attributes:
        words: The words of each text.
        texts: The texts.
    """

    words: Sequence[Sequence[str]]
    texts: Sequence[LabelledText]

    def to_records(self) -> list[Any]:
        """The texts as JSON values."""
        both = zip(self.texts, self.words, strict=True)
        return [[each.text, each.labels, words] for each, words in both]

    @classmethod
    def from_contents(cls, arrays: Arrays, records: Sequence[Any]) -> Self:
        """Restore what `to_arrays` and `to_records` gave."""
        words = [words for _, _, words in records]
        return cls.from_arrays(
            arrays, words, [LabelledText(text, tuple(labels)) for text, labels, _ in records]
        )


@dataclass(frozen=True)
class Prepared(PreparedCorpus):
    """Everything that training needs of a corpus of labelled texts.

    Attributes:
        tokenizer: What cuts texts, as its `spec` gives it.
    """

    task = "classifier"
    records = "texts"
    codec_class, train_class, split_class, text_class = ClassificationCodec, Examples, Split, TextSettings

    codec: ClassificationCodec
    train: Examples
    held_out: Mapping[str, Split]
    text: TextSettings
    tokenizer: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        train: Sequence[LabelledText],
        held_out: Mapping[str, Sequence[LabelledText]],
        text: TextSettings,
        source: Mapping[str, Any],
        several: bool = False,
    ) -> "Prepared":
        """Learn a codec on the training texts and encode all.

        Args:
            train: The training texts.
            held_out: `dev`, and `test` if there is one.
            text: How text is read.
            source: What the corpus is.
            several: Whether a text may have several labels, or none.

        Raises:
            DataError: Training has too few labels.
        """
        cutter = _cutter(text, train)

        def cut(texts: Sequence[LabelledText]) -> list[list[str]]:
            return [[token.text for token in cutter.tokenize(each.text) if token.text] for each in texts]

        words = cut(train)
        codec = ClassificationCodec.learn(
            ((sentence, each.labels) for sentence, each in zip(words, train, strict=True)),
            WordForm(lower=text.lower, digits=text.digits),
            several,
            minimum_words=text.minimum_words,
            maximum_words=text.maximum_words,
            minimum_characters=text.minimum_characters,
        )
        _check_labels(codec, train)

        def split(words: Sequence[Sequence[str]], texts: Sequence[LabelledText]) -> Split:
            return Split(codec.encode(words), codec.flags([each.labels for each in texts]), words, texts)

        return cls(
            codec=codec,
            train=Examples(codec.encode(words), codec.flags([each.labels for each in train])),
            held_out={name: split(cut(part), part) for name, part in held_out.items()},
            text=text,
            tokenizer=cutter.to_spec(),
            source=source,
        )

    @property
    def spec(self) -> Mapping[str, Any]:
        """What prediction needs besides the codec: what cuts texts."""
        return {"tokenizer": self.tokenizer}

    def log_count_ratios(self) -> NDArray[np.float32]:
        """What each word says for each label, [words, labels], counted in the training texts."""
        return log_count_ratios(self.train.encoded, self.train.labels, len(self.codec.words))

    def class_weights(self) -> NDArray[np.float64]:
        """What a text of each label counts so that all labels count alike, [labels].

        Where a text may have several labels, what having one counts against not having it.
        """
        held = self.train.labels.sum(axis=0)
        if self.codec.threshold is None:
            return np.asarray(len(self.train.labels) / (len(held) * held), np.float64)
        return np.asarray(np.maximum(len(self.train.labels) - held, 1) / held, np.float64)

    def label_counts(self) -> dict[str, Counter[str]]:
        """How many texts of each part have each label; what training never saw is not counted."""
        entries = self.codec.labels.entries
        return {
            name: +Counter(dict(zip(entries, part.labels.sum(axis=0).tolist(), strict=True)))
            for name, part in {"train": self.train, **self.held_out}.items()
        }


def _cutter(text: TextSettings, train: Sequence[LabelledText]) -> Tokenizer:
    if text.tokenizer != "subwords":
        return get_tokenizer(text.tokenizer)
    from seqnlp.text.subword_learning import learn_subwords

    return learn_subwords((each.text for each in train), text.subwords, text.lower)


def _check_labels(codec: ClassificationCodec, train: Sequence[LabelledText]) -> None:
    fewest = 2 if codec.threshold is None else 1
    if len(codec.labels) >= fewest:
        return
    origin = train[0].origin
    held = f"the label {codec.labels.entries[0]!r}" if len(codec.labels) else "no label"
    raise DataError(
        f"every training text has {held}; a classifier needs {fewest} at least",
        None if origin is None else origin.path,
    )


@dataclass(frozen=True)
class DevScorer:
    """Scores a network on a split while it is trained.

    Attributes:
        network: The network.
        choice: How labels are chosen.
        split: The texts.
        buckets: The padded lengths of training, so that no other shapes need compiling.
    """

    network: Any
    choice: Choice
    split: Split
    buckets: Buckets

    @cached_property
    def _batches(self) -> list[Batch]:
        lengths = self.split.encoded.windows.lengths
        return self.buckets.cover(int(lengths.max(initial=1))).batches(lengths)

    def logits(self) -> NDArray[np.float64]:
        """The logits of the split's texts, [texts, labels]."""
        encoded = self.split.encoded
        rows = np.zeros((len(encoded.windows.lengths), self.network.arguments["labels"]), np.float32)
        for batch in self._batches:
            logits = np.asarray(self.network.predict_on_batch(encoded.batch(batch)))
            rows[batch.rows] = logits[: len(batch.rows)]
        return np.asarray(of_texts(rows, encoded.windows, len(self.split.texts)))

    def __call__(self) -> dict[str, float]:
        """The scores: the metric of the choice, and `loss`, the mean of -log p of what texts have."""
        return self.choice.scores(self.logits(), self.split.labels)
