"""Generation around a network that scores next tokens, as one ONNX graph: a beam search or samples.

The beam search is that of `seqnlp.export.search`. Samples have a loop of their own, since each is independent
of the others and needs no ranking. All its rows stay to the end. A program that stops it early (`least_left`)
can continue with the incomplete samples only.
"""

from collections.abc import Mapping, Sequence
from string import Template
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export import search
from seqnlp.export.conversion import prefix_names, to_model
from seqnlp.export.sampling import DRAW, HASH, LIMITS
from seqnlp.export.search import PLACEHOLDER, Carried, Extension, Stepper
from seqnlp.types import Array

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto


def defaults(stepper: Stepper) -> Mapping[str, Array]:
    """Return the options of a generation with their default values.

    They are those of `seqnlp.export.search.DEFAULTS`, and

    - `first_step`: Number of tokens of the samples before this call, which their random numbers depend on.
    - `first_sample` int64 [batch or 1]: Number of the first sample of each row among the samples of its
      prompt.
    - `least_left`: Stop when at most this number of samples is incomplete.
    - `stops` int32 [stop states, vocabulary]: An automaton that completes hypotheses: the next state after
      each token in each state. In the last state a hypothesis is complete. By default only the end token
      leads to it.
    - `stop_state` int32 [batch or 1]: The state of the automaton before the first token.

    With a `temperature`, `min_length`, `no_repeat_ngram_size` and `prefix` have no effect.
    """
    stops = np.zeros((2, len(stepper.can_start)), np.int32)
    stops[0, stepper.end] = stops[1] = 1
    return {
        **search.DEFAULTS,
        "first_step": np.array(0, np.int64),
        "first_sample": np.zeros(1, np.int64),
        "least_left": np.array(0, np.int32),
        "stops": stops,
        "stop_state": np.zeros(1, np.int32),
    }


def build_generation(
    stepper: Stepper,
    layers: Sequence[Sequence[str]],
    outputs: Sequence[str],
    starts: Mapping[str, Array],
) -> "ModelProto":
    """Build the graph of a generation.

    Args:
        stepper: The network. It computes the first input of a step (`first`), has no `memory`, and its states
            are [rows, units].
        layers: The names of the states of each layer.
        outputs: Names of values that `stepper.begin` computes and the graph returns.
        starts: Inputs of `stepper.begin` with default values.

    Returns:
        A model with the inputs of `stepper.begin` and those of `defaults`. Its outputs are those of
        `seqnlp.export.search.build_search`, and

        - `outputs`;
        - `sample_number` int64 [batch, n_best], the number of each sample among those of its prompt;
        - `stop_state_after` int32 [batch, n_best], the state of the automaton after each sample;
        - `after_N` float32 [states, batch, n_best, units], the state of layer N before the last token of each
          sample, which has no meaning if the sample is complete.

        After a beam search, the last three are empty.
    """
    from onnx import helper, parser

    extension = _extension(stepper, layers, starts)
    graph = search.search_graph(stepper, extension)
    results = list(graph.output)
    sampling = parser.parse_graph(_write_sampling(stepper, layers))
    search.insert_step(sampling, stepper.step.graph)
    known = _names(graph) | _names(stepper.begin.graph) | set(search.constants(stepper, extension))
    sampling = prefix_names(sampling, "sample_", keep=known - _names(sampling))
    loop, rank = _split_after_loop(sampling)
    searching, trace = _split_after_loop(graph)
    trace = prefix_names(trace, "search_", keep=known - _names(trace))
    del graph.node[:], graph.output[:]
    graph.node.extend([*searching.node, *loop.node])
    graph.node.append(
        helper.make_node(
            "If", ["samples"], [value.name for value in results], then_branch=rank, else_branch=trace
        )
    )
    graph.output.extend([*results, *(v for v in stepper.begin.graph.output if v.name in outputs)])
    search.insert_begin(graph, stepper.begin.graph)
    search.add_constants(graph, stepper, extension)
    return to_model(graph)


def _names(graph: "GraphProto") -> set[str]:
    """Return the names of all values that a graph and the bodies of its loops define."""
    found = {value.name for value in (*graph.input, *graph.output, *graph.initializer)}
    for node in graph.node:
        found.update(node.output)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                found |= _names(attribute.g)
    return found


def _split_after_loop(graph: "GraphProto") -> tuple["GraphProto", "GraphProto"]:
    """Return the nodes up to the loop of a graph, and a graph with the nodes after it and its outputs."""
    nodes = list(graph.node)
    place = next(number for number, node in enumerate(nodes) if node.op_type == "Loop") + 1
    first, second = type(graph)(name=graph.name), type(graph)(name=graph.name)
    first.node.extend(nodes[:place])
    second.node.extend(nodes[place:])
    second.output.extend(graph.output)
    return first, second


def _extension(stepper: Stepper, layers: Sequence[Sequence[str]], starts: Mapping[str, Array]) -> Extension:
    """Return the stop states of a beam search. It returns no states of the network."""
    units = _units(stepper)
    no_states = (
        f"""
    states_of_{number} = Constant <value_ints = [{len(names)}]> ()
    units_of_{number} = Constant <value_ints = [{units[names[0]]}]> ()
    shape_of_{number} = Concat <axis = 0> (states_of_{number}, batch_dim, dim_0, units_of_{number})
    after_{number} = ConstantOfShape (shape_of_{number})"""
        for number, names in enumerate(layers)
    )
    return Extension(
        options=[
            "int64 first_step",
            "int64[first_samples] first_sample",
            "int32 least_left",
            "int32[stop_states, vocabulary] stops",
            "int32[stop_starts] stop_state",
        ],
        defaults={**defaults(stepper), **starts},
        carried=[Carried("matched", "int32", ("beams", "active"), "first_matched")],
        results=_results(layers, units),
        begin=_BEGIN_SEARCH,
        trips="Where (samples, zero, most)",
        steps=("first_step", "step_after"),
        beams=_NUMBER_SAMPLES,
        ended=_ENDED,
        record=_RECORD,
        end=_NO_SAMPLES + "".join(no_states),
    )


def _units(stepper: Stepper) -> dict[str, int]:
    """Return the number of units of each state."""
    return {value.name: value.type.tensor_type.shape.dim[-1].dim_value for value in stepper.step.graph.input}


_STOPS = """
    no_match = Constant <value = int32 {0}> ()
    flat_stops = Reshape (stops, dim_any)
    stops_shape = Shape (stops)
    stop_width_dim = Slice (stops_shape, dim_1, dim_2)
    long_stop_width = Squeeze (stop_width_dim)
    stop_width = Cast <to = 6> (long_stop_width)
    stop_count = Gather <axis = 0> (stops_shape, zero)
    last_stop_state = Sub (stop_count, one)
    complete = Cast <to = 6> (last_stop_state)"""

_BEGIN_SEARCH = f"""
    limits = Expand (max_length, batch_dim)
{_STOPS}
    stop_state_of_all = Expand (stop_state, batch_dim)
    first_matched = Expand (stop_state_of_all, first_shape)
    step_after = Add (first_step, max_length)"""

_NUMBER_SAMPLES = """
        first_sample_of_all = Expand (first_sample, batch_dim)
        samples_here = Range (zero, beam_size, one)
        samples_column = Unsqueeze (samples_here, dim_1)
        sample_grid = Add (samples_column, first_sample_of_all)
        beam_word = Unsqueeze (sample_grid, dim_0)"""

_ENDED = """
    matched_by_sentence = Transpose <perm = [1, 0]> (matched)
    parent_matched = GatherElements <axis = 1> (matched_by_sentence, best_parents)
    stop_starts = Mul (parent_matched, stop_width)
    short_best_ids = Cast <to = 6> (best_ids)
    stop_places = Add (stop_starts, short_best_ids)
    best_matched = Gather <axis = 0> (flat_stops, stop_places)
    just_ended = GreaterOrEqual (best_matched, complete)"""

_RECORD = """
    kept_matched = Transpose <perm = [1, 0]> (best_matched)
    next_matched = Gather <axis = 1> (kept_matched, left)"""

_NO_SAMPLES = """
    no_samples_shape = Concat <axis = 0> (batch_dim, dim_0)
    sample_number = ConstantOfShape <value = int64[1] {0}> (no_samples_shape)
    stop_state_after = ConstantOfShape <value = int32[1] {0}> (no_samples_shape)"""


def _write_sampling(stepper: Stepper, layers: Sequence[Sequence[str]]) -> str:
    """Return the text of the graph that draws samples, with a placeholder for the step of the network."""
    units, states = _units(stepper), stepper.states

    def write(template: str) -> str:
        return "".join(template.format(name=name, units=units[name]) for name in states)

    afters = [
        "".join(
            f"""
    best_{name} = Gather <axis = 0> (last_{name}, best_by_prompt)
    one_{name} = Unsqueeze (best_{name}, dim_0)"""
            for name in names
        )
        + f"\n    after_{number} = Concat <axis = 0> ({', '.join(f'one_{name}' for name in names)})"
        for number, names in enumerate(layers)
    ]
    results = _results(layers, units)
    return Template(_SAMPLING).substitute(
        placeholder=PLACEHOLDER,
        results=", ".join(f"{axes} {name}" for name, axes in results.items()),
        limits=LIMITS,
        hash=HASH,
        draw=DRAW,
        states=write(", float[rows, {units}] {name}"),
        states_after=write(", float[rows, {units}] {name}_after"),
        first_values=write(", first_{name}"),
        last_states=write(", last_{name}"),
        afters="".join(afters),
    )


def _results(layers: Sequence[Sequence[str]], units: Mapping[str, int]) -> dict[str, str]:
    """Return the types and axes of the additional outputs."""
    afters = {
        f"after_{number}": f"float[{len(names)}, batch, n_best, {units[names[0]]}]"
        for number, names in enumerate(layers)
    }
    samples = {"sample_number": "int64[batch, n_best]", "stop_state_after": "int32[batch, n_best]"}
    return {**samples, **afters}


# Rows are samples: all first samples of the prompts, then all second ones, and so on. A row that is complete
# stays in the last stop state and draws further tokens, which are removed after the loop.
_SAMPLING = """
sample () => (int32[batch, n_best, time] hypotheses, float[batch, n_best] scores, $results)
{
    vocabulary = Squeeze (stop_width_dim)
    factor = Reciprocal (temperature)
    $limits
    numbers_shape = Concat <axis = 0> (dim_any, first_rows_shape, dim_1)
    any_numbers_shape = Where (samples, numbers_shape, no_numbers_shape)
    numbers_of_rows = Reshape <allowzero = 1> (numbers, any_numbers_shape)
    matched_of_rows = Reshape (first_matched, dim_any)
    sample_trips = Where (samples, max_length, zero)
    last_ids, last_matched$last_states, ids_by_step, matched_by_step, log_probs_by_step =
    Loop <body = step (int64 step, bool going, int32[rows] ids, int32[rows] matched$states
    ) => (bool goes_on, int32[rows] next_ids, int32[rows] next_matched$states_after,
        int32[rows] ids_out, int32[rows] matched_out, float[rows, one] log_prob_out
    ) {
        logits = $placeholder (ids)
        scaled = Mul (logits, factor)
        uniform = Gather <axis = 0> (numbers_of_rows, step)
        $draw
        next_ids = Squeeze (drawn, dim_1)
        ids_out = Identity (next_ids)
        log_probs = LogSoftmax <axis = 1> (logits)
        log_prob_out = GatherElements <axis = 1> (log_probs, drawn)
        stop_start = Mul (matched, stop_width)
        stop_place = Add (stop_start, next_ids)
        next_matched = Gather <axis = 0> (flat_stops, stop_place)
        matched_out = Identity (next_matched)
        is_left = Less (next_matched, complete)
        left_number = Cast <to = 6> (is_left)
        left_count = ReduceSum <keepdims = 0> (left_number)
        goes_on = Greater (left_count, least_left)
    }> (sample_trips, yes, first_ids, matched_of_rows$first_values)
    matched_first = Unsqueeze (matched_of_rows, dim_0)
    matched_with_first = Concat <axis = 0> (matched_first, matched_by_step)
    matched_before = Slice (matched_with_first, dim_0, dim_any, dim_0)
    is_kept = Less (matched_before, complete)
    kept_tokens = Where (is_kept, ids_by_step, no_match)
    log_probs_of_rows = Squeeze (log_probs_by_step, dim_2)
    kept_log_probs = Where (is_kept, log_probs_of_rows, nothing)
    totals = ReduceSum <keepdims = 0> (kept_log_probs, dim_0)
    kept_number = Cast <to = 1> (is_kept)
    lengths = ReduceSum <keepdims = 0> (kept_number, dim_0)
    lengths_and_five = Add (lengths, five)
    length_ratio = Div (lengths_and_five, six)
    norm = Pow (length_ratio, length_penalty)
    score_of_row = Div (totals, norm)
    score_grid = Reshape (score_of_row, first_shape)
    n_best_dim = Unsqueeze (n_best, dim_0)
    kept_dim = Min (n_best_dim, beam_dim)
    best_scores, best_samples = TopK <axis = 0> (score_grid, kept_dim)
    best_starts = Mul (best_samples, batch)
    best_rows = Add (best_starts, everyone)
    best_by_prompt = Transpose <perm = [1, 0]> (best_rows)
    best_tokens = Gather <axis = 1> (kept_tokens, best_by_prompt)
    hypotheses = Transpose <perm = [1, 2, 0]> (best_tokens)
    scores = Transpose <perm = [1, 0]> (best_scores)
    stop_state_after = Gather <axis = 0> (last_matched, best_by_prompt)
    sample_of_all = Expand (first_sample, batch_dim)
    sample_of_best = Add (best_samples, sample_of_all)
    sample_number = Transpose <perm = [1, 0]> (sample_of_best)
$afters
}
"""
