"""The layer that goes up trees: many nodes of one height at once, with a gradient of its own."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import keras
from keras import ops

from seqnlp.layers.compiled import compiled
from seqnlp.layers.compositions import Composition as Cell
from seqnlp.layers.compositions import composition_named
from seqnlp.layers.derivative import gradients
from seqnlp.layers.lookup import lookup

Tensor = Any


@cache
def ascent(name: str, block: int) -> Callable[..., Tensor]:
    """The differentiable function that computes the hidden states of all nodes of a batch of trees.

    One loop goes over blocks of rows that need nothing but rows before them, and one back. All gradients of
    the kernel are one product after that loop.

    Args:
        name: Which composition.
        block: Rows of a block.

    Returns:
        A function of `leaves` [words, states * H], `kernel` [2 H, gates * H], `bias` [gates * H], `tensor`
        [2 H, 2 H * H] (of a bilinear composition; else anything), `left`, `right` int32 [slots] and `above`
        int32 [words + slots] as `seqnlp.trees.levels.Levels` has them, and `blocks`, int32 [], how many
        blocks are in use; to the hidden states of all rows, [words + slots, H].
    """
    composition = composition_named(name)

    def forward(
        leaves: Tensor,
        kernel: Tensor,
        bias: Tensor,
        tensor: Tensor,
        left: Tensor,
        right: Tensor,
        blocks: Tensor,
    ) -> Any:
        words, slots = ops.shape(leaves)[0], ops.shape(left)[0]
        width = kernel.shape[1]

        def step(at: Tensor, states: Tensor, products: Tensor) -> Any:
            one, other = (lookup(states, _rows(which, at, block)) for which in (left, right))
            product = _product(composition, (kernel, bias, tensor), one, other)
            found = composition.state(product, one, other)
            states = ops.slice_update(states, (words + at * block, 0), found)
            return at + 1, states, ops.slice_update(products, (at * block, 0), product)

        states = ops.concatenate([leaves, ops.zeros((slots, leaves.shape[1]), leaves.dtype)], axis=0)
        products = ops.zeros((slots, width), leaves.dtype)
        _, states, products = ops.while_loop(lambda at, *_: at < blocks, step, (0, states, products))
        return states, products, states[:, : kernel.shape[0] // 2]

    def backward(
        kernel: Tensor,
        tensor: Tensor,
        left: Tensor,
        right: Tensor,
        above: Tensor,
        blocks: Tensor,
        states: Tensor,
        products: Tensor,
        upstream: Tensor,
    ) -> Any:
        slots = ops.shape(left)[0]
        words, size = ops.shape(states)[0] - slots, states.shape[1]
        units, width = kernel.shape[0] // 2, kernel.shape[1]
        transposed = ops.transpose(kernel)

        def of_states(d_hidden: Tensor) -> Tensor:
            """The gradient of states of which only the hidden ones have one."""
            return ops.pad(d_hidden, ((0, 0), (0, size - units)))

        def step(at: Tensor, branches: Tensor, d_products: Tensor, d_tensor: Tensor) -> Any:
            at = at - 1
            one, other = (lookup(states, _rows(which, at, block)) for which in (left, right))
            product = _rows(products, at, block)
            first = words + at * block
            above_block = ops.slice(above, (first,), (block,))
            from_above = lookup(branches, above_block)
            gradient = from_above + of_states(ops.slice(upstream, (first, 0), (block, units)))
            d_product, d_one, d_other = gradients(composition.state, [product, one, other], gradient)
            d_joined = ops.matmul(d_product, transposed)
            if composition.bilinear:
                joined = ops.concatenate([one[:, :units], other[:, :units]], axis=-1)
                more, here = gradients(_bilinear, [joined, tensor], d_product)
                d_joined, d_tensor = d_joined + more, d_tensor + here
            for which, (d_state, d_hidden) in enumerate(
                ((d_one, d_joined[:, :units]), (d_other, d_joined[:, units:]))
            ):
                found = d_state + of_states(d_hidden)
                branches = ops.slice_update(branches, (which * slots + at * block, 0), found)
            return at, branches, ops.slice_update(d_products, (at * block, 0), d_product), d_tensor

        start = (
            blocks,
            ops.zeros((2 * slots + 1, size), states.dtype),  # behind the last: nothing, for roots
            ops.zeros((slots, width), states.dtype),
            ops.zeros_like(tensor),
        )
        _, branches, d_products, d_tensor = ops.while_loop(lambda at, *_: at > 0, step, start)
        d_leaves = of_states(upstream[:words]) + lookup(branches, above[:words])
        joined = ops.concatenate([lookup(states, which)[:, :units] for which in (left, right)], axis=-1)
        return d_leaves, ops.matmul(ops.transpose(joined), d_products), ops.sum(d_products, axis=0), d_tensor

    forward, backward = compiled(forward), compiled(backward)

    @ops.custom_gradient
    def ascend(
        leaves: Tensor,
        kernel: Tensor,
        bias: Tensor,
        tensor: Tensor,
        left: Tensor,
        right: Tensor,
        above: Tensor,
        blocks: Tensor,
    ) -> Any:
        # Our gradient is all there is: without this the tape would also differentiate the compiled loop.
        leaves, kernel, bias, tensor = (ops.stop_gradient(x) for x in (leaves, kernel, bias, tensor))
        states, products, hidden = forward(leaves, kernel, bias, tensor, left, right, blocks)

        def gradient(upstream: Tensor) -> Any:
            found = backward(kernel, tensor, left, right, above, blocks, states, products, upstream)
            return *found, None, None, None, None

        return hidden, gradient

    return ascend


def joined(cell: Cell, tensors: Sequence[Tensor], left: Tensor, right: Tensor) -> Tensor:
    """The states of nodes, [rows, states * H], from those of their branches.

    Args:
        cell: The composition.
        tensors: Its kernel, bias and tensor, as `Composition.tensors` gives them.
        left: The states of the left branches.
        right: Those of the right ones.
    """
    return cell.state(_product(cell, tensors, left, right), left, right)


def _product(cell: Cell, tensors: Sequence[Tensor], left: Tensor, right: Tensor) -> Tensor:
    """What the hidden states of branches are multiplied to, [rows, gates * H]."""
    kernel, bias, tensor = tensors
    units = kernel.shape[0] // 2
    hidden = ops.concatenate([left[:, :units], right[:, :units]], axis=-1)
    product = ops.matmul(hidden, kernel) + bias
    return product + _bilinear(hidden, tensor) if cell.bilinear else product


def _rows(array: Tensor, at: Tensor, block: int) -> Tensor:
    """A block of rows."""
    rest = array.shape[1:]
    return ops.slice(array, (at * block, *[0] * len(rest)), (block, *rest))


def _bilinear(joined: Tensor, tensor: Tensor) -> Tensor:
    """The bilinear form of each unit, [rows, H]; `tensor` is [2 H, 2 H * H]."""
    size = joined.shape[1]
    once = ops.reshape(ops.matmul(joined, tensor), (-1, size, size // 2))
    return ops.squeeze(ops.matmul(joined[:, None, :], once), axis=1)


@keras.saving.register_keras_serializable("seqnlp")
class Composition(keras.layers.Layer):
    """A recursive network over binary trees.

    Args:
        units: H, the size of the hidden state.
        cell: `rnn`, `rntn`, `lstm`, `child-sum` or `gru`.
        block: Rows of a block, as trees are laid out.
        seed: For the first weights.
    """

    def __init__(self, units: int, cell: str, block: int, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = {"units": units, "cell": cell, "block": block, "seed": seed}
        self.units = units
        self.composition = composition_named(cell)
        self.leaf = keras.layers.Dense(
            self.composition.inputs * units,
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
            name="leaf",
        )

    def build(self, shape: Any) -> None:
        """Create the weights, for embeddings [..., dimension]."""
        cell, units = self.composition, self.units
        self.leaf.build(shape)
        first = keras.initializers.GlorotUniform(seed=self.arguments["seed"])
        self.weights_of_branches = self.add_weight(
            name="kernel", shape=(cell.rows * units, cell.columns * units), initializer=first
        )
        self.bias = self.add_weight(name="bias", shape=(cell.columns * units,), initializer="zeros")
        if cell.bilinear:
            small = keras.initializers.RandomUniform(-0.5 / units, 0.5 / units, seed=self.arguments["seed"])
            self.tensor = self.add_weight(
                name="tensor", shape=(2 * units, 2 * units * units), initializer=small
            )
        self.built = True

    def leaves(self, embedded: Tensor) -> Tensor:
        """The states of words, [words, states * H], from their embeddings [words, dimension]."""
        return self.composition.leaf(self.leaf(embedded))

    def joined(self, left: Tensor, right: Tensor) -> Tensor:
        """The states of nodes from those of their branches, [rows, states * H]."""
        return joined(self.composition, self.tensors(), left, right)

    def call(self, leaves: Tensor, left: Tensor, right: Tensor, above: Tensor, blocks: Tensor) -> Tensor:
        """Compute the hidden states of all nodes of a batch of trees.

        Args:
            leaves: The states of the words, [words, states * H].
            left: int32 [slots], the row of the left branch of each branched node.
            right: The right one.
            above: int32 [words + slots], as `seqnlp.trees.levels.Levels` has it.
            blocks: int32 [], how many blocks of branched nodes there are.

        Returns:
            The hidden states, [words + slots, H].
        """
        ascend = ascent(self.composition.name, self.arguments["block"])
        return ascend(leaves, *self.tensors(), left, right, above, blocks)

    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        """The kernel and the bias of both branches, and the tensor of a bilinear composition."""
        cell = self.composition
        tensor = ops.copy(self.tensor) if cell.bilinear else ops.zeros((1, 1))
        return ops.copy(cell.kernel(self.weights_of_branches)), ops.copy(cell.bias(self.bias)), tensor

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}
