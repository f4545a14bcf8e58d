"""A translation network to one model.onnx: pieces in, the best hypotheses out, the search included."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seqnlp.export.conversion import converted
from seqnlp.export.search import Stepper, beam_search

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.translation.network import TranslationNetwork

Tensor = Any
Axes = tuple[str | int, ...]


def search_of(networks: "Sequence[TranslationNetwork]") -> "ModelProto":
    """The graph of a search with a network, or with several of the same pieces together."""
    return beam_search(stepper_of(networks))


def stepper_of(networks: "Sequence[TranslationNetwork]") -> Stepper:
    """Convert networks, in two parts as a search takes them.

    What several together say of a piece is the mean of their probabilities, and so are the weights of the
    source.
    """
    from keras import ops

    from seqnlp.translation.decoder import Memory

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
        outputs = {}
        for number, network in enumerate(networks):
            found = network.encode(inputs["source"], inputs["lengths"])
            outputs |= {f"memory_{number}_{name}": part for name, part in found._asdict().items()}
            first = network.decoder.begin(found)
            outputs |= {f"state_{number}_{place}": part for place, part in enumerate(first)}
        return outputs

    def step(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        logits, weights, after = [], [], {}
        for number, network in enumerate(networks):
            found = Memory(*(inputs[f"memory_{number}_{name}"] for name in Memory._fields))
            names = [name for name in states if name.startswith(f"state_{number}_")]
            scores, state, attention = network.step(inputs["ids"], tuple(inputs[n] for n in names), found)
            logits.append(scores)
            weights.append(attention)
            after |= {f"{name}_after": part for name, part in zip(names, state, strict=True)}
        if len(networks) > 1:
            together = ops.logsumexp(ops.stack([ops.log_softmax(each) for each in logits]), axis=0)
            logits, weights = [together], [ops.mean(ops.stack(weights), axis=0)]
        return {"logits": logits[0], "weights": weights[0], **after}

    return Stepper(
        begin=converted(begin, {"source": ("batch", "source"), "lengths": ("batch",)}, {**memory, **states}),
        step=converted(
            step,
            {"ids": ("rows",)},
            {
                "logits": ("rows", "pieces"),
                "weights": ("rows", "source"),
                **{f"{name}_after": axes for name, axes in states.items()},
            },
            floats={**memory, **states},
        ),
        memory=list(memory),
        states=list(states),
        inside="memory_0_inside",
        pieces=networks[0].arguments["target_pieces"],
    )


def _memory_axes(network: "TranslationNetwork") -> Mapping[str, Axes]:
    """The dimensions of each part of what an encoder leaves behind."""
    units = network.decoder.units
    attention = network.decoder.attention
    upright = attention is None or attention.score == "concat"
    return {
        "states": ("batch", "source", units),
        "keys": ("batch", "source", units) if upright else ("batch", units, "source"),
        "inside": ("batch", 1, "source"),
        "mean": ("batch", units),
    }


def _state_axes(network: "TranslationNetwork") -> list[Axes]:
    """The dimensions of each part of a decoder's state."""
    decoder = network.decoder
    axes: list[Axes] = [(decoder.states, "rows", decoder.units)] * len(decoder.recurrent)
    return [*axes, (1, "rows", decoder.dimension)] if decoder.input_feeding else axes
