"""Decoders from emissions to tags and their probabilities, as ONNX graphs in standard operators.

The inputs of each decoder are `emissions` float32 [batch, time, K] and `lengths` int32 [batch]. The outputs
are `tags` int32 [batch, time] and `scores` float32 [batch, time], the posterior probability of each tag.
Values in the padding have no meaning.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from seqnlp.export.conversion import to_model
from seqnlp.types import Array

if TYPE_CHECKING:
    from onnx import ModelProto

_SOFTMAX = """
softmax (float[batch, time, K] emissions, int32[batch] lengths)
    => (int32[batch, time] tags, float[batch, time] scores)
{
    best = ArgMax <axis = -1, keepdims = 0> (emissions)
    tags = Cast <to = 6> (best)
    probabilities = Softmax <axis = -1> (emissions)
    scores = ReduceMax <axes = [-1], keepdims = 0> (probabilities)
}
"""

# Viterbi and forward-backward run in one loop, from the left and from the right, because the time depends on
# the number of operations and not on their size. The pass from the right is a pass from the left over
# reversed rows with transposed transitions. Both passes are stacked along the first axis, with the padding of
# a row at its end. The batch is the innermost axis, so that every operation runs along it.
#
# The state before a word is the score of the best path to each tag (`path`) and the sum over all paths
# (`mass`; Rabiner 1989, section V.A). Each step outputs both with the emission of the word included. The sums
# are scaled to 1 at each word, because scales cancel out. For the same reason, the largest score is
# subtracted before each exponential, so that none overflows. The sums stay positive if all legal paths
# underflow: 1e-37 is added to the exponentials of transitions and edges, and no weight is below exp(`floor`).
#
# The best path has the tag with the highest sum of left and right scores at each word. Both include the
# emission of the word, so it is subtracted once. If two tags of a word are equal except for rounding, the
# best tags of two words may belong to different paths. In this rare case the left scores are traced back
# instead. Marginals are the products of the sums from both sides.
_CRF = """
crf (float[batch, time, K] emissions, int32[batch] lengths)
    => (int32[batch, time] tags, float[batch, time] scores)
<
    int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] largest = {9223372036854775807},
    int64 first = {0}, int64 second = {1}
>
{
    long_lengths = Cast <to = 7> (lengths)
    peak = ReduceMax <axes = [2], keepdims = 1> (emissions)
    lowered = Sub (emissions, peak)
    mirrored = ReverseSequence <batch_axis = 0, time_axis = 1> (lowered, long_lengths)
    lowered_side = Unsqueeze (lowered, zero)
    mirrored_side = Unsqueeze (mirrored, zero)
    sides = Concat <axis = 0> (lowered_side, mirrored_side)
    by_step = Transpose <perm = [2, 0, 3, 1]> (sides)
    floored = Max (by_step, floor)
    weights = Exp (floored)
    shape = Shape (by_step)
    step_shape = Slice (shape, one, largest, zero)
    path_first = Expand (edges, step_shape)
    mass_first = Expand (edge_weights, step_shape)

    path_last, mass_last, paths, masses = Scan <num_scan_inputs = 2, body = along (
        float[2, K, batch] path, float[2, K, batch] mass,
        float[2, K, batch] emission, float[2, K, batch] weight
    ) => (
        float[2, K, batch] next_path, float[2, K, batch] next_mass,
        float[2, K, batch] path_here, float[2, K, batch] mass_here
    ) {
        path_here = Add (path, emission)
        from_here = Unsqueeze (path_here, one)
        steps_there = Add (from_here, to_from)
        next_path = ReduceMax <axes = [2], keepdims = 0> (steps_there)
        weighted = Mul (mass, weight)
        total = ReduceSum <keepdims = 1> (weighted, one)
        mass_here = Div (weighted, total)
        next_mass = MatMul (to_from_weights, mass_here)
    }> (path_first, mass_first, by_step, weights)

    paths_by_row = Transpose <perm = [1, 3, 0, 2]> (paths)
    path_left_side, path_right_side = Split <axis = 0> (paths_by_row)
    path_left = Squeeze (path_left_side, zero)
    path_mirrored = Squeeze (path_right_side, zero)
    path_right = ReverseSequence <batch_axis = 0, time_axis = 1> (path_mirrored, long_lengths)
    path_both = Add (path_left, path_right)
    through = Sub (path_both, lowered)
    highest = ReduceMax <axes = [2], keepdims = 1> (through)
    size = Abs (highest)
    rounding = Mul (size, precision)
    nearly_highest = Sub (highest, rounding)
    near = GreaterOrEqual (through, nearly_highest)
    time = Gather <axis = 0> (shape, first)
    steps = Range (first, time, second)
    lengths_column = Unsqueeze (long_lengths, one)
    mask = Less (steps, lengths_column)
    mask_column = Unsqueeze (mask, two)
    near_words = And (near, mask_column)
    candidates = Cast <to = 7> (near_words)
    candidate_count = ReduceSum <keepdims = 0> (candidates)
    word_count = ReduceSum <keepdims = 0> (long_lengths)
    doubt = Greater (candidate_count, word_count)
    tags_long = If <then_branch = trace_back () => (int64[batch, time] traced) {
        nexts = Add (steps, one)
        nexts_column = Unsqueeze (nexts, one)
        goes_on = Less (nexts_column, long_lengths)
        goes_on_row = Unsqueeze (goes_on, one)
        left_by_step = Gather <axis = 1> (paths, first)
        path_any = Gather <axis = 0> (left_by_step, first)
        tag_any = ArgMax <axis = 0, keepdims = 0> (path_any)
        tag_first, traced_by_step = Scan <num_scan_inputs = 2, scan_input_directions = [1, 1],
            scan_output_directions = [1], body = back (
            int64[batch] tag, float[K, batch] left, bool[1, batch] goes
        ) => (int64[batch] tag_here, int64[batch] tag_out) {
            into_tag = Gather <axis = 1> (transitions, tag)
            onward = Where (goes, into_tag, end)
            paths_back = Add (left, onward)
            tag_here = ArgMax <axis = 0, keepdims = 0> (paths_back)
            tag_out = Identity (tag_here)
        }> (tag_any, left_by_step, goes_on_row)
        traced = Transpose <perm = [1, 0]> (traced_by_step)
    }, else_branch = read_off () => (int64[batch, time] read) {
        read = ArgMax <axis = 2, keepdims = 0> (through)
    }> (doubt)
    tags = Cast <to = 6> (tags_long)

    masses_by_row = Transpose <perm = [1, 3, 0, 2]> (masses)
    mass_left_side, mass_right_side = Split <axis = 0> (masses_by_row)
    mass_left = Squeeze (mass_left_side, zero)
    mass_mirrored = Squeeze (mass_right_side, zero)
    mass_right = ReverseSequence <batch_axis = 0, time_axis = 1> (mass_mirrored, long_lengths)
    floored_here = Max (lowered, floor)
    weights_here = Exp (floored_here)
    beyond = Div (mass_right, weights_here)
    joint = Mul (mass_left, beyond)
    totals = ReduceSum <keepdims = 0> (joint, two)
    tags_column = Unsqueeze (tags_long, two)
    chosen_column = GatherElements <axis = 2> (joint, tags_column)
    chosen = Squeeze (chosen_column, two)
    scores = Div (chosen, totals)
}
"""


def softmax_decoder() -> "ModelProto":
    """Return a decoder that selects the most probable tag of each word independently."""
    return _to_model(_SOFTMAX, {})


def crf_decoder(transitions: Array, start: Array, end: Array) -> "ModelProto":
    """Return a Viterbi decoder whose scores are the marginals of the forward-backward algorithm.

    Args:
        transitions: float [K, K], the score of tag j after tag i.
        start: float [K], the score of each tag at the beginning.
        end: float [K], the score of each tag at the end.
    """
    to_from, edges = np.stack([transitions.T, transitions]), np.stack([start, end])
    weights = {
        "to_from": to_from[..., None],
        "to_from_weights": np.exp(to_from - to_from.max()) + 1e-37,
        "edges": edges[..., None],
        "edge_weights": np.exp(edges - edges.max(axis=1, keepdims=True))[..., None] + 1e-37,
        "floor": np.float32(-87),
        "precision": np.float32(1e-5),
        "transitions": transitions,
        "end": end[:, None],
    }
    return _to_model(_CRF, weights)


def _to_model(text: str, weights: Mapping[str, ArrayLike]) -> "ModelProto":
    from onnx import numpy_helper, parser

    graph = parser.parse_graph(text)
    graph.initializer.extend(
        numpy_helper.from_array(np.asarray(weight, np.float32), name) for name, weight in weights.items()
    )
    return to_model(graph)
