"""Search with attention to a source text: length limits, coverage penalty and attention weights."""

from collections.abc import Mapping
from string import Template
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export import search
from seqnlp.export.search import Carried, Extension, Stepper, build_search
from seqnlp.types import Array

if TYPE_CHECKING:
    from onnx import ModelProto

DEFAULTS: Mapping[str, Array] = {
    **search.DEFAULTS,
    "max_length": np.array(0, np.int64),
    "coverage_penalty": np.array(0, np.float32),
}
"""The options of `seqnlp.export.search`, with these differences:

- `max_length`: 0 for twice the number of source tokens plus 20.
- `coverage_penalty`: Beta of Wu et al. 2016, equation 14. Higher values favour hypotheses that attend to all
  tokens of the source.
"""


def build_attention_search(stepper: Stepper, mask: str) -> "ModelProto":
    """Build the graph of a search with a network that attends to a source.

    Args:
        stepper: The network. `begin` has the inputs `source` int32 [batch, source] and `lengths` int32
            [batch]. `step` has one more output, `weights` [rows, source], the attention of each row.
        mask: The name of the source mask in the memory, 1 at tokens, [batch, 1, source].

    Returns:
        The model of `build_search`, with the input `coverage_penalty` and the output `attention` float32
        [batch, n_best, time, source].
    """
    rank = Template(_RANK).substitute(mask=mask)
    return build_search(
        stepper,
        Extension(
            options=["float coverage_penalty"],
            defaults=DEFAULTS,
            outputs=["weights"],
            carried=[Carried("coverage", "float", ("beams", "active", "source"), "no_coverage")],
            recorded={"weights": "float[kept, batch, source]"},
            results={"attention": "float[batch, n_best, time, source]"},
            begin=_BEGIN,
            rank=rank,
            record=_RECORD,
            end=_END,
        ),
    )


_BEGIN = """
    source_shape = Shape (source)
    source_dim = Slice (source_shape, dim_1, dim_2)
    long_lengths = Cast <to = 7> (lengths)
    twice_lengths = Add (long_lengths, long_lengths)
    source_limits = Add (twice_lengths, twenty)
    has_limit = Greater (max_length, zero)
    limits = Where (has_limit, max_length, source_limits)
    coverage_shape = Concat <axis = 0> (first_shape, source_dim)
    no_coverage = Expand (nothing, coverage_shape)"""

_RANK = """
    weights_by_beam = Reshape (weights, by_beam)
    seen = Add (coverage, weights_by_beam)
    seen_at_most_once = Min (seen, whole)
    seen_a_little = Max (seen_at_most_once, little)
    log_seen = Log (seen_a_little)
    mask_by_beam = Transpose <perm = [1, 0, 2]> ($mask)
    log_masked = Mul (log_seen, mask_by_beam)
    log_coverage = ReduceSum <keepdims = 0> (log_masked, dim_2)
    coverage_score = Mul (log_coverage, coverage_penalty)
    coverage_column = Reshape (coverage_score, column)
    end_bonus = Where (ends, coverage_column, nothing)
    scores_after = Add (normalised, end_bonus)"""

_RECORD = """
    seen_shape = Concat <axis = 0> (dim_any, source_dim)
    seen_rows = Reshape (seen, seen_shape)
    next_coverage = Gather <axis = 0> (seen_rows, rows_grid)
    kept_weights = Gather <axis = 0> (weights, parent_rows)
    extra_column = Concat <axis = 0> (dim_0, dim_0, dim_0, dim_0, dim_1, dim_0)
    active_weights = Pad (kept_weights, extra_column)
    all_weights = Gather <axis = 1> (active_weights, position)
    weights_padding = Concat <axis = 0> (dim_0, dim_0, dim_0, missing_beams, dim_0, dim_0)
    weights_out = Pad (all_weights, weights_padding)
"""

_END = """
    traced_shape = Shape (beams_traced)
    weights_shape = Concat <axis = 0> (traced_shape, source_dim)
    beams_column = Unsqueeze (beams_traced, dim_3)
    beams_of_weights = Expand (beams_column, weights_shape)
    weights_traced = GatherElements <axis = 1> (weights_by_step, beams_of_weights)
    attention = Transpose <perm = [2, 1, 0, 3]> (weights_traced)
"""
