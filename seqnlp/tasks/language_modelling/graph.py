"""Convert a language model to one ONNX graph that reads prompts, scores them and continues them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export.conversion import convert
from seqnlp.export.generation import build_generation
from seqnlp.export.search import Stepper
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.language_modelling.network import LanguageNetwork

_LARGER = 4
"""How many times as large as the input kernel its product with the embeddings may be."""


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
    """
    sizes = [(layer.directions[0].cell.states, layer.units) for layer in network.recurrent]
    states = {f"state_{number}": (count, "batch", units) for number, (count, units) in enumerate(sizes)}
    starts = {f"start_{number}": (count, "starts", units) for number, (count, units) in enumerate(sizes)}
    layers = [[f"part_{number}_{part}" for part in range(count)] for number, (count, _) in enumerate(sizes)]
    parts = {name: units for names, (_, units) in zip(layers, sizes, strict=True) for name in names}
    vocabulary = network.arguments["vocabulary"]
    outputs = {**states, "prompt_log_probs": ("batch", "prompt_time")}
    stepper = Stepper(
        begin=convert(
            _Begin(network, list(starts)),
            {"prompt": ("batch", "prompt_time"), "lengths": ("batch",)},
            {
                **outputs,
                "prompt_end": ("batch",),
                **{name: ("batch", units) for name, units in parts.items()},
            },
            floats=starts,
        ),
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
    zeros = (np.zeros((count, 1, units), np.float32) for count, units in sizes)
    return build_generation(stepper, layers, list(outputs), dict(zip(starts, zeros, strict=True)))


class _Begin:
    """Reads prompts without their last token."""

    def __init__(self, network: "LanguageNetwork", starts: list[str]) -> None:
        self.network, self.starts = network, starts

    def __call__(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        from keras import ops

        prompt, before = inputs["prompt"], inputs["lengths"] - 1
        rows, time = ops.shape(prompt)
        zeros = self.network.zero_states(rows)
        first = [inputs[name] + zero for name, zero in zip(self.starts, zeros, strict=True)]
        logits, last = self.network.read(prompt, first, before)
        # A recurrent node reads at least one token.
        anything = ops.cast(before > 0, "float32")[:, None]
        states = [anything * state + (1 - anything) * start for state, start in zip(last, first, strict=True)]
        gold = ops.transpose(ops.concatenate([prompt[:, 1:], prompt[:, :1]], axis=1))
        found = ops.take_along_axis(ops.log_softmax(logits), gold[..., None], axis=-1)[..., 0]
        scored = ops.arange(time)[:, None] < before[None, :]
        shifted = ops.transpose(ops.where(scored, found, 0.0))
        return {
            **{f"state_{number}": state for number, state in enumerate(states)},
            **{
                f"part_{number}_{part}": state[part]
                for number, state in enumerate(states)
                for part in range(state.shape[0])
            },
            "prompt_log_probs": ops.concatenate([ops.zeros_like(shifted[:, :1]), shifted[:, :-1]], axis=1),
            "prompt_end": ops.take_along_axis(prompt, before[:, None], axis=1)[:, 0],
        }


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
