"""Binary trees as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.data.encoded import Encoded
from seqnlp.trees.binary import NO_LABEL
from seqnlp.trees.groups import TreeGroups
from seqnlp.trees.levels import Forest
from seqnlp.types import Array, Arrays, Ids

_SHAPES = ("sizes", "left", "right", "heights")


@dataclass(frozen=True)
class EncodedTrees:
    """Binary trees as concatenated arrays.

    Attributes:
        words: int32 [words], word ids.
        labels: int32 [nodes], label ids: `NO_LABEL` for a node without a label, and the number of known
            labels for an unknown one.
        forest: The shapes of the trees.
    """

    words: Ids
    labels: Ids
    forest: Forest

    @property
    def lengths(self) -> Ids:
        """The number of words of each tree."""
        return self.forest.sizes

    @property
    def tokens(self) -> int:
        """The number of words of all trees."""
        return len(self.words)

    def layout(self, batch: Batch) -> TreeGroups:
        """Return the layout of a batch."""
        return TreeGroups.from_batch(self.forest, batch)

    def batch(self, batch: Batch) -> Arrays:
        """Return the inputs of the network for a batch, and the `labels` of its rows.

        Returns:
            The arrays of `TreeGroups.inputs`, and `labels`, int32 [groups * (words + slots)].
        """
        layout = self.layout(batch)
        return {**layout.inputs(self.words), "labels": layout.scatter(self.labels, NO_LABEL)}

    def to_arrays(self) -> Arrays:
        """Return all arrays by name, for `from_arrays`."""
        shapes = {name: getattr(self.forest, name) for name in _SHAPES}
        return {"words": self.words, "labels": self.labels, **shapes}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Restore the trees from the result of `to_arrays`.

        Raises:
            KeyError: An array is missing.
        """
        forest = Forest(*(np.asarray(arrays[name]) for name in _SHAPES))
        return cls(arrays["words"], arrays["labels"], forest)


def expect_trees(encoded: Encoded) -> EncodedTrees:
    """Return encoded examples, which must be `EncodedTrees`."""
    assert isinstance(encoded, EncodedTrees)
    return encoded
