"""A tree cell over a batch of trees: one compiled function forward and one backward."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeAlias

from keras import ops

from seqnlp.layers.compilation import compile_function
from seqnlp.layers.gradients import backpropagate, custom_gradient
from seqnlp.layers.lookup import lookup
from seqnlp.layers.tree_cells import TreeCell, get_tree_cell
from seqnlp.types import Tensor

Tensors: TypeAlias = tuple[Tensor, ...]


@cache
def build_recursion(cell_name: str, block: int) -> Callable[..., Tensor]:
    """Build the differentiable function that computes the hidden states of all nodes of a batch of trees.

    The forward loop visits the blocks of rows from the words to the roots, and the backward loop visits them
    in reverse. The gradient of the kernel is one matrix product after the backward loop.

    Args:
        cell_name: A name in `TREE_CELLS`.
        block: Number of rows per block.

    Returns:
        A function of `leaves` [words, states * H], `kernel` [2 H, gates * H], `bias` [gates * H], `tensor`
        [2 H, 2 H * H] (used by bilinear cells only), and of the layout of `seqnlp.trees.levels.Levels`:
        `left` and `right` int32 [slots], `above` int32 [words + slots] and `blocks` int32 [], the number of
        blocks in use. The result is the hidden states of all rows, [words + slots, H].
    """
    cell = get_tree_cell(cell_name)

    def forward(
        leaves: Tensor,
        kernel: Tensor,
        bias: Tensor,
        tensor: Tensor,
        left: Tensor,
        right: Tensor,
        blocks: Tensor,
    ) -> Tensors:
        words, slots = ops.shape(leaves)[0], ops.shape(left)[0]
        width = kernel.shape[1]

        def step(at: Tensor, states: Tensor, products: Tensor) -> Tensors:
            one, other = (lookup(states, _take_block(branch, at, block)) for branch in (left, right))
            product = _multiply(cell, (kernel, bias, tensor), one, other)
            states = ops.slice_update(states, (words + at * block, 0), cell.state(product, one, other))
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
    ) -> Tensors:
        slots = ops.shape(left)[0]
        words, size = ops.shape(states)[0] - slots, states.shape[1]
        units, width = kernel.shape[0] // 2, kernel.shape[1]
        transposed = ops.transpose(kernel)

        def pad_hidden(d_hidden: Tensor) -> Tensor:
            """Extend the gradient of hidden states to whole states."""
            return ops.pad(d_hidden, ((0, 0), (0, size - units)))

        def step(at: Tensor, branches: Tensor, d_products: Tensor, d_tensor: Tensor) -> Tensors:
            at = at - 1
            one, other = (lookup(states, _take_block(branch, at, block)) for branch in (left, right))
            product = _take_block(products, at, block)
            first = words + at * block
            from_above = lookup(branches, ops.slice(above, (first,), (block,)))
            gradient = from_above + pad_hidden(ops.slice(upstream, (first, 0), (block, units)))
            d_product, d_one, d_other = backpropagate(cell.state, [product, one, other], gradient)
            d_joined = ops.matmul(d_product, transposed)
            if cell.bilinear:
                joined = ops.concatenate([one[:, :units], other[:, :units]], axis=-1)
                d_bilinear, d_here = backpropagate(bilinear, [joined, tensor], d_product)
                d_joined, d_tensor = d_joined + d_bilinear, d_tensor + d_here
            gradients = ((d_one, d_joined[:, :units]), (d_other, d_joined[:, units:]))
            for number, (d_state, d_hidden) in enumerate(gradients):
                d_branch = d_state + pad_hidden(d_hidden)
                branches = ops.slice_update(branches, (number * slots + at * block, 0), d_branch)
            return at, branches, ops.slice_update(d_products, (at * block, 0), d_product), d_tensor

        start = (
            blocks,
            ops.zeros((2 * slots + 1, size), states.dtype),  # the last row stays zero, for roots
            ops.zeros((slots, width), states.dtype),
            ops.zeros_like(tensor),
        )
        _, branches, d_products, d_tensor = ops.while_loop(lambda at, *_: at > 0, step, start)
        d_leaves = pad_hidden(upstream[:words]) + lookup(branches, above[:words])
        joined = ops.concatenate([lookup(states, branch)[:, :units] for branch in (left, right)], axis=-1)
        return d_leaves, ops.matmul(ops.transpose(joined), d_products), ops.sum(d_products, axis=0), d_tensor

    forward, backward = compile_function(forward), compile_function(backward)

    @custom_gradient
    def run(
        leaves: Tensor,
        kernel: Tensor,
        bias: Tensor,
        tensor: Tensor,
        left: Tensor,
        right: Tensor,
        above: Tensor,
        blocks: Tensor,
    ) -> tuple[Tensor, Callable[[Tensor], Tensors]]:
        # Without `stop_gradient` the tape would also differentiate the compiled loop.
        leaves, kernel, bias, tensor = (ops.stop_gradient(x) for x in (leaves, kernel, bias, tensor))
        states, products, hidden = forward(leaves, kernel, bias, tensor, left, right, blocks)

        def gradient(upstream: Tensor) -> Tensors:
            gradients = backward(kernel, tensor, left, right, above, blocks, states, products, upstream)
            return *gradients, None, None, None, None

        return hidden, gradient

    return run


def join(cell: TreeCell, weights: Sequence[Tensor], left: Tensor, right: Tensor) -> Tensor:
    """Compute the states of nodes from the states of their branches.

    Args:
        cell: The tree cell.
        weights: Its kernel, bias and tensor, as `TreeRecurrence.cell_weights` returns them.
        left: The states of the left branches, [rows, states * H].
        right: The states of the right branches.

    Returns:
        [rows, states * H].
    """
    return cell.state(_multiply(cell, weights, left, right), left, right)


def bilinear(joined: Tensor, tensor: Tensor) -> Tensor:
    """Compute one bilinear form per unit (Socher et al. 2013, section 4.3).

    Args:
        joined: The hidden states of both branches, [rows, 2 H].
        tensor: [2 H, 2 H * H].

    Returns:
        [rows, H].
    """
    size = joined.shape[1]
    once = ops.reshape(ops.matmul(joined, tensor), (-1, size, size // 2))
    return ops.squeeze(ops.matmul(joined[:, None, :], once), axis=1)


def _multiply(cell: TreeCell, weights: Sequence[Tensor], left: Tensor, right: Tensor) -> Tensor:
    """Return the product of the branches' hidden states and the weights, [rows, gates * H]."""
    kernel, bias, tensor = weights
    units = kernel.shape[0] // 2
    hidden = ops.concatenate([left[:, :units], right[:, :units]], axis=-1)
    product = ops.matmul(hidden, kernel) + bias
    return product + bilinear(hidden, tensor) if cell.bilinear else product


def _take_block(array: Tensor, at: Tensor, block: int) -> Tensor:
    """Return one block of rows."""
    rest = array.shape[1:]
    return ops.slice(array, (at * block, *[0] * len(rest)), (block, *rest))
