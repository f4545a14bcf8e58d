"""From emissions to tags and their probabilities, as ONNX graphs in standard operators.

Each decoder takes `emissions` float32 [batch, time, K] and `lengths` int32 [batch] and gives `tags` int32
[batch, time] and `scores` float32 [batch, time], the posterior probability of the chosen tag at that word.
What stands in the padding is of no meaning.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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

# Viterbi and forward-backward side by side, one loop up and one loop down, the batch innermost so that every
# operation runs along it.
#
# Up, step t = 1 .. time (the last one is padding, so that there is one at least) gives out what comes in:
# `path` [K, batch], the score of the best path that ends in each tag, and `alpha` [K, batch], the sum over
# all such paths, scaled to sum 1 (Rabiner 1989, section V.A). Down, t = time - 1 .. 0 gives out the best tag
# and `beta`, the sum over all paths after each tag, likewise scaled. Scales cancel out: the marginals of a
# word are proportional to alpha * beta. Sums of exponentials are products with exp(transitions); `tiny` keeps
# a sum positive where all that is legal has underflowed. Beyond a sentence's end `here` is false and the
# states wait; from there the way down begins with the scores of ending.
#
# The best tag before a given one is found again on the way down, among K, so that the way up takes the
# maximum of K * K but not its place.
_CRF = """
crf (float[batch, time, K] emissions, int32[batch] lengths)
    => (int32[batch, time] tags, float[batch, time] scores)
<
    int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] largest = {9223372036854775807},
    int64[6] padding = {0, 0, 0, 0, 1, 0}, int64 first = {0}, int64 second = {1}
>
{
    padded = Pad (emissions, padding)
    by_step = Transpose <perm = [1, 2, 0]> (padded)
    peak = ReduceMax <axes = [1], keepdims = 1> (by_step)
    shifted = Sub (by_step, peak)
    weights = Exp (shifted)
    first_emission = Gather <axis = 0> (by_step, first)
    first_weight = Gather <axis = 0> (weights, first)
    later = Slice (by_step, one, largest, zero)
    later_weights = Slice (weights, one, largest, zero)

    shape = Shape (by_step)
    steps_and_padding = Gather <axis = 0> (shape, first)
    steps = Range (second, steps_and_padding, second)
    steps_column = Unsqueeze (steps, one)
    long_lengths = Cast <to = 7> (lengths)
    inside = Less (steps_column, long_lengths)
    real = Unsqueeze (inside, one)

    from_tag = Unsqueeze (transitions, two)
    transition_weights = Exp (transitions)
    summing_weights = Transpose <perm = [1, 0]> (transition_weights)
    path_first = Add (first_emission, start)
    start_weights = Exp (start)
    alpha_first = Mul (first_weight, start_weights)
    path_last, alpha_last, paths, alphas = Scan <num_scan_inputs = 3, body = up (
        float[K, batch] path, float[K, batch] alpha, float[K, batch] emission, float[K, batch] weight,
        bool[1, batch] here
    ) => (
        float[K, batch] next_path, float[K, batch] next_alpha,
        float[K, batch] out_path, float[K, batch] out_alpha
    ) {
        out_path = Identity (path)
        out_alpha = Identity (alpha)
        before = Unsqueeze (path, one)
        ways = Add (before, from_tag)
        best = ReduceMax <axes = [0], keepdims = 0> (ways)
        path_here = Add (best, emission)
        next_path = Where (here, path_here, path)
        summed = MatMul (summing_weights, alpha)
        weighted = Mul (summed, weight)
        kept = Add (weighted, tiny)
        total = ReduceSum <keepdims = 1> (kept, zero)
        alpha_here = Div (kept, total)
        next_alpha = Where (here, alpha_here, alpha)
    }> (path_first, alpha_first, later, later_weights, real)

    end_weights = Exp (end)
    one_each = Sub (alpha_last, alpha_last)
    beta_last = Add (one_each, end_weights)
    tag_last = ArgMax <axis = 0, keepdims = 0> (path_last)
    tag_end, beta_end, tags_by_step, betas = Scan <num_scan_inputs = 3,
        scan_input_directions = [1, 1, 1], scan_output_directions = [1, 1], body = down (
        int64[batch] tag, float[K, batch] beta,
        float[K, batch] path, float[K, batch] weight, bool[1, batch] here
    ) => (int64[batch] next_tag, float[K, batch] next_beta, int64[batch] out_tag, float[K, batch] out_beta) {
        into_tag = Gather <axis = 1> (transitions, tag)
        onwards = Where (here, into_tag, end)
        ways = Add (path, onwards)
        next_tag = ArgMax <axis = 0, keepdims = 0> (ways)
        out_tag = Identity (next_tag)
        after = Mul (beta, weight)
        summed = MatMul (transition_weights, after)
        kept = Add (summed, tiny)
        total = ReduceSum <keepdims = 1> (kept, zero)
        beta_here = Div (kept, total)
        next_beta = Where (here, beta_here, beta)
        out_beta = Identity (next_beta)
    }> (tag_last, beta_last, paths, later_weights, real)

    joint = Mul (alphas, betas)
    totals = ReduceSum <keepdims = 0> (joint, one)
    tags_row = Unsqueeze (tags_by_step, one)
    chosen_row = GatherElements <axis = 1> (joint, tags_row)
    chosen = Squeeze (chosen_row, one)
    probabilities = Div (chosen, totals)
    scores = Transpose <perm = [1, 0]> (probabilities)
    tags_long = Transpose <perm = [1, 0]> (tags_by_step)
    tags = Cast <to = 6> (tags_long)
}
"""


def softmax_decoder() -> "ModelProto":
    """Decode each word by itself."""
    return _model(_SOFTMAX, {})


def crf_decoder(transitions: NDArray[Any], start: NDArray[Any], end: NDArray[Any]) -> "ModelProto":
    """Decode by Viterbi, with the marginals of the forward-backward algorithm as scores.

    Args:
        transitions: float [K, K], the score of tag j after tag i.
        start: float [K], the score of beginning with a tag.
        end: float [K], the score of ending with a tag.
    """
    weights = {
        "transitions": transitions,
        "start": start[:, None],
        "end": end[:, None],
        "tiny": np.float32(1e-35),
    }
    return _model(_CRF, weights)


def _model(text: str, weights: Mapping[str, Any]) -> "ModelProto":
    from onnx import helper, numpy_helper, parser

    from seqnlp.export.conversion import OPSET

    graph = parser.parse_graph(text)
    graph.initializer.extend(
        numpy_helper.from_array(np.asarray(weight, np.float32), name) for name, weight in weights.items()
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
