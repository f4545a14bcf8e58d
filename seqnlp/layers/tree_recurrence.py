"""The recursive layer: a tree cell over binary trees."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.recursion import build_recursion, join
from seqnlp.layers.tree_cells import get_tree_cell
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class TreeRecurrence(keras.layers.Layer):
    """A recursive network over binary trees. It computes many nodes of the same height at once.

    Args:
        units: H, the size of the hidden state.
        cell: `rnn`, `rntn`, `lstm`, `child-sum` or `gru`.
        block: Number of rows per block in the layout of the trees.
        seed: Seed of the initial weights.

    Example:
        >>> import numpy as np
        >>> from seqnlp.trees.levels import BLOCK
        >>> layer = TreeRecurrence(units=4, cell="lstm", block=BLOCK)
        >>> layer.build((None, 3))
        >>> words = layer.leaf_states(np.ones((2, 3), "float32"))
        >>> tuple(layer.join(words[:1], words[1:]).shape)  # hidden state and cell state of the inner node
        (1, 8)
    """

    def __init__(self, units: int, cell: str, block: int, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.cell = get_tree_cell(cell)
        self.block = block
        self.seed = seed
        self.leaf = keras.layers.Dense(
            self.cell.inputs * units,
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
            name="leaf",
        )

    def build(self, embedded_shape: Any) -> None:
        """Create the weights for embeddings [..., dimension]."""
        cell, units = self.cell, self.units
        self.leaf.build(embedded_shape)
        glorot = keras.initializers.GlorotUniform(seed=self.seed)
        self.kernel = self.add_weight(
            name="kernel", shape=(cell.rows * units, cell.columns * units), initializer=glorot
        )
        self.bias = self.add_weight(name="bias", shape=(cell.columns * units,), initializer="zeros")
        if cell.bilinear:
            small = keras.initializers.RandomUniform(-0.5 / units, 0.5 / units, seed=self.seed)
            self.tensor = self.add_weight(
                name="tensor", shape=(2 * units, 2 * units * units), initializer=small
            )
        self.built = True

    def leaf_states(self, embedded: Tensor) -> Tensor:
        """Return the states of words, [words, states * H], from their embeddings [words, dimension]."""
        return self.cell.leaf(self.leaf(embedded))

    def join(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the states of nodes from the states of their branches, all [rows, states * H]."""
        return join(self.cell, self.cell_weights(), left, right)

    def call(self, leaves: Tensor, left: Tensor, right: Tensor, above: Tensor, blocks: Tensor) -> Tensor:
        """Compute the hidden states of all nodes of a batch of trees.

        The arguments `left`, `right`, `above` and `blocks` are those of `seqnlp.trees.levels.Levels`.

        Args:
            leaves: The states of the words, float32 [words, states * H].
            left: int32 [slots], the row of the left branch of each inner node.
            right: int32 [slots], the row of the right branch.
            above: int32 [words + slots], the index of each row in the concatenation of `left` and `right`.
            blocks: int32 [], the number of blocks in use.

        Returns:
            The hidden states, float32 [words + slots, H].
        """
        run = build_recursion(self.cell.name, self.block)
        return run(leaves, *self.cell_weights(), left, right, above, blocks)

    def cell_weights(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the kernel and bias for both branches, and the tensor of a bilinear cell."""
        tensor = ops.copy(self.tensor) if self.cell.bilinear else ops.zeros((1, 1))
        return ops.copy(self.cell.kernel(self.kernel)), ops.copy(self.cell.bias(self.bias)), tensor
