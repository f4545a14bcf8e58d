"""Convert a language model to one ONNX graph that reads prompts, scores them and continues them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export.conversion import Axes, convert
from seqnlp.export.generation import build_generation
from seqnlp.export.search import Stepper
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Arrays, Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.language_modelling.network import LanguageNetwork

_TOKENS = ("batch", "prompt_time")
_PROMPTS = {"prompt": _TOKENS, "lengths": ("batch",)}
_LARGER = 4
"""The largest size of the product of embeddings and input kernel, in sizes of the kernel."""


def convert_network(network: "LanguageNetwork") -> "ModelProto":
    """Convert a network.

    The graph has these inputs, besides the options of a search:

    - `prompt` int32 [batch, time], padded with 0. Its first token has been read before or is the end symbol.
    - `lengths` int32 [batch], the number of tokens of each prompt, at least one.
    - `start_N` float32 [states, batch or 1, units], the state of layer N before the prompt; zeros by default.

    Besides the outputs of a search, which continues the prompts, it returns

    - `prompt_log_probs` float32 [batch, time], the log probability of each token of the prompts given all
      tokens before it; 0 for the first token and in the padding.
    - `state_N` float32 [states, batch, units], the state of layer N before the last token of each prompt.
      With these states as `start_N`, and the last token as the first one of the next prompt, reading
      continues.

    If the network also reads backward, there are

    - the inputs `backward_start_N`, the state of each backward layer after the prompt;
    - the outputs `backward_log_probs`, the log probability of each token of the prompts given all tokens
      after it, 0 for the last token and in the padding; and `backward_state_N`, the state of each layer after
      the first token. The first token is the last one of the prompt with which reading continues.

    A network that only reads backward has no search.
    """
    backward = _Backward(network) if "backward" in network.directions else None
    if "forward" not in network.directions:
        assert backward is not None
        return _convert_reader(backward)
    sizes = [(layer.directions[0].cell.states, layer.units) for layer in network.recurrent]
    states = {f"state_{number}": (count, "batch", units) for number, (count, units) in enumerate(sizes)}
    starts: dict[str, Axes] = {
        f"start_{number}": (count, "starts", units) for number, (count, units) in enumerate(sizes)
    }
    layers = [[f"part_{number}_{part}" for part in range(count)] for number, (count, _) in enumerate(sizes)]
    parts = {name: units for names, (_, units) in zip(layers, sizes, strict=True) for name in names}
    vocabulary = network.arguments["vocabulary"]
    readers: list[_Begin | _Backward] = [_Begin(network, list(starts))]
    outputs: dict[str, Axes] = {**states, "prompt_log_probs": _TOKENS}
    if backward is not None:
        readers.append(backward)
        outputs |= backward.outputs
        starts |= backward.starts
    inner: dict[str, Axes] = {name: ("batch", units) for name, units in parts.items()}

    def begin(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: value for reader in readers for name, value in reader(inputs).items()}

    stepper = Stepper(
        begin=convert(begin, _PROMPTS, {**outputs, "prompt_end": ("batch",), **inner}, floats=starts),
        step=convert(
            _Step(network, layers),
            {"ids": ("rows",)},
            {
                "logits": ("rows", vocabulary),
                **{f"{name}_after": ("rows", units) for name, units in parts.items()},
            },
            floats={name: ("rows", units) for name, units in parts.items()},
        ),
        memory=[],
        states=list(parts),
        can_start=np.arange(vocabulary) > UNKNOWN,
        first="prompt_end",
    )
    return build_generation(stepper, layers, list(outputs), _zeros(starts))


def _convert_reader(reader: "_Backward") -> "ModelProto":
    """Convert a network that only reads backward."""
    from onnx import numpy_helper

    model = convert(reader, _PROMPTS, reader.outputs, floats=reader.starts)
    defaults = _zeros(reader.starts)
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in defaults.items())
    return model


def _zeros(starts: Mapping[str, Axes]) -> Arrays:
    """Return the default of each initial state."""
    return {name: np.zeros((int(axes[0]), 1, int(axes[2])), np.float32) for name, axes in starts.items()}


class _Begin:
    """Reads prompts without their last token."""

    def __init__(self, network: "LanguageNetwork", starts: list[str]) -> None:
        self.network, self.starts = network, starts

    def __call__(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        from keras import ops

        prompt, before = inputs["prompt"], inputs["lengths"] - 1
        states, logits = _read(
            self.network, "forward", prompt, before, [inputs[name] for name in self.starts]
        )
        found = _log_probs(logits, _without_first(prompt), before)
        return {
            **{f"state_{number}": state for number, state in enumerate(states)},
            **{
                f"part_{number}_{part}": state[part]
                for number, state in enumerate(states)
                for part in range(state.shape[0])
            },
            "prompt_log_probs": ops.concatenate([ops.zeros_like(found[:, :1]), found[:, :-1]], axis=1),
            "prompt_end": ops.take_along_axis(prompt, before[:, None], axis=1)[:, 0],
        }


class _Backward:
    """Reads prompts without their first token, from their end."""

    def __init__(self, network: "LanguageNetwork") -> None:
        self.network = network
        layers = network.chains["backward"]
        sizes = [(layer.directions[0].cell.states, layer.units) for layer in layers]
        self.starts: dict[str, Axes] = {
            f"backward_start_{number}": (count, "starts", units)
            for number, (count, units) in enumerate(sizes)
        }
        self.outputs: dict[str, Axes] = {
            **{
                f"backward_state_{number}": (count, "batch", units)
                for number, (count, units) in enumerate(sizes)
            },
            "backward_log_probs": _TOKENS,
        }

    def __call__(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        prompt, after = inputs["prompt"], inputs["lengths"] - 1
        starts = [inputs[name] for name in self.starts]
        states, logits = _read(self.network, "backward", _without_first(prompt), after, starts)
        values = [*states, _log_probs(logits, prompt, after)]
        return dict(zip(self.outputs, values, strict=True))


def _read(
    network: "LanguageNetwork", direction: str, ids: Tensor, lengths: Tensor, starts: list[Tensor]
) -> tuple[list[Tensor], Tensor]:
    """Return the states after the tokens of each row, which may have none, and the logits."""
    from keras import ops

    zeros = network.zero_states(ops.shape(ids)[0])
    first = [start + zero for start, zero in zip(starts, zeros, strict=True)]
    logits, last = network.read(ids, first, lengths, direction=direction)
    # A recurrent node reads at least one token.
    anything = ops.cast(lengths > 0, "float32")[:, None]
    states = [anything * state + (1 - anything) * start for state, start in zip(last, first, strict=True)]
    return states, logits


def _without_first(prompt: Tensor) -> Tensor:
    """Return the tokens after the first of each row; the last column is not used."""
    from keras import ops

    return ops.concatenate([prompt[:, 1:], prompt[:, :1]], axis=1)


def _log_probs(logits: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
    """Return the log probabilities of gold tokens [batch, time], 0 from the length of a row."""
    from keras import ops

    rows = ops.transpose(gold)[..., None]
    found = ops.take_along_axis(ops.log_softmax(logits), rows, axis=-1)[..., 0]
    scored = ops.arange(ops.shape(gold)[1])[:, None] < lengths[None, :]
    return ops.transpose(ops.where(scored, found, 0.0))


class _Step:
    """Reads one token and scores the next ones."""

    def __init__(self, network: "LanguageNetwork", layers: Sequence[Sequence[str]]) -> None:
        from keras import ops

        self.network, self.layers = network, layers
        # Looking up the product of an embedding and the kernel is faster than computing it, but takes space.
        vocabulary, dimension = network.arguments["vocabulary"], network.arguments["dimension"]
        small = vocabulary <= _LARGER * dimension
        self.input_gates = ops.convert_to_numpy(network.input_gates()) if small else None

    def __call__(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        states = [tuple(inputs[name] for name in names) for names in self.layers]
        logits, after = self.network.step(inputs["ids"], states, self.input_gates)
        named = {
            f"{name}_after": part
            for names, state in zip(self.layers, after, strict=True)
            for name, part in zip(names, state, strict=True)
        }
        return {"logits": logits, **named}
