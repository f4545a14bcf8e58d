"""Trees to arrays and label ids to labels: the one encoder of training and of serving."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import Arrays, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.text.vocabulary import Vocabulary, WordForm
from seqnlp.trees.binary import NO_LABEL, BinaryTree, Chain
from seqnlp.trees.levels import Forest

POLAR = "positive and negative"
"""The labels of a corpus whose five sentiment labels were reduced to two."""


@dataclass(frozen=True)
class Encoded:
    """Binary trees as arrays.

    Attributes:
        words: int32 [words], ids of the word vocabulary, tree after tree.
        labels: int32 [nodes]; `NO_LABEL` where there is none, and the number of labels where the label is one
            that training never saw.
        forest: The shapes of the trees.
    """

    words: NDArray[np.int32]
    labels: NDArray[np.int32]
    forest: Forest

    def to_arrays(self) -> Arrays:
        """The arrays by their names, as `of_arrays` takes them."""
        forest = self.forest
        shapes = {
            "sizes": forest.sizes,
            "left": forest.left,
            "right": forest.right,
            "heights": forest.heights,
        }
        return {"words": self.words, "labels": self.labels, **shapes}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Encoded":
        """Restore what `to_arrays` gave.

        Raises:
            KeyError: One is missing.
        """
        forest = Forest(*(np.asarray(arrays[name]) for name in ("sizes", "left", "right", "heights")))
        return cls(arrays["words"], arrays["labels"], forest)


@dataclass(frozen=True, kw_only=True)
class TreeCodec(WordCodec):
    """What turns binary trees into arrays.

    Attributes:
        labels: The labels, in sorted order; that of nodes over the same words is all of theirs, the upper
            first, parted by blanks.
    """

    labels: Vocabulary
    spelled: bool = False

    @classmethod
    def learn(cls, trees: Iterable[BinaryTree], form: WordForm, **limits: Any) -> Self:
        """Learn the vocabularies.

        Args:
            trees: The training trees.
            form: How words are looked up.
            limits: As `vocabularies` takes them.
        """
        spellings: Counter[str] = Counter()
        labels: set[str] = set()
        for tree in trees:
            spellings.update(tree.words)
            labels.update(map(label_of, tree.chains))
        return cls(
            **cls.vocabularies(spellings, form, **limits),
            labels=Vocabulary(sorted(labels - {""}), closed=True),
        )

    def trees(self, trees: Sequence[BinaryTree]) -> Encoded:
        """Encode trees and their labels."""
        known = {label: number for number, label in enumerate(self.labels.entries)} | {"": NO_LABEL}
        distinct = {chain for tree in trees for chain in tree.chains}
        numbers = {chain: known.get(label_of(chain), len(self.labels)) for chain in distinct}
        labels = [numbers[chain] for tree in trees for chain in tree.chains]
        return Encoded(self.words_of(trees), np.array(labels, np.int32), Forest.of(trees))

    def words_of(self, trees: Sequence[BinaryTree]) -> NDArray[np.int32]:
        """The ids of the words of trees, tree after tree."""
        return self._looked_up([word for tree in trees for word in tree.words])

    def summary(self) -> dict[str, Any]:
        """What there is to know of the codec in short, as JSON values."""
        return {"labels": list(self.labels.entries), "words": len(self.words)}

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


def label_of(chain: Chain) -> str:
    """The one label of nodes over the same words; empty where there is none."""
    return " ".join(filter(None, chain))
