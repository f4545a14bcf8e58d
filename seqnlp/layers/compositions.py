"""What makes the vector of a node of its two branches: the cells of recursive networks.

H is the number of units. The state of a node is one tensor [rows, states * H], the hidden state first. All
that a cell does between its product and the new state is in `state`, which works on any number of rows.
"""

from typing import Any, Protocol

from keras import ops

from seqnlp.errors import ConfigError

Tensor = Any


class Composition(Protocol):
    """One kind of cell; stateless, its weights are passed in.

    Attributes:
        name: Its name.
        states: How many vectors of H make a state.
        inputs: How many vectors of H a word's embedding is projected to.
        rows: How many times H rows its weights have; 1 where both branches share them.
        columns: How many times H columns its weights have.
        gates: How many vectors of H its product has.
        bilinear: Whether products of the branches' units count too.
    """

    name: str
    states: int
    inputs: int
    rows: int
    columns: int
    gates: int
    bilinear: bool

    def kernel(self, weights: Tensor) -> Tensor:
        """What the hidden states of both branches, side by side, are multiplied by, [2 H, gates * H]."""

    def bias(self, bias: Tensor) -> Tensor:
        """What is added to the product, [gates * H], from [columns * H]."""

    def leaf(self, projected: Tensor) -> Tensor:
        """The state of a word from its projected embedding, [rows, inputs * H]."""

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """The state of a node from its product, [rows, gates * H], and the states of its branches."""


class RecursiveRNN:
    """The recursive network: tanh of what both branches say (Goller and Küchler 1996)."""

    name = "rnn"
    states = 1
    inputs = 1
    rows = 2
    columns = 1
    gates = 1
    bilinear = False

    def kernel(self, weights: Tensor) -> Tensor:
        """The weights themselves."""
        return weights

    def bias(self, bias: Tensor) -> Tensor:
        """The bias itself."""
        return bias

    def leaf(self, projected: Tensor) -> Tensor:
        """Its tanh."""
        return ops.tanh(projected)

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """Its tanh."""
        return ops.tanh(product)


class RNTN(RecursiveRNN):
    """The recursive neural tensor network: each unit also has a bilinear form (Socher et al. 2013)."""

    name = "rntn"
    bilinear = True


class TreeLSTM:
    """The binary Tree-LSTM: a forget gate for each branch (Tai et al. 2015, equations 9 to 14, N = 2).

    Gates: input, forget left, forget right, output, candidate; of a word input, output, candidate.
    """

    name = "lstm"
    states = 2
    inputs = 3
    rows = 2
    columns = 5
    gates = 5
    bilinear = False

    def kernel(self, weights: Tensor) -> Tensor:
        """The weights themselves."""
        return weights

    def bias(self, bias: Tensor) -> Tensor:
        """The bias itself."""
        return bias

    def leaf(self, projected: Tensor) -> Tensor:
        """A node without branches."""
        i, o, u = ops.split(projected, 3, axis=-1)
        memory = ops.sigmoid(i) * ops.tanh(u)
        return ops.concatenate([ops.sigmoid(o) * ops.tanh(memory), memory], axis=-1)

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """What the gates let pass."""
        i, f, g, o, u = ops.split(product, 5, axis=-1)
        _, lefts = ops.split(left, 2, axis=-1)
        _, rights = ops.split(right, 2, axis=-1)
        memory = ops.sigmoid(i) * ops.tanh(u) + ops.sigmoid(f) * lefts + ops.sigmoid(g) * rights
        return ops.concatenate([ops.sigmoid(o) * ops.tanh(memory), memory], axis=-1)


class ChildSumTreeLSTM(TreeLSTM):
    """The Tree-LSTM whose branches share their weights (Tai et al. 2015, equations 2 to 8).

    As the binary one, with weights for input, forget, output and candidate, and nothing between a branch and
    the other one's forget gate.
    """

    name = "child-sum"
    rows = 1
    columns = 4

    def kernel(self, weights: Tensor) -> Tensor:
        """The weights of both branches, one below the other."""
        i, f, o, u = ops.split(weights, 4, axis=-1)
        none = ops.zeros_like(f)
        left, right = (
            ops.concatenate([i, f, none, o, u], axis=-1),
            ops.concatenate([i, none, f, o, u], axis=-1),
        )
        return ops.concatenate([left, right], axis=0)

    def bias(self, bias: Tensor) -> Tensor:
        """That of the forget gate counts for both."""
        i, f, o, u = ops.split(bias, 4, axis=-1)
        return ops.concatenate([i, f, f, o, u], axis=-1)


class TreeGRU:
    """A GRU of two branches: a reset gate for each, and three shares that sum to 1.

    It is to the GRU what Tai et al.'s binary Tree-LSTM is to the LSTM. The state is the candidate, the left
    and the right branch's state, each unit by its own shares; as in `seqnlp.layers.cells.GRU` reset gates
    work on products. Columns: left share, right share, left reset, right reset, candidate (whose product is
    two: each branch's own).
    """

    name = "gru"
    states = 1
    inputs = 1
    rows = 2
    columns = 5
    gates = 6
    bilinear = False

    def kernel(self, weights: Tensor) -> Tensor:
        """The weights, those of the candidate parted by branch."""
        units = weights.shape[0] // 2
        gates, candidate = weights[:, : 4 * units], weights[:, 4 * units :]
        none = ops.zeros_like(candidate[:units])
        left = ops.concatenate([candidate[:units], none], axis=0)
        right = ops.concatenate([none, candidate[units:]], axis=0)
        return ops.concatenate([gates, left, right], axis=-1)

    def bias(self, bias: Tensor) -> Tensor:
        """That of the candidate counts once, for the left."""
        return ops.concatenate([bias, ops.zeros_like(bias[: bias.shape[0] // 5])], axis=0)

    def leaf(self, projected: Tensor) -> Tensor:
        """Its tanh."""
        return ops.tanh(projected)

    def state(self, product: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """What the shares let pass."""
        a, b, r, s, lefts, rights = ops.split(product, 6, axis=-1)
        candidate = ops.tanh(ops.sigmoid(r) * lefts + ops.sigmoid(s) * rights)
        a, b, c = ops.unstack(ops.softmax(ops.stack([a, b, ops.zeros_like(a)]), axis=0))
        return a * left + b * right + c * candidate


COMPOSITIONS: dict[str, Composition] = {
    each.name: each for each in (RecursiveRNN(), RNTN(), TreeLSTM(), ChildSumTreeLSTM(), TreeGRU())
}
"""The one registry."""


def composition_named(name: str) -> Composition:
    """The cell of that name.

    Raises:
        ConfigError: There is none.
    """
    if name not in COMPOSITIONS:
        raise ConfigError(f"unknown composition {name!r}; known: {', '.join(COMPOSITIONS)}")
    return COMPOSITIONS[name]
