"""The tree cells: each computes the state of an inner node of a binary tree from its two branches.

H is the number of units. The state of a node is one tensor [rows, states * H]; the hidden state comes first.
`TreeCell.state` contains everything between the matrix product and the new state, and works on any number of
rows.
"""

from typing import Protocol

from keras import ops

from seqnlp.errors import ConfigError
from seqnlp.types import Tensor


class TreeCell(Protocol):
    """A tree cell. Tree cells have no weights of their own.

    Attributes:
        name: The name of the cell in the settings.
        states: A state has `states * H` columns.
        inputs: The embedding of a word is projected to `inputs * H` columns.
        rows: The weight matrix has `rows * H` rows: 1 if both branches share their weights, else 2.
        columns: The weight matrix has `columns * H` columns.
        gates: The product has `gates * H` columns.
        bilinear: Whether the product has a bilinear term.
    """

    name: str
    states: int
    inputs: int
    rows: int
    columns: int
    gates: int
    bilinear: bool

    def kernel(self, weights: Tensor) -> Tensor:
        """Return the kernel for the concatenated hidden states of both branches, [2 H, gates * H].

        Args:
            weights: The weight matrix, [rows * H, columns * H].
        """

    def bias(self, bias: Tensor) -> Tensor:
        """Return the bias of the product, [gates * H], from the trained bias, [columns * H]."""

    def leaf(self, projected: Tensor) -> Tensor:
        """Return the states of words from their projected embeddings, [rows, inputs * H]."""

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """Return the states of nodes from their products, [rows, gates * H], and the branches' states."""


class RecursiveRNN:
    """The recursive neural network: tanh of a matrix product (Goller and Küchler 1996)."""

    name = "rnn"
    states = 1
    inputs = 1
    rows = 2
    columns = 1
    gates = 1
    bilinear = False

    def kernel(self, weights: Tensor) -> Tensor:
        """Return the weights unchanged."""
        return weights

    def bias(self, bias: Tensor) -> Tensor:
        """Return the bias unchanged."""
        return bias

    def leaf(self, projected: Tensor) -> Tensor:
        """Return the tanh of the projection."""
        return ops.tanh(projected)

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """Return the tanh of the product."""
        return ops.tanh(product)


class RNTN(RecursiveRNN):
    """The recursive neural tensor network: each unit also has a bilinear form (Socher et al. 2013)."""

    name = "rntn"
    bilinear = True


class TreeLSTM:
    """The binary Tree-LSTM: one forget gate per branch (Tai et al. 2015, equations 9 to 14, N = 2).

    Gate order: input, left forget, right forget, output, candidate; for words: input, output, candidate.
    """

    name = "lstm"
    states = 2
    inputs = 3
    rows = 2
    columns = 5
    gates = 5
    bilinear = False

    def kernel(self, weights: Tensor) -> Tensor:
        """Return the weights unchanged."""
        return weights

    def bias(self, bias: Tensor) -> Tensor:
        """Return the bias unchanged."""
        return bias

    def leaf(self, projected: Tensor) -> Tensor:
        """Return the state of a node without branches."""
        i, o, u = ops.split(projected, 3, axis=-1)
        memory = ops.sigmoid(i) * ops.tanh(u)
        return ops.concatenate([ops.sigmoid(o) * ops.tanh(memory), memory], axis=-1)

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """Return the gated sum of the candidate and both cell states."""
        i, f, g, o, u = ops.split(product, 5, axis=-1)
        _, left_memory = ops.split(left, 2, axis=-1)
        _, right_memory = ops.split(right, 2, axis=-1)
        memory = ops.sigmoid(i) * ops.tanh(u) + ops.sigmoid(f) * left_memory + ops.sigmoid(g) * right_memory
        return ops.concatenate([ops.sigmoid(o) * ops.tanh(memory), memory], axis=-1)


class ChildSumTreeLSTM(TreeLSTM):
    """The child-sum Tree-LSTM: both branches share their weights (Tai et al. 2015, equations 2 to 8).

    It computes the binary Tree-LSTM with tied weights, and the forget gate of a branch does not depend on the
    other branch. Weight order: input, forget, output, candidate.
    """

    name = "child-sum"
    rows = 1
    columns = 4

    def kernel(self, weights: Tensor) -> Tensor:
        """Stack the weights of both branches."""
        i, f, o, u = ops.split(weights, 4, axis=-1)
        zeros = ops.zeros_like(f)
        left = ops.concatenate([i, f, zeros, o, u], axis=-1)
        right = ops.concatenate([i, zeros, f, o, u], axis=-1)
        return ops.concatenate([left, right], axis=0)

    def bias(self, bias: Tensor) -> Tensor:
        """Repeat the bias of the forget gate for both branches."""
        i, f, o, u = ops.split(bias, 4, axis=-1)
        return ops.concatenate([i, f, f, o, u], axis=-1)


class TreeGRU:
    """A GRU with two branches: one reset gate per branch, and three shares that sum to 1.

    It extends the GRU as the binary Tree-LSTM of Tai et al. extends the LSTM. Each unit of the state is a
    weighted mean of the left state, the right state and the candidate. As in `seqnlp.layers.cells.GRU`, the
    reset gates apply after the product. Weight order: left share, right share, left reset, right reset,
    candidate. The product of the candidate is kept per branch.
    """

    name = "gru"
    states = 1
    inputs = 1
    rows = 2
    columns = 5
    gates = 6
    bilinear = False

    def kernel(self, weights: Tensor) -> Tensor:
        """Separate the candidate's weights by branch."""
        units = weights.shape[0] // 2
        gates, candidate = weights[:, : 4 * units], weights[:, 4 * units :]
        zeros = ops.zeros_like(candidate[:units])
        left = ops.concatenate([candidate[:units], zeros], axis=0)
        right = ops.concatenate([zeros, candidate[units:]], axis=0)
        return ops.concatenate([gates, left, right], axis=-1)

    def bias(self, bias: Tensor) -> Tensor:
        """Add the candidate's bias to the left branch only."""
        return ops.concatenate([bias, ops.zeros_like(bias[: bias.shape[0] // 5])], axis=0)

    def leaf(self, projected: Tensor) -> Tensor:
        """Return the tanh of the projection."""
        return ops.tanh(projected)

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """Return the mean of the branches' states and the candidate, weighted by the shares."""
        a, b, r, s, from_left, from_right = ops.split(product, 6, axis=-1)
        candidate = ops.tanh(ops.sigmoid(r) * from_left + ops.sigmoid(s) * from_right)
        a, b, c = ops.unstack(ops.softmax(ops.stack([a, b, ops.zeros_like(a)]), axis=0))
        return a * left + b * right + c * candidate


TREE_CELLS: dict[str, TreeCell] = {
    cell.name: cell for cell in (RecursiveRNN(), RNTN(), TreeLSTM(), ChildSumTreeLSTM(), TreeGRU())
}
"""The tree cells by name."""


def get_tree_cell(name: str) -> TreeCell:
    """Return the tree cell with a name.

    Raises:
        ConfigError: The name is unknown.
    """
    if name not in TREE_CELLS:
        raise ConfigError(f"unknown tree cell {name!r}; known: {', '.join(TREE_CELLS)}")
    return TREE_CELLS[name]
