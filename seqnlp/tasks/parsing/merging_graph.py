"""The graph of a parser with greedy search: a `Loop` whose steps merge two nodes of each sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export.conversion import convert, prefix_names, replace_placeholder, to_model
from seqnlp.export.parity import Difference, difference
from seqnlp.tasks.parsing.decoding import MergeDecoder
from seqnlp.tasks.parsing.merging import Row
from seqnlp.tasks.parsing.network import best_indices
from seqnlp.types import Arrays, Integers, Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.parsing.merging_network import MergingNetwork

_PLACEHOLDER = "NetworkStep"

# For sentences of one word, the loop has no step, and its outputs lose the batch size. They are reshaped.
_MERGING = """
merging (float[time, batch, size] leaves, float[pairs, batch] pairs, int32[fences, batch] fences,
    int32[batch] lengths) => (int32[batch, merges] starts, int32[batch, merges] ends,
    float[batch, merges] scores, float[merges, batch, size] merged)
<
    int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] three = {3}, int64 first = {0},
    bool yes = {1}
>
{
    shape = Shape (leaves)
    time = Slice (shape, zero, one)
    rest = Slice (shape, one, three)
    batch = Slice (shape, one, two)
    merges = Sub (time, one)
    steps = Gather <axis = 0> (merges, first)
    last_nodes, last_scores, last_bounds, all_starts, all_ends, all_scores, all_states = Loop <body = one (
        int64 step, bool going, float[nodes, batch, size] nodes_here, float[pairs_here, batch] scores_here,
        int32[fences_here, batch] bounds_here
    ) => (bool goes_on, float[nodes, batch, size] next_nodes, float[pairs_here, batch] next_scores,
        int32[fences_here, batch] next_bounds, int32[batch] start, int32[batch] end, float[batch] score,
        float[batch, size] state
    ) {
        goes_on = Identity (going)
        done = Cast <to = 6> (step)
        remaining = Sub (lengths, done)
        next_nodes, next_scores, next_bounds, start, end, score, state
            = NetworkStep (nodes_here, scores_here, bounds_here, remaining)
    }> (steps, yes, leaves, pairs, fences)
    step_shape = Concat <axis = 0> (merges, batch)
    starts_by_step = Reshape (all_starts, step_shape)
    starts = Transpose <perm = [1, 0]> (starts_by_step)
    ends_by_step = Reshape (all_ends, step_shape)
    ends = Transpose <perm = [1, 0]> (ends_by_step)
    scores_by_step = Reshape (all_scores, step_shape)
    scores = Transpose <perm = [1, 0]> (scores_by_step)
    state_shape = Concat <axis = 0> (merges, rest)
    merged = Reshape (all_states, state_shape)
}
"""


class MergingGraph:
    """Converts a `MergingNetwork`: from words to parts of speech, and to nodes in the order of merges."""

    def convert(
        self,
        network: "MergingNetwork",
        inputs: Mapping[str, Sequence[str]],
        states: Callable[[dict[str, Tensor]], Tensor],
    ) -> "ModelProto":
        """Convert a network."""
        from onnx import parser

        graph = parser.parse_graph(_MERGING)
        begin, step, end = _begin(network, inputs, states), _step(network), _end(network)
        loop = next(node for node in graph.node if node.op_type == "Loop").attribute[0].g
        names = [value.name for value in (*step.graph.input, *step.graph.output)]
        inner = prefix_names(step.graph, "step_", keep=names)
        replace_placeholder(loop, _PLACEHOLDER, inner)
        outer = prefix_names(begin.graph, "begin_", keep=[*inputs, "tags", "leaves", "pairs", "fences"])
        last = prefix_names(end.graph, "end_", keep=["leaves", "merged", "lengths", "labels"])
        nodes = [*outer.node, *graph.node, *last.node]
        values_by_name = {value.name: value for value in (*outer.output, *graph.output, *last.output)}
        outputs = [values_by_name[name] for name in MergeDecoder.outputs]
        for field, values in (("node", nodes), ("input", list(outer.input)), ("output", outputs)):
            graph.ClearField(field)
            getattr(graph, field).extend(values)
        graph.initializer.extend([*outer.initializer, *inner.initializer, *last.initializer])
        return to_model(graph)

    def compare(self, found: Arrays, expected: Arrays, lengths: Integers) -> Difference:
        """Compare the scores of merges and the labels of nodes.

        If two pairs have equal scores, either may be merged first. Later merges are then not compared.
        """
        time = found["tags"].shape[1]
        merges = np.arange(time - 1) < lengths[:, None] - 1
        differs = merges & np.any([found[name] != expected[name] for name in ("starts", "ends")], axis=0)
        count = np.cumsum(differs, axis=1)
        first = (count == 1) & differs
        same = merges & (count == 0)
        nodes = np.concatenate([np.arange(time) < lengths[:, None], same], axis=1)
        labels = difference(found, expected, nodes, exact=["labels"], close=[])
        scores = difference(found, expected, same | first, exact=[], close=["scores"])
        return replace(labels, distance=scores.distance)


def _begin(
    network: "MergingNetwork",
    inputs: Mapping[str, Sequence[str]],
    states: Callable[[dict[str, Tensor]], Tensor],
) -> "ModelProto":
    """Convert the start: words as nodes."""

    def begin(given: dict[str, Tensor]) -> dict[str, Tensor]:
        read = network.read(states(given))
        row = network.merger().begin(read["leaves"], given["lengths"])
        tags = best_indices(read["tags"])
        return {"tags": tags, "leaves": row.nodes, "pairs": row.scores, "fences": row.bounds}

    outputs = {
        "tags": ("batch", "time"),
        "leaves": ("time", "batch", _size(network)),
        "pairs": ("pairs", "batch"),
        "fences": ("fences", "batch"),
    }
    return convert(begin, inputs, outputs)


def _step(network: "MergingNetwork") -> "ModelProto":
    """Convert one merge of each sentence."""

    def step(given: dict[str, Tensor]) -> dict[str, Tensor]:
        here = Row(given["nodes_here"], given["scores_here"], given["bounds_here"])
        row, merges = network.merger().step(here, given["remaining"])
        return dict(zip(outputs, (*row, *merges), strict=True))

    state = ("batch", _size(network))
    outputs: dict[str, Sequence[str | int]] = {
        "next_nodes": ("nodes", *state),
        "next_scores": ("pairs_here", "batch"),
        "next_bounds": ("fences_here", "batch"),
        "start": ("batch",),
        "end": ("batch",),
        "score": ("batch",),
        "state": state,
    }
    integers = {"bounds_here": ("fences_here", "batch"), "remaining": ("batch",)}
    floats = {"nodes_here": ("nodes", *state), "scores_here": ("pairs_here", "batch")}
    return convert(step, integers, outputs, floats)


def _end(network: "MergingNetwork") -> "ModelProto":
    """Convert the labels of all nodes."""

    def end(given: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"labels": network.best_labels(given["leaves"], given["merged"], given["lengths"])}

    state = ("batch", _size(network))
    floats = {"leaves": ("time", *state), "merged": ("merges", *state)}
    return convert(end, {"lengths": ("batch",)}, {"labels": ("batch", "nodes")}, floats)


def _size(network: "MergingNetwork") -> int:
    return int(network.composition.cell.states * network.arguments["span_units"])
