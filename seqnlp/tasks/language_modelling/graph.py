"""Convert a language model to one ONNX graph that reads prompts, scores them and continues them."""

from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export.conversion import convert
from seqnlp.export.search import Extension, Stepper, build_search
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.language_modelling.network import LanguageNetwork


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
    vocabulary = network.arguments["vocabulary"]
    results = {name: f"float[{count}, batch, {units}]" for name, (count, _, units) in states.items()}
    extension = Extension(
        defaults={
            name: np.zeros((count, 1, units), np.float32)
            for name, (count, units) in zip(starts, sizes, strict=True)
        },
        results={"prompt_log_probs": "float[batch, prompt_time]", **results},
    )
    stepper = Stepper(
        begin=convert(
            _Begin(network, list(starts)),
            {"prompt": ("batch", "prompt_time"), "lengths": ("batch",)},
            {**states, "prompt_log_probs": ("batch", "prompt_time"), "prompt_end": ("batch",)},
            floats=starts,
        ),
        step=convert(
            _Step(network, list(states)),
            {"ids": ("rows",)},
            {
                "logits": ("rows", vocabulary),
                **{f"{name}_after": (count, "rows", units) for name, (count, _, units) in states.items()},
            },
            floats={name: (count, "rows", units) for name, (count, _, units) in states.items()},
        ),
        memory=[],
        states=list(states),
        can_start=np.arange(vocabulary) > UNKNOWN,
        first="prompt_end",
    )
    return build_search(stepper, extension)


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
            "prompt_log_probs": ops.concatenate([ops.zeros_like(shifted[:, :1]), shifted[:, :-1]], axis=1),
            "prompt_end": ops.take_along_axis(prompt, before[:, None], axis=1)[:, 0],
        }


class _Step:
    """Reads one token and scores the next ones."""

    def __init__(self, network: "LanguageNetwork", states: list[str]) -> None:
        self.network, self.states = network, states

    def __call__(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        logits, after = self.network.step(inputs["ids"], [inputs[name] for name in self.states])
        named = zip(self.states, after, strict=True)
        return {"logits": logits, **{f"{name}_after": state for name, state in named}}
