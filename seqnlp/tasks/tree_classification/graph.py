"""A network that reads trees to one model.onnx: a `Loop` over the levels of a batch of trees."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.export.conversion import converted, prefixed, put_in, whole
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
from seqnlp.export.writer import write_model
from seqnlp.layers.lookup import lookup
from seqnlp.tasks.classification.choice import OneLabel
from seqnlp.tasks.tree_classification.codec import TreeCodec
from seqnlp.trees.binary import BinaryTree
from seqnlp.trees.frontier import Frontier
from seqnlp.trees.groups import Abreast, batches_of

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession

    from seqnlp.tasks.tree_classification.network import TreeNetwork

Tensor = Any

TOLERANCE = 1e-5
"""How far a probability of the exported model may be from the network's."""

_POSITIONS = 512
_PLACEHOLDER = "NetworkStep"

_ASCENT = """
ascent (int32[words] words, int64[branched] left, int64[branched] right, int64[taken] used,
    int64[left_alone] kept, int64[bounds_of_levels, 4] bounds) => (float[nodes, labels] logits)
<
    int64 first = {0}, int64 second = {1}, int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2},
    int64[1] three = {3}, int64[1] four = {4}, bool yes = {1}
>
{
    bounds_shape = Shape (bounds)
    ends = Gather <axis = 0> (bounds_shape, first)
    levels = Sub (ends, second)
    nothing_yet = Slice (leaves, zero, zero)
    frontier_last, logits = Loop <body = level (
        int64 step, bool going, float[alive, size] frontier, float[known, labels] seen
    ) => (bool goes_on, float[next_alive, size] next_frontier, float[next_known, labels] next_seen) {
        goes_on = Identity (going)
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
        one_branch = Gather <axis = 0> (here, left_here)
        other_branch = Gather <axis = 0> (here, right_here)
        state, scores = NetworkStep (one_branch, other_branch)
        kept_here = Slice (kept, kept_from, kept_to)
        stays = Gather <axis = 0> (frontier, kept_here)
        next_frontier = Concat <axis = 0> (stays, state)
        next_seen = Concat <axis = 0> (seen, scores)
    }> (levels, yes, nothing_yet, scores_of_words)
}
"""


def export_tree_network(
    network: "TreeNetwork",
    codec: TreeCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Sequence[BinaryTree],
) -> None:
    """Write a network with its codec as one file.

    Args:
        network: The trained network.
        codec: Its codec.
        path: The file to write.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        check: Trees on which the file must agree with the network before it is written.

    Raises:
        ParityError: It does not; the message says how far it is off.
    """
    write_model(
        Graph(graph_of(network), codec),
        "tree-classifier",
        metadata,
        path,
        lambda session: check_parity(session, network, codec, check),
    )


def graph_of(network: "TreeNetwork") -> "ModelProto":
    """The graph of a network: `words` and how they go up, to the `logits` of all nodes as they are made."""
    from onnx import parser

    units = network.arguments["units"]
    size = network.composition.composition.states * units

    # What a word is and says depends on nothing but the word: both are looked up.
    states = network.leaves(np.arange(network.arguments["words"], dtype=np.int32))
    tables = {"leaves": np.asarray(states), "scores_of_words": np.asarray(network.scores(states[:, :units]))}

    def begin(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: lookup(table, inputs["words"]) for name, table in tables.items()}

    def step(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        state = network.composition.joined(inputs["one_branch"], inputs["other_branch"])
        return {"state": state, "scores": network.scores(state[:, :units])}

    labels = network.arguments["labels"]
    branch = ("rows", size)
    below = converted(
        begin, {"words": ("words",)}, {"leaves": ("words", size), "scores_of_words": ("words", labels)}
    )
    cell = converted(
        step,
        {},
        {"state": branch, "scores": ("rows", labels)},
        floats={"one_branch": branch, "other_branch": branch},
    )
    graph = parser.parse_graph(_ASCENT)
    names = [value.name for value in (*cell.graph.input, *cell.graph.output)]
    inner = prefixed(cell.graph, "step_", keep=names)
    put_in(next(node for node in graph.node if node.op_type == "Loop").attribute[0].g, _PLACEHOLDER, inner)
    outer = prefixed(below.graph, "begin_", keep=["words", "leaves", "scores_of_words"])
    nodes = [*outer.node, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend([*outer.initializer, *inner.initializer])
    return whole(graph)


def check_parity(
    session: "InferenceSession", network: "TreeNetwork", codec: TreeCodec, trees: Sequence[BinaryTree]
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        session: Runs the file.
        network: The network.
        codec: Its codec.
        trees: What both are to read.

    Raises:
        ParityError: The probability of a label is further off than `TOLERANCE`.
    """
    encoded = codec.trees(trees)
    worst = 0.0
    for batch in batches_of(encoded.forest.sizes, np.argsort(encoded.forest.tallest), _POSITIONS):
        layout, frontier = Abreast.of(encoded.forest, batch), Frontier.of(encoded.forest, batch.rows)
        expected = np.empty((len(encoded.labels), len(codec.labels)))
        found = np.empty_like(expected)
        logits = np.asarray(network.predict_on_batch(layout.inputs(encoded.words)))
        expected[layout.nodes] = logits[layout.places]
        given = {"words": encoded.words[frontier.words], **frontier.links()}
        (found[frontier.nodes],) = session.run(["logits"], given)
        nodes = layout.nodes
        sides = [OneLabel().probabilities(logits[nodes]) for logits in (found, expected)]
        worst = max(worst, float(np.abs(sides[0] - sides[1]).max()))
    if not worst <= TOLERANCE:
        raise ParityError(
            f"the model was not written: a probability differs from the network's by {worst:.1e} where "
            f"{TOLERANCE:.0e} is allowed"
        )
