"""The graph of tree classifiers: a `Loop` over the levels of a batch of trees."""

from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export.conversion import convert, prefix_names, replace_placeholder, to_model
from seqnlp.export.graph import Graph
from seqnlp.layers.lookup import lookup
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.tasks.tree_classification.network import TreeNetwork

_PLACEHOLDER = "NetworkStep"

_ASCENT = """
ascent (int32[words] words, int64[inner] left, int64[inner] right, int64[used_nodes] used,
    int64[kept_nodes] kept, int64[bounds_rows, 4] bounds) => (float[nodes, labels] logits)
<
    int64 first = {0}, int64 second = {1}, int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2},
    int64[1] three = {3}, int64[1] four = {4}, bool yes = {1}
>
{
    bounds_shape = Shape (bounds)
    ends = Gather <axis = 0> (bounds_shape, first)
    levels = Sub (ends, second)
    no_nodes = Slice (leaves, zero, zero)
    frontier_last, logits = Loop <body = level (
        int64 step, bool active, float[alive, size] frontier, float[known, labels] seen
    ) => (bool still_active, float[next_alive, size] next_frontier, float[next_known, labels] next_seen) {
        still_active = Identity (active)
        next_step = Add (step, second)
        from = Gather <axis = 0> (bounds, step)
        to = Gather <axis = 0> (bounds, next_step)
        words_from = Slice (from, zero, one)
        words_to = Slice (to, zero, one)
        nodes_from = Slice (from, one, two)
        nodes_to = Slice (to, one, two)
        used_from = Slice (from, two, three)
        used_to = Slice (to, two, three)
        kept_from = Slice (from, three, four)
        kept_to = Slice (to, three, four)
        words_here = Slice (leaves, words_from, words_to)
        used_here = Slice (used, used_from, used_to)
        nodes_here = Gather <axis = 0> (frontier, used_here)
        here = Concat <axis = 0> (words_here, nodes_here)
        left_here = Slice (left, nodes_from, nodes_to)
        right_here = Slice (right, nodes_from, nodes_to)
        left_branch = Gather <axis = 0> (here, left_here)
        right_branch = Gather <axis = 0> (here, right_here)
        state, scores = NetworkStep (left_branch, right_branch)
        kept_here = Slice (kept, kept_from, kept_to)
        stays = Gather <axis = 0> (frontier, kept_here)
        next_frontier = Concat <axis = 0> (stays, state)
        next_seen = Concat <axis = 0> (seen, scores)
    }> (levels, yes, no_nodes, scores_of_words)
}
"""


def tree_graph(network: "TreeNetwork", codec: TreeCodec) -> Graph[TreeCodec]:
    """Convert a network to a graph.

    Its inputs are `words` and the arrays of `seqnlp.trees.frontier.Frontier`. Its output is `logits` of all
    nodes, in the order of `Frontier.nodes`.
    """
    from onnx import parser

    labels, units = network.arguments["labels"], network.arguments["units"]
    size = network.composition.cell.states * units

    # The state and the logits of a word depend only on the word, so both are tables.
    states = network.leaves(np.arange(network.arguments["words"], dtype=np.int32))
    tables = {"leaves": np.asarray(states), "scores_of_words": np.asarray(network.scores(states[:, :units]))}

    def begin(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: lookup(table, inputs["words"]) for name, table in tables.items()}

    def step(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        state = network.composition.join(inputs["left_branch"], inputs["right_branch"])
        return {"state": state, "scores": network.scores(state[:, :units])}

    branch = ("rows", size)
    leaves = convert(
        begin, {"words": ("words",)}, {"leaves": ("words", size), "scores_of_words": ("words", labels)}
    )
    cell = convert(
        step,
        {},
        {"state": branch, "scores": ("rows", labels)},
        floats={"left_branch": branch, "right_branch": branch},
    )
    graph = parser.parse_graph(_ASCENT)
    names = [value.name for value in (*cell.graph.input, *cell.graph.output)]
    inner = prefix_names(cell.graph, "step_", keep=names)
    loop = next(node for node in graph.node if node.op_type == "Loop")
    replace_placeholder(loop.attribute[0].g, _PLACEHOLDER, inner)
    outer = prefix_names(leaves.graph, "begin_", keep=["words", "leaves", "scores_of_words"])
    nodes = [*outer.node, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend([*outer.initializer, *inner.initializer])
    return Graph(to_model(graph), codec)
