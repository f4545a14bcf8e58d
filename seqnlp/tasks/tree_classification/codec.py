"""The codec of tree classifiers: trees and their labels to arrays."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from seqnlp.data.words import WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.records import ParseTree
from seqnlp.tasks.tree_classification.encoded import EncodedTrees
from seqnlp.text.vocabulary import Vocabulary, WordForm
from seqnlp.trees.binary import NO_LABEL, BinaryTree, Chain, merge_chains
from seqnlp.trees.levels import Forest
from seqnlp.types import Ids, JsonObject


@dataclass(frozen=True, kw_only=True)
class TreeCodec(WordCodec):
    """Encodes binary trees as arrays.

    Attributes:
        labels: The labels in sorted order, and then those that later training data added. `join_chain` makes
            one label for nodes over the same words.
    """

    labels: Vocabulary
    uses_characters: bool = False

    @classmethod
    def learn(
        cls,
        trees: Iterable[BinaryTree],
        form: WordForm,
        min_words: int = 1,
        max_words: int | None = None,
        min_characters: int = 1,
    ) -> Self:
        """Learn the vocabularies.

        Args:
            trees: The training trees.
            form: Normalisation of words before lookup.
            min_words: Minimum count of a known word.
            max_words: Maximum number of known words.
            min_characters: Minimum count of a known character.
        """
        counts: Counter[str] = Counter()
        labels: set[str] = set()
        for tree in trees:
            counts.update(tree.words)
            labels.update(map(join_chain, tree.chains))
        return cls(
            **cls.learn_vocabularies(counts, form, min_words, max_words, min_characters),
            labels=Vocabulary(sorted(labels - {""}), closed=True),
        )

    def extend(
        self,
        trees: Iterable[BinaryTree],
        min_words: int = 1,
        max_words: int | None = None,
        min_characters: int = 1,
    ) -> Self:
        """Return a codec with the words and labels of new training trees at the end.

        Args:
            trees: The training trees.
            min_words: As for `learn`.
            max_words: As for `learn`.
            min_characters: As for `learn`.
        """
        learned = self.learn(trees, self.form, min_words, None, min_characters)
        labels = self.labels.extend(learned.labels.entries)
        return replace(self, labels=labels, **self.extended_vocabularies(learned, max_words))

    def encode_trees(self, trees: Sequence[BinaryTree]) -> EncodedTrees:
        """Encode trees and their labels."""
        known = {label: number for number, label in enumerate(self.labels.entries)} | {"": NO_LABEL}
        distinct = {chain for tree in trees for chain in tree.chains}
        numbers = {chain: known.get(join_chain(chain), len(self.labels)) for chain in distinct}
        labels = [numbers[chain] for tree in trees for chain in tree.chains]
        return EncodedTrees(self.word_ids(trees), np.array(labels, np.int32), Forest.from_trees(trees))

    def word_ids(self, trees: Sequence[BinaryTree]) -> Ids:
        """Return the ids of the words of all trees, int32 [words]."""
        return self.look_up([word for tree in trees for word in tree.words])

    def unknown_labels(self, trees: Iterable[ParseTree]) -> list[str]:
        """Return the labels that are missing from the training data, in sorted order."""
        labels = {join_chain(chain) for tree in trees for _, chain in merge_chains(tree.spans)}
        return sorted(labels - {"", *self.labels.entries})

    def summary(self) -> JsonObject:
        """Return a short summary of the codec as JSON values."""
        return {"labels": list(self.labels.entries), "words": len(self.words)}

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {**super().to_spec(), "labels": self.labels.to_spec()}

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            return cls(**cls.fields_from_spec(spec), labels=Vocabulary.from_spec(spec["labels"], closed=True))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error


def join_chain(chain: Chain) -> str:
    """Join the labels of nodes over the same words with spaces. The result is empty if they have none.

    Example:
        >>> join_chain(("S", "VP"))
        'S VP'
    """
    return " ".join(filter(None, chain))
