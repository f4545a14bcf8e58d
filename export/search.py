"""Beam search and sampling around any network that scores next tokens, as one ONNX `Loop`.

The graph has standard operators only. The body of the loop runs one step of the network for all beams of all
sentences at once. The time of a step grows with its rows, so finished sentences leave the batch, and a beam
search starts with one beam. `seqnlp.export.sampling` adds sampling to the loop, and
`seqnlp.export.attention_search` adds attention to a source text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export import search_text as text
from seqnlp.export.conversion import prefix_names, replace_placeholder, to_model
from seqnlp.export.sampling import DRAW, HASH, LIMITS, ROUND_CONSTANTS
from seqnlp.text.tokenizers.spaced import END
from seqnlp.types import Array, Flags

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

DEFAULTS: Mapping[str, Array] = {
    "beam_size": np.array(5, np.int64),
    "n_best": np.array(1, np.int64),
    "min_length": np.array(0, np.int64),
    "max_length": np.array(100, np.int64),
    "length_penalty": np.array(1, np.float32),
    "no_repeat_ngram_size": np.array(0, np.int64),
    "prefix": np.zeros((1, 0), np.int32),
    "temperature": np.array(0, np.float32),
    "top_k": np.array(0, np.int64),
    "top_p": np.array(1, np.float32),
    "seed": np.zeros(1, np.int64),
}
"""The options of a search with their default values. Each is an input of the graph that may be omitted:

- `beam_size`: Number of hypotheses per sentence; 1 for greedy search.
- `n_best`: Number of hypotheses to return, at most `beam_size`.
- `min_length`, `max_length`: Minimum and maximum number of tokens of a hypothesis, including the end token.
- `length_penalty`: Alpha of Wu et al. 2016, equation 14. Higher values favour longer hypotheses.
- `no_repeat_ngram_size`: Block repeated n-grams of this size; 0 to allow them.
- `prefix` int32 [batch or 1, length]: The beginning of each hypothesis, padded with 0. A complete text
  with its end token is only scored.
- `temperature`: Divisor of the scores when sampling; 0 to search instead of sampling.
- `top_k`: Sample from this number of the most probable tokens; 0 for all.
- `top_p`: Sample from the most probable tokens whose probabilities add up to this value, above 0 and up to 1.
- `seed` int64 [batch or 1]: Random seed of each sentence. With the same seed a sentence gets the same samples
  in any batch, except for rounding.

With a `temperature`, each of the `beam_size` hypotheses is an independent sample. Scores are those of the
search: they depend on `length_penalty`, but not on temperature, `top_k` and `top_p`.
"""

PLACEHOLDER = "NetworkStep"
"""The type of the node that `insert_step` replaces."""


@dataclass(frozen=True)
class Carried:
    """A value that the loop carries from step to step.

    Attributes:
        name: Its name in the body; the body computes `next_NAME`.
        type: Its type, such as `float`.
        axes: The names of its axes.
        first: The name of its initial value.
    """

    name: str
    type: str
    axes: Sequence[str]
    first: str

    def declare(self, prefix: str = "") -> str:
        """Return the declaration of the value, with a prefix on axes too: sizes may change in each step."""
        axes = ", ".join(prefix + axis for axis in self.axes)
        return f"{self.type}[{axes}] {prefix}{self.name}"


# Beams are rows and sentences are columns. `active` contains the number of each sentence that is not done.
# `position` maps each sentence to its index in `active`. Sentences that are done map to the index after the
# last one: an extra column in the values that a step records for all sentences.
#
# A finished hypothesis keeps its beam and its score, but others with a higher score may replace it. All
# unfinished hypotheses have the same length, so their scores have the same order as their totals. A sentence
# is done when all its beams have finished, or at its maximum length.
_CARRIED = (
    Carried("ids", "int32", ("rows",), "first_ids"),
    Carried("score", "float", ("beams", "active"), "no_score"),
    Carried("total", "float", ("beams", "active"), "no_score"),
    Carried("finished", "bool", ("beams", "active"), "none_finished"),
    Carried("history", "int32", ("beams", "active", "written"), "no_history"),
    Carried("active", "int64", ("active",), "everyone"),
    Carried("position", "int64", ("batch",), "everyone"),
    Carried("final", "float", ("kept", "batch"), "no_final"),
)
_RECORDED = {"ids": "int64[kept, batch]", "parents": "int64[kept, batch]"}


@dataclass(frozen=True)
class Extension:
    """ONNX text that adds inputs and outputs to a search. The defaults do not change the search.

    Attributes:
        options: Declarations of additional options of the graph.
        defaults: Default values of these options, and new default values of options of the search.
        outputs: Names of additional outputs of the step.
        carried: Additional values that the loop carries.
        recorded: Types and axes of additional values that each step outputs, by name. The body computes
            `NAME_out`, and `end` reads `NAME_by_step`.
        results: Types and axes of additional outputs of the graph, by name.
        begin: Runs before the loop; computes `limits`, int64 [batch], the maximum length of each hypothesis.
        trips: Computes the maximum number of steps from `most`, the maximum of `limits`.
        steps: Names of the number of the first step and of the one after the last, for random numbers.
        beams: Computes `beam_word` int64 [1, beams, batch or 1], the number of each beam for random numbers.
        rank: Computes the scores of all candidates, `scores_after`, from `normalised` [rows, choices].
        ended: Computes whether each of the best candidates is complete, `just_ended` [active, kept], from
            `best_ids` and `best_parents`.
        record: Computes `next_NAME` and `NAME_out` after the best candidates were selected.
        end: Runs after the loop.
    """

    options: Sequence[str] = ()
    defaults: Mapping[str, Array] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    carried: Sequence[Carried] = ()
    recorded: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    begin: str = "limits = Expand (max_length, batch_dim)"
    trips: str = "Identity (most)"
    steps: tuple[str, str] = ("zero", "most")
    beams: str = text.NUMBER_BEAMS
    rank: str = "scores_after = Identity (normalised)"
    ended: str = "just_ended = Equal (best_ids, end)"
    record: str = ""
    end: str = ""


@dataclass(frozen=True)
class Stepper:
    """A network that scores next tokens, converted in two parts.

    Attributes:
        begin: Computes all `memory` and initial `states` from the inputs of the graph. A network without
            other inputs reads `prefix`.
        step: Computes `logits` [rows, vocabulary] and the next states, named `NAME_after`, from `ids` int32
            [rows], all `memory` and all `states`. An extension may read additional outputs.
        memory: Names of the values that are the same in each step, [batch, ...].
        states: Names of the values that a step changes, at least one, [any, rows, any] or [rows, any].
        can_start: Whether each token may be the first of a text, [vocabulary].
        end: Id of the end token. Id 0 is padding.
        first: The name of a value that `begin` computes, int32 [batch]: the input of the first step. By
            default this is the end token.
    """

    begin: "ModelProto"
    step: "ModelProto"
    memory: Sequence[str]
    states: Sequence[str]
    can_start: Flags
    end: int = END
    first: str | None = None


def build_search(stepper: Stepper, extension: Extension | None = None) -> "ModelProto":
    """Build the graph of a search.

    Args:
        stepper: The network.
        extension: Additions to the search.

    Returns:
        A model with the inputs of `stepper.begin` and those of `DEFAULTS`, and the outputs `hypotheses` int32
        [batch, n_best, time], padded with 0, and `scores` float32 [batch, n_best] in descending order. A
        score of -1e9 or less marks a missing hypothesis.

    Example:
        >>> model = build_search(Stepper(begin, step, memory=[], states=["state"], can_start=can_start))
        >>> session = onnxruntime.InferenceSession(model.SerializeToString())
        >>> hypotheses, scores = session.run(None, {"prefix": prefix, "temperature": np.float32(1)})
    """
    extension = extension or Extension()
    graph = search_graph(stepper, extension)
    insert_begin(graph, stepper.begin.graph)
    add_constants(graph, stepper, extension)
    return to_model(graph)


def search_graph(stepper: Stepper, extension: Extension) -> "GraphProto":
    """Return the graph of a search without the first part of the network, and without constants.

    Its nodes read the values that `stepper.begin` computes, and the constants of `add_constants`.
    """
    from onnx import parser

    graph = parser.parse_graph(_write_graph(stepper, extension))
    insert_step(graph, stepper.step.graph)
    graph.initializer.extend(prefixed_step(stepper.step.graph).initializer)
    return graph


def add_constants(graph: "GraphProto", stepper: Stepper, extension: Extension) -> None:
    """Add the constants and the default values of options to a graph with a search, in place."""
    from onnx import numpy_helper

    found = constants(stepper, extension)
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in found.items())


def constants(stepper: Stepper, extension: Extension) -> Mapping[str, Array]:
    """Return the constants and the default values of options by name."""
    return {
        "at_end": np.eye(len(stepper.can_start), dtype=np.float32)[stepper.end],
        "start_penalties": np.where(stepper.can_start, 0, -1e9).astype(np.float32),
        "round_constants": ROUND_CONSTANTS,
        **DEFAULTS,
        **extension.defaults,
    }


def prefixed_step(step: "GraphProto") -> "GraphProto":
    """Return a copy of the step of a network whose names are different from those of a search."""
    return prefix_names(step, "step_", keep=[value.name for value in (*step.input, *step.output)])


def insert_step(graph: "GraphProto", step: "GraphProto") -> None:
    """Insert the step of the network into the innermost loop of a graph, in place. It has no initializers."""
    loop = next((node for node in graph.node if node.op_type == "Loop"), None)
    if loop is None:
        replace_placeholder(graph, PLACEHOLDER, prefixed_step(step))
    else:
        insert_step(loop.attribute[0].g, step)


def insert_begin(graph: "GraphProto", begin: "GraphProto") -> None:
    """Insert the first part of the network before the nodes of a search, in place."""
    begin = prefix_names(begin, "begin_", keep=[value.name for value in (*begin.input, *begin.output)])
    options, nodes = list(graph.input), list(graph.node)
    names = {value.name for value in options}
    del graph.input[:], graph.node[:]
    graph.input.extend([*(value for value in begin.input if value.name not in names), *options])
    graph.node.extend([*begin.node, *nodes])
    graph.initializer.extend(begin.initializer)


def _write_graph(stepper: Stepper, extension: Extension) -> str:
    """Return the text of the graph, with a placeholder for the step of the network."""
    carried = [*_CARRIED, *extension.carried, *_carry_network(stepper)]
    recorded = {**_RECORDED, **extension.recorded}
    axes = _row_axes(stepper)
    first_states = [f"first_{name} = Gather <axis = {axes[name]}> ({name}, first_rows)" for name in axes]
    rows = axes[stepper.states[0]]
    return Template(text.GRAPH).substitute(
        end=stepper.end,
        state=stepper.states[0],
        rows=f"dim_{rows}",
        rows_end=f"dim_{rows + 1}",
        options="".join(f", {option}" for option in extension.options),
        results="".join(f", {axes} {name}" for name, axes in extension.results.items()),
        first_ids=(
            "Expand (start, first_rows_shape)"
            if stepper.first is None
            else f"Gather <axis = 0> ({stepper.first}, first_rows)"
        ),
        begin="\n    ".join([extension.begin, *first_states]),
        hash=HASH,
        trips=extension.trips,
        first_step=extension.steps[0],
        step_after=extension.steps[1],
        beam_word=extension.beams,
        carried=", ".join(value.declare() for value in carried),
        next=", ".join(value.declare("next_") for value in carried),
        first=", ".join(value.first for value in carried),
        last=", ".join(f"last_{value.name}" for value in carried),
        recorded=", ".join(f"{axes} {name}_out" for name, axes in recorded.items()),
        by_step=", ".join(f"{name}_by_step" for name in recorded),
        body=_write_body(stepper, extension),
        trace=text.TRACE + extension.end,
    )


def _ranks(stepper: Stepper) -> dict[str, int]:
    """Return the number of axes of each input of a step."""
    return {value.name: len(value.type.tensor_type.shape.dim) for value in stepper.step.graph.input}


def _row_axes(stepper: Stepper) -> dict[str, int]:
    """Return the axis of the rows of each state."""
    ranks = _ranks(stepper)
    return {name: ranks[name] - 2 for name in stepper.states}


def _carry_network(stepper: Stepper) -> list[Carried]:
    """Return the memory and the states of a network as values that the loop carries."""
    ranks = _ranks(stepper)
    first = {**{name: name for name in stepper.memory}, **{name: f"first_{name}" for name in stepper.states}}
    return [
        Carried(name, "float", [f"{name}_{axis}" for axis in range(ranks[name])], first[name])
        for name in first
    ]


def _write_body(stepper: Stepper, extension: Extension) -> str:
    """Return the text of one step."""
    outputs = ", ".join(["logits", *extension.outputs])
    moves = [f"next_{name} = Gather <axis = 0> ({name}, left)" for name in stepper.memory]
    moves += [
        f"next_{name} = Gather <axis = {axis}> ({name}_after, rows_left)"
        for name, axis in _row_axes(stepper).items()
    ]
    sections = [
        f"    {outputs} = {PLACEHOLDER} (ids)",
        text.SIZES,
        Template(text.CHOOSE).substitute(
            penalise=text.PENALISE,
            block_ngrams=text.BLOCK_NGRAMS,
            sample=Template(text.SAMPLE).substitute(limits=LIMITS, draw=DRAW),
        ),
        text.FORCE,
        Template(text.RANK).substitute(rank=extension.rank),
        *(Template(text.FLATTEN).substitute(name=name) for name in ("scores", "totals", "ids")),
        Template(text.SELECT).substitute(ended=extension.ended),
        text.RECORD,
        text.FIND_LEFT,
        extension.record,
        text.MOVE,
        *(f"    {move}" for move in moves),
    ]
    return "\n".join(sections)
