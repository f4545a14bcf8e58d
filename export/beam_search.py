"""Beam search as an ONNX `Loop` in standard operators, around any network that scores a next piece.

The loop's body runs the network's step for all beams of all sentences at once. What a step costs goes with
its rows, so a sentence that is done leaves the batch, and the first step has one beam.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.export.conversion import prefix_names, replace_placeholder, to_model
from seqnlp.text.tokenizers.spaced import END

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

DEFAULTS: Mapping[str, NDArray[Any]] = {
    "beam_size": np.array(5, np.int64),
    "best": np.array(1, np.int64),
    "minimum": np.array(0, np.int64),
    "maximum": np.array(0, np.int64),
    "length_penalty": np.array(1, np.float32),
    "coverage_penalty": np.array(0, np.float32),
    "no_repeat": np.array(0, np.int64),
    "prefix": np.zeros((1, 0), np.int32),
}
"""The options of a search, each an input of the graph that need not be given:

- `beam_size`: how many hypotheses of a sentence are followed; 1 is greedy search.
- `best`: how many of them are wanted.
- `minimum`, `maximum`: of the pieces of a hypothesis, its end counted; with a maximum of 0 it is twice the
  source's pieces and 20.
- `length_penalty`, `coverage_penalty`: alpha and beta of Wu et al. 2016, equation 14.
- `no_repeat`: so many pieces in a row do not come again; 0 for no such rule.
- `prefix` int32 [batch or 1, length]: how each hypothesis begins, 0 behind its end. A whole text, its end
  included, is scored so.
"""

_PLACEHOLDER = "NetworkStep"

# Sentences stand in columns, beams in rows. `active` has the number of each sentence that is not done, and
# `position` the place of each sentence among those, or, if it is done, the place behind them all: there,
# what a step gives out for all sentences has a column of its own.
#
# A hypothesis that has ended keeps its beam and its key, and others that rank higher may push it out. Keys of
# those that go on are of the same length, so that they rank by their sums. A sentence is done when all its
# beams have ended, or at its greatest length.
#
# Scores of -1e9 and less are of what must not be. Of a row no more pieces than there are beams can be among
# the best of its sentence, and one more since the end is ranked by what is covered, too. Whatever goes over
# all pieces of all rows costs, so that rules are looked at only where there are any.
_BODY = """
step (int64 step, bool going, int32[rows] ids, float[beams, active] key, float[beams, active] total,
    bool[beams, active] finished, float[beams, active, source] coverage,
    int32[beams, active, written] history, int64[active] active, int64[batch] position,
    float[kept, batch] final{carried_in}
) => (bool goes_on, int32[next_rows] next_ids, float[next_beams, next_active] next_key,
    float[next_beams, next_active] next_total, bool[next_beams, next_active] next_finished,
    float[next_beams, next_active, source] next_coverage,
    int32[next_beams, next_active, next_written] next_history, int64[next_active] next_active,
    int64[batch] next_position, float[kept, batch] next_final{carried_out},
    int64[kept, batch] ids_out, int64[kept, batch] parents_out, float[kept, batch, source] weights_out)
{{
    logits, weights = NetworkStep (ids)

    shape = Shape (key)
    beams = Gather <axis = 0> (shape, first)
    sentences = Gather <axis = 0> (shape, second)
    beams_row = Unsqueeze (beams, zero)
    sentences_row = Unsqueeze (sentences, zero)
    length = Add (step, second)
    column = Concat <axis = 0> (minus, one)

    likelihoods = LogSoftmax <axis = 1> (logits)
    logits_shape = Shape (logits)
    pieces = Slice (logits_shape, one, two)
    and_the_end = Add (beam_row, one)
    choices = Min (and_the_end, pieces)
    too_short = Less (length, minimum)
    repeats = GreaterOrEqual (step, no_repeat)
    any_rule = Greater (no_repeat, first)
    may_repeat = And (repeats, any_rule)
    opens = Equal (step, first)
    at_first = Or (opens, too_short)
    ruled = Or (at_first, may_repeat)
    free_values, free_ids = If <then_branch = obey () => (
        float[rows, choices] obeying_values, int64[rows, choices] obeying_ids
    ) {{
        end_penalty = Where (too_short, never, nothing)
        end_penalties = Mul (end_penalty, at_end)
        opening_penalties = Where (opens, no_opening, nothing)
        penalties = Add (end_penalties, opening_penalties)
        permitted = Add (likelihoods, penalties)
        allowed = If <then_branch = forbid () => (float[rows, pieces] forbidden) {{
            before_last = Sub (no_repeat, second)
            last_start = Sub (step, before_last)
            starts = Range (first, last_start, second)
            offsets = Range (first, before_last, second)
            starts_column = Unsqueeze (starts, one)
            places = Add (starts_column, offsets)
            earlier = Gather <axis = 2> (history, places)
            last_places = Range (last_start, step, second)
            last_flat = Gather <axis = 2> (history, last_places)
            last = Unsqueeze (last_flat, two)
            alike = Equal (earlier, last)
            alike_count = Cast <to = 7> (alike)
            alike_pieces = ReduceSum <keepdims = 0> (alike_count, three)
            again = Equal (alike_pieces, before_last)
            again_score = Where (again, never, nothing)
            following = Range (before_last, step, second)
            then = Gather <axis = 2> (history, following)
            windows = Shape (starts)
            by_row = Concat <axis = 0> (minus, windows)
            then_rows = Reshape (then, by_row)
            again_rows = Reshape (again_score, by_row)
            then_long = Cast <to = 7> (then_rows)
            forbidden = ScatterElements <axis = 1, reduction = "add"> (permitted, then_long, again_rows)
        }}, else_branch = allow () => (float[rows, pieces] all_allowed) {{
            all_allowed = Identity (permitted)
        }}> (may_repeat)
        obeying_values, obeying_ids = TopK <axis = 1> (allowed, choices)
    }}, else_branch = no_rule () => (
        float[rows, choices] best_values, int64[rows, choices] best_row_ids
    ) {{
        best_values, best_row_ids = TopK <axis = 1> (likelihoods, choices)
    }}> (ruled)
    choice_count = Squeeze (choices)
    slots = Range (first, choice_count, second)
    is_first = Equal (slots, first)
    prefix_shape = Shape (prefix)
    prefix_length = Gather <axis = 0> (prefix_shape, second)
    in_prefix = Less (step, prefix_length)
    values, piece_ids = If <then_branch = force () => (
        float[rows, choices] forced_values, int64[rows, choices] forced_ids
    ) {{
        given_one = Gather <axis = 1> (prefix, step)
        given_all = Expand (given_one, batch_row)
        given = Gather <axis = 0> (given_all, active)
        given_shape = Concat <axis = 0> (beams_row, sentences_row)
        given_beams = Expand (given, given_shape)
        given_column = Reshape (given_beams, column)
        given_long = Cast <to = 7> (given_column)
        is_given = Greater (given_long, first)
        given_value = GatherElements <axis = 1> (likelihoods, given_long)
        given_values = Where (is_first, given_value, never)
        forced_values = Where (is_given, given_values, free_values)
        forced_ids = Where (is_given, given_long, free_ids)
    }}, else_branch = choose () => (
        float[rows, choices] chosen_values, int64[rows, choices] chosen_ids
    ) {{
        chosen_values = Identity (free_values)
        chosen_ids = Identity (free_ids)
    }}> (in_prefix)

    by_beam = Concat <axis = 0> (beams_row, sentences_row, minus)
    weights_by_beam = Reshape (weights, by_beam)
    seen = Add (coverage, weights_by_beam)
    seen_once = Min (seen, whole)
    seen_some = Max (seen_once, little)
    log_seen = Log (seen_some)
    inside_by_beam = Transpose <perm = [1, 0, 2]> ({inside})
    log_inside = Mul (log_seen, inside_by_beam)
    log_covered = ReduceSum <keepdims = 0> (log_inside, two)
    covered = Mul (log_covered, coverage_penalty)
    covered_column = Reshape (covered, column)

    total_column = Reshape (total, column)
    sums_after = Add (total_column, values)
    pieces_written = Cast <to = 1> (length)
    five_more = Add (pieces_written, five)
    of_six = Div (five_more, six)
    norm = Pow (of_six, length_penalty)
    normed = Div (sums_after, norm)
    ends = Equal (piece_ids, end)
    bonus = Where (ends, covered_column, nothing)
    keys_after = Add (normed, bonus)
    finished_column = Reshape (finished, column)
    key_column = Reshape (key, column)
    frozen = Where (is_first, key_column, beyond)
    row_keys = Where (finished_column, frozen, keys_after)
    row_totals = Where (finished_column, total_column, sums_after)
    row_ids = Where (finished_column, first, piece_ids)

    flat_shape = Concat <axis = 0> (sentences_row, minus)
    keys_by_beam = Reshape (row_keys, by_beam)
    keys_by_sentence = Transpose <perm = [1, 0, 2]> (keys_by_beam)
    keys_flat = Reshape (keys_by_sentence, flat_shape)
    totals_by_beam = Reshape (row_totals, by_beam)
    totals_by_sentence = Transpose <perm = [1, 0, 2]> (totals_by_beam)
    totals_flat = Reshape (totals_by_sentence, flat_shape)
    ids_by_beam = Reshape (row_ids, by_beam)
    ids_by_sentence = Transpose <perm = [1, 0, 2]> (ids_by_beam)
    ids_flat = Reshape (ids_by_sentence, flat_shape)
    candidates = Mul (beams_row, choices)
    kept_row = Min (beam_row, candidates)
    best_keys, places_of_best = TopK <axis = 1> (keys_flat, kept_row)
    best_totals = GatherElements <axis = 1> (totals_flat, places_of_best)
    best_ids = GatherElements <axis = 1> (ids_flat, places_of_best)
    best_parents = Div (places_of_best, choices)
    finished_by_sentence = Transpose <perm = [1, 0]> (finished)
    had_finished = GatherElements <axis = 1> (finished_by_sentence, best_parents)
    just_ended = Equal (best_ids, end)
    best_finished = Or (had_finished, just_ended)
    keys = Transpose <perm = [1, 0]> (best_keys)
    totals = Transpose <perm = [1, 0]> (best_totals)
    chosen = Transpose <perm = [1, 0]> (best_ids)
    parents = Transpose <perm = [1, 0]> (best_parents)
    now_finished = Transpose <perm = [1, 0]> (best_finished)

    sentence_numbers = Range (first, sentences, second)
    parent_rows = Mul (parents, sentences)
    sources_of_rows = Add (parent_rows, sentence_numbers)
    seen_shape = Concat <axis = 0> (minus, source_row)
    weights_of_best = Gather <axis = 0> (weights, sources_of_rows)

    missing_beams = Sub (beam_row, kept_row)
    padding = Concat <axis = 0> (zero, zero, missing_beams, zero)
    padding_deep = Concat <axis = 0> (zero, zero, zero, missing_beams, zero, zero)
    kept_count = Squeeze (kept_row)
    own = Range (first, kept_count, second)
    own_column = Unsqueeze (own, one)
    none_column = Mul (own_column, first)
    parents_padded = Concat <axis = 1> (parents, own_column)
    parents_of_all = Gather <axis = 1> (parents_padded, position)
    parents_out = Pad (parents_of_all, padding)
    ids_padded = Concat <axis = 1> (chosen, none_column)
    ids_of_all = Gather <axis = 1> (ids_padded, position)
    ids_out = Pad (ids_of_all, padding)
    weights_padding = Concat <axis = 0> (zero, zero, zero, zero, one, zero)
    weights_padded = Pad (weights_of_best, weights_padding)
    weights_of_all = Gather <axis = 1> (weights_padded, position)
    weights_out = Pad (weights_of_all, padding_deep)
    none_key = Cast <to = 1> (none_column)
    keys_padded = Concat <axis = 1> (keys, none_key)
    keys_of_all = Gather <axis = 1> (keys_padded, position)
    final_now = Pad (keys_of_all, padding, beyond)
    is_done = Equal (position, sentences)
    next_final = Where (is_done, final, final_now)

    limits_now = Gather <axis = 0> (limits, active)
    at_limit = GreaterOrEqual (length, limits_now)
    finished_number = Cast <to = 7> (now_finished)
    all_number = ReduceMin <axes = [0], keepdims = 0> (finished_number)
    all_finished = Cast <to = 9> (all_number)
    done = Or (all_finished, at_limit)
    left_flags = Not (done)
    left_column = NonZero (left_flags)
    left = Reshape (left_column, minus)
    left_row = Shape (left)
    left_count = Squeeze (left_row)
    goes_on = Greater (left_count, first)
    rows_grid = Gather <axis = 1> (sources_of_rows, left)
    rows_left = Reshape (rows_grid, minus)
    ids_grid = Gather <axis = 1> (chosen, left)
    ids_left = Reshape (ids_grid, minus)
    next_ids = Cast <to = 6> (ids_left)
    next_key = Gather <axis = 1> (keys, left)
    next_total = Gather <axis = 1> (totals, left)
    next_finished = Gather <axis = 1> (now_finished, left)
    seen_rows = Reshape (seen, seen_shape)
    next_coverage = Gather <axis = 0> (seen_rows, rows_grid)
    history_shape_end = Unsqueeze (step, zero)
    history_shape = Concat <axis = 0> (minus, history_shape_end)
    rows_all = Mul (beams_row, sentences_row)
    history_rows_shape = Concat <axis = 0> (rows_all, history_shape_end)
    history_rows = Reshape <allowzero = 1> (history, history_rows_shape)
    history_left = Gather <axis = 0> (history_rows, rows_grid)
    ids_grid_short = Cast <to = 6> (ids_grid)
    ids_deep = Unsqueeze (ids_grid_short, two)
    next_history = Concat <axis = 2> (history_left, ids_deep)
    next_active = Gather <axis = 0> (active, left)
    nowhere = Expand (left_count, batch_row)
    left_numbers = Range (first, left_count, second)
    next_position = ScatterElements <axis = 0> (nowhere, next_active, left_numbers)
    {moves}
}}
"""

_SEARCH = """
search (int32[batch, source] source, int32[batch] lengths, int64 beam_size, int64 best, int64 minimum,
    int64 maximum, float length_penalty, float coverage_penalty, int64 no_repeat,
    int32[prefixes, prefix_length] prefix
) => (
    int32[batch, best, time] hypotheses, float[batch, best] scores,
    float[batch, best, time, source] attention
)
<
    int64 first = {{0}}, int64 second = {{1}}, int64[1] zero = {{0}}, int64[1] one = {{1}},
    int64[1] two = {{2}}, int64[1] three = {{3}}, int64[1] minus = {{-1}}, int64 end = {{{end}}},
    bool yes = {{1}}, int64 twenty = {{20}},
    float never = {{-1e9}}, float beyond = {{-3e9}}, float nothing = {{0}}, float whole = {{1}},
    float little = {{1e-9}}, float five = {{5}}, float six = {{6}}, int32 begin = {{{end}}}
>
{{
    batch_row = Shape (lengths)
    source_shape = Shape (source)
    source_row = Slice (source_shape, one, two)
    batch = Squeeze (batch_row)
    beam_row = Unsqueeze (beam_size, zero)
    long_lengths = Cast <to = 7> (lengths)
    twice = Add (long_lengths, long_lengths)
    by_source = Add (twice, twenty)
    has_maximum = Greater (maximum, first)
    limits = Where (has_maximum, maximum, by_source)
    most = ReduceMax <keepdims = 0> (limits)
    ids_first = Expand (begin, batch_row)
    one_beam = Concat <axis = 0> (one, batch_row)
    no_key = Expand (nothing, one_beam)
    none_finished = Cast <to = 9> (no_key)
    cover_shape = Concat <axis = 0> (one_beam, source_row)
    no_cover = Expand (nothing, cover_shape)
    empty_shape = Concat <axis = 0> (one_beam, zero)
    no_history = ConstantOfShape <value = int32[1] {{0}}> (empty_shape)
    everyone = Range (first, batch, second)
    final_shape = Concat <axis = 0> (beam_row, batch_row)
    no_final = Expand (beyond, final_shape)
    ids_last, key_last, total_last, finished_last, coverage_last, history_last, active_last, position_last,
        final{carried_last}, ids_by_step, parents_by_step, weights_by_step = Loop <body = {body}> (
        most, yes, ids_first, no_key, no_key, none_finished, no_cover, no_history, everyone, everyone,
        no_final{carried})

    best_row = Unsqueeze (best, zero)
    wanted = Min (best_row, beam_row)
    best_scores, best_slots = TopK <axis = 0> (final, wanted)
    slot_first, ids_back, slots_back = Scan <num_scan_inputs = 2, scan_input_directions = [1, 1],
        scan_output_directions = [1, 1], body = back (
        int64[wanted, batch] slot, int64[kept, batch] ids_here, int64[kept, batch] parents_here
    ) => (int64[wanted, batch] slot_before, int64[wanted, batch] id_here, int64[wanted, batch] slot_here) {{
        id_here = GatherElements <axis = 0> (ids_here, slot)
        slot_here = Identity (slot)
        slot_before = GatherElements <axis = 0> (parents_here, slot)
    }}> (best_slots, ids_by_step, parents_by_step)
    ids_turned = Transpose <perm = [2, 1, 0]> (ids_back)
    hypotheses = Cast <to = 6> (ids_turned)
    scores = Transpose <perm = [1, 0]> (best_scores)
    slots_shape = Shape (slots_back)
    slots_deep_shape = Concat <axis = 0> (slots_shape, source_row)
    slots_column = Unsqueeze (slots_back, three)
    slots_deep = Expand (slots_column, slots_deep_shape)
    weights_back = GatherElements <axis = 1> (weights_by_step, slots_deep)
    attention = Transpose <perm = [2, 1, 0, 3]> (weights_back)
}}
"""


@dataclass(frozen=True)
class Stepper:
    """A network, converted in two parts, that a search can go along.

    Attributes:
        begin: From `source` and `lengths` to all `memory` and `states`.
        step: From `ids`, all `memory` and `states` to `logits`, `weights` and the states after it, each
            named `NAME_after`.
        memory: The names of what is the same at each step, the batch in front.
        states: The names of what a step changes, [any, rows, any].
        inside: The one of `memory` that is 1 where the source has a piece, [batch, 1, source].
        openings: Whether each piece may be a text's first, [pieces].
    """

    begin: "ModelProto"
    step: "ModelProto"
    memory: Sequence[str]
    states: Sequence[str]
    inside: str
    openings: NDArray[np.bool_]

    @property
    def carried(self) -> list[str]:
        """The names of memory and states."""
        return [*self.memory, *self.states]


def beam_search(stepper: Stepper) -> "ModelProto":
    """Put a network into a search.

    Args:
        stepper: The network.

    Returns:
        A model with the inputs `source`, `lengths` and those of `DEFAULTS`, and the outputs `hypotheses`
        int32 [batch, best, time], 0 behind the end, `scores` float32 [batch, best] in falling order, and
        `attention` float32 [batch, best, time, source]. A score of -1e9 or less is of no hypothesis.
    """
    from onnx import numpy_helper, parser

    graph = parser.parse_graph(_text(stepper))
    loop = next(node for node in graph.node if node.op_type == "Loop")
    step = stepper.step.graph
    step = prefix_names(step, "step_", keep=[value.name for value in (*step.input, *step.output)])
    replace_placeholder(loop.attribute[0].g, _PLACEHOLDER, step)
    begin = prefix_names(stepper.begin.graph, "begin_", keep=["source", "lengths", *stepper.carried])
    nodes = [*begin.node, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    openings = stepper.openings
    constants = {
        "at_end": np.eye(len(openings), dtype=np.float32)[END],
        "no_opening": np.where(openings, 0, -1e9).astype(np.float32),
        **DEFAULTS,
    }
    graph.initializer.extend([*begin.initializer, *step.initializer])
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    return to_model(graph)


def _text(stepper: Stepper) -> str:
    """The graph of the search, with a placeholder for the step."""
    values = {value.name: value for value in stepper.step.graph.input}
    carried = stepper.carried
    moves = [f"next_{name} = Gather <axis = 0> ({name}, left)" for name in stepper.memory]
    moves += [f"next_{name} = Gather <axis = 1> ({name}_after, rows_left)" for name in stepper.states]
    body = _BODY.format(
        inside=stepper.inside,
        carried_in="".join(f", {_declared(values[name], name)}" for name in carried),
        carried_out="".join(f", {_declared(values[name], f'next_{name}')}" for name in carried),
        moves="\n    ".join(moves),
    )
    return _SEARCH.format(
        end=END,
        body=body.strip(),
        carried="".join(f", {name}" for name in carried),
        carried_last="".join(f", {name}_last" for name in carried),
    )


def _declared(value: "ValueInfoProto", name: str) -> str:
    """A tensor of the type of another, all of its dimensions its own."""
    rank = len(value.type.tensor_type.shape.dim)
    return f"float[{', '.join(f'{name}_{axis}' for axis in range(rank))}] {name}"
