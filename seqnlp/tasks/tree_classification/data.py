"""A corpus of trees ready for training, and its scores while a network is trained."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch
from seqnlp.data.prepared import PreparedCorpus
from seqnlp.data.words import Arrays
from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.tasks.tree_classification.codec import Encoded, TreeCodec
from seqnlp.text.vocabulary import WordForm
from seqnlp.training.word_settings import WordSettings
from seqnlp.trees.binary import NO_LABEL, binarised
from seqnlp.trees.groups import Abreast, batches_of


@dataclass(frozen=True)
class Split:
    """Trees, encoded and as they are.

    Attributes:
        encoded: The arrays.
        trees: The trees.
    """

    encoded: Encoded
    trees: Sequence[ParseTree]

    def to_arrays(self) -> Arrays:
        """The arrays by their names."""
        return self.encoded.to_arrays()

    def to_records(self) -> list[Any]:
        """The trees as JSON values."""
        return [[tree.words, [[*span] for span in tree.spans]] for tree in self.trees]

    @classmethod
    def restored(cls, arrays: Arrays, records: Sequence[Any]) -> Self:
        """Restore what `to_arrays` and `to_records` gave."""
        trees = [ParseTree(tuple(words), tuple(Span(*span) for span in spans)) for words, spans in records]
        return cls(Encoded.of_arrays(arrays), trees)


@dataclass(frozen=True)
class Prepared(PreparedCorpus):
    """Everything that training needs of a corpus of labelled trees."""

    task = "tree-classifier"
    records = "trees"
    codec_class, train_class, split_class, text_class = TreeCodec, Encoded, Split, WordSettings

    codec: TreeCodec
    train: Encoded
    held_out: Mapping[str, Split]
    text: WordSettings

    @classmethod
    def of(
        cls,
        train: Sequence[ParseTree],
        held_out: Mapping[str, Sequence[ParseTree]],
        text: WordSettings,
        source: Mapping[str, Any],
    ) -> "Prepared":
        """Learn a codec on the training trees and encode all.

        Args:
            train: The training trees.
            held_out: `dev`, and `test` if there is one.
            text: How words are looked up.
            source: What the corpus is.

        Raises:
            DataError: Training has fewer than two labels.
        """
        binary = [binarised(tree) for tree in train]
        codec = TreeCodec.learn(
            binary,
            WordForm(lower=text.lower, digits=text.digits),
            minimum_words=text.minimum_words,
            maximum_words=text.maximum_words,
            minimum_characters=text.minimum_characters,
        )
        labels = codec.labels.entries
        if len(labels) < 2:
            path = train[0].origin.path if train and train[0].origin is not None else None
            has = f"has {labels[0]} only" if labels else "has none"
            raise DataError(f"training wants two labels at least, and {has}", path)
        splits = {
            name: Split(codec.trees([binarised(tree) for tree in trees]), trees)
            for name, trees in held_out.items()
        }
        return cls(codec, codec.trees(binary), splits, text, source)

    @property
    def spec(self) -> Mapping[str, Any]:
        """What prediction needs besides the codec: nothing."""
        return {}

    def label_counts(self) -> dict[str, Counter[str]]:
        """How many nodes of each part have each label that training has."""
        parts = {"train": self.train, **{name: split.encoded for name, split in self.held_out.items()}}
        entries = self.codec.labels.entries
        counts = {name: np.bincount(part.labels[part.labels >= 0]) for name, part in parts.items()}
        return {
            name: Counter(dict(zip(entries, each.tolist(), strict=False))) for name, each in counts.items()
        }


@dataclass(frozen=True)
class DevScorer:
    """Scores a network on a split while it is trained.

    Attributes:
        network: The network.
        split: The trees.
        positions: Words of a batch, as in training, so that no other shapes need compiling.
    """

    network: Any
    split: Split
    positions: int

    @cached_property
    def _batches(self) -> list[Batch]:
        forest = self.split.encoded.forest
        return list(batches_of(forest.sizes, np.argsort(forest.tallest, kind="stable"), self.positions))

    def logits(self) -> NDArray[np.float32]:
        """The logits of all nodes, [nodes, labels]."""
        encoded = self.split.encoded
        found = np.zeros((len(encoded.labels), self.network.arguments["labels"]), np.float32)
        for batch in self._batches:
            layout = Abreast.of(encoded.forest, batch)
            logits = np.asarray(self.network.predict_on_batch(layout.inputs(encoded.words)))
            found[layout.nodes] = logits[layout.places]
        return found

    def __call__(self) -> dict[str, float]:
        """The scores: `accuracy` of whole trees, `node_accuracy`, and `loss`, the mean of -log p of nodes."""
        logits, labels = self.logits(), self.split.encoded.labels
        has, right = labels != NO_LABEL, logits.argmax(axis=1) == labels
        wholes = np.zeros(len(labels), bool)
        wholes[self.split.encoded.forest.nodes[1:] - 1] = True
        known = has & (labels < logits.shape[1])
        highest = logits.max(axis=1, keepdims=True)
        totals = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
        losses = totals[known] - logits[known, labels[known]]
        return {
            "accuracy": _mean(right[has & wholes]),
            "node_accuracy": _mean(right[has]),
            "loss": _mean(losses),
        }


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0
