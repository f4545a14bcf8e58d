"""Convert translation networks to one ONNX graph that searches: subwords in, the best hypotheses out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from seqnlp.export.attention_search import build_attention_search
from seqnlp.export.conversion import convert
from seqnlp.export.search import Stepper
from seqnlp.types import Flags, Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.translation.network import TranslationNetwork

Axes: TypeAlias = tuple[str | int, ...]


def convert_networks(networks: "Sequence[TranslationNetwork]", can_start: Flags) -> "ModelProto":
    """Convert a network, or an ensemble, to the graph of a search.

    Args:
        networks: The network, or those of an ensemble, which have the same subwords.
        can_start: Whether each subword may be the first of a text, [subwords].
    """
    return build_attention_search(convert_steps(networks, can_start), mask="memory_0_mask")


def convert_steps(networks: "Sequence[TranslationNetwork]", can_start: Flags) -> Stepper:
    """Convert networks to the two graphs that a search needs: the encoder and one step.

    The probabilities of an ensemble, and its attention weights, are the means of those of its networks.

    Args:
        networks: As for `convert_networks`.
        can_start: As for `convert_networks`.
    """
    from keras import ops

    from seqnlp.tasks.translation.decoder import StepMemory

    memory = {
        f"memory_{number}_{name}": axes
        for number, network in enumerate(networks)
        for name, axes in _memory_axes(network).items()
    }
    states = {
        f"state_{number}_{place}": axes
        for number, network in enumerate(networks)
        for place, axes in enumerate(_state_axes(network))
    }

    def begin(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        outputs: dict[str, Tensor] = {}
        for number, network in enumerate(networks):
            found, first = network.begin(inputs["source"], inputs["lengths"])
            outputs |= {f"memory_{number}_{name}": value for name, value in found._asdict().items()}
            outputs |= {f"state_{number}_{place}": value for place, value in enumerate(first)}
        return outputs

    def step(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        logits, weights = [], []
        after: dict[str, Tensor] = {}
        for number, network in enumerate(networks):
            found = StepMemory(*(inputs[f"memory_{number}_{name}"] for name in StepMemory._fields))
            names = [name for name in states if name.startswith(f"state_{number}_")]
            scores, state, attention = network.step(inputs["ids"], tuple(inputs[n] for n in names), found)
            logits.append(scores)
            weights.append(attention)
            after |= {f"{name}_after": value for name, value in zip(names, state, strict=True)}
        if len(networks) > 1:  # a softmax ignores the constant factor between a sum and a mean
            combined = ops.logsumexp(ops.stack([ops.log_softmax(each) for each in logits]), axis=0)
            logits, weights = [combined], [ops.mean(ops.stack(weights), axis=0)]
        return {"logits": logits[0], "weights": weights[0], **after}

    return Stepper(
        begin=convert(begin, {"source": ("batch", "source"), "lengths": ("batch",)}, {**memory, **states}),
        step=convert(
            step,
            {"ids": ("rows",)},
            {
                "logits": ("rows", "subwords"),
                "weights": ("rows", "source"),
                **{f"{name}_after": axes for name, axes in states.items()},
            },
            floats={**memory, **states},
        ),
        memory=list(memory),
        states=list(states),
        can_start=can_start,
    )


def _memory_axes(network: "TranslationNetwork") -> Mapping[str, Axes]:
    """Return the axes of each field of the memory of a network."""
    decoder = network.decoder
    batch_first = decoder.attention is None or decoder.attention.score == "concat"
    later_layers = sum(layer.directions[0].kernel.shape[1] for layer in decoder.recurrent[1:])
    return {
        "projections": ("batch", "source", later_layers + decoder.dimension),
        "keys": ("batch", "source", decoder.units) if batch_first else ("batch", decoder.units, "source"),
        "mask": ("batch", 1, "source"),
    }


def _state_axes(network: "TranslationNetwork") -> list[Axes]:
    """Return the axes of each part of the state of a decoder."""
    decoder = network.decoder
    axes: list[Axes] = [(decoder.states, "rows", decoder.units)] * len(decoder.recurrent)
    return [*axes, (1, "rows", decoder.dimension)] if decoder.input_feeding else axes
