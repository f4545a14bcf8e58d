"""A translation network to one model.onnx: pieces in, the best hypotheses out, the search included."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Buckets
from seqnlp.export.beam_search import Stepper, beam_search
from seqnlp.export.conversion import converted
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
from seqnlp.export.writer import write_model
from seqnlp.tasks.translation.codec import TranslationCodec, inputs_of
from seqnlp.tasks.translation.data import Pairs
from seqnlp.tasks.translation.search import SearchOptions

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession

    from seqnlp.tasks.translation.network import TranslationNetwork

Tensor = Any
Axes = tuple[str | int, ...]


TOLERANCE = 1e-4
"""How far the mean log probability of a text's pieces may be from the network's."""


def export_translator(
    networks: "Sequence[TranslationNetwork]",
    codec: TranslationCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Pairs,
) -> None:
    """Write a network, or several of one codec as an ensemble, as one file.

    Args:
        networks: The trained networks.
        codec: Their codec.
        path: The file to write.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        check: Pairs whose targets must be worth the same to the file before it is written.

    Raises:
        ParityError: They are not; the message says how far off they are.
    """
    write_model(
        Graph(search_of(networks, codec.target.openings), codec),
        "translator",
        metadata,
        path,
        lambda session: check_parity(session, networks, check),
    )


def check_parity(session: "InferenceSession", networks: "Sequence[TranslationNetwork]", pairs: Pairs) -> None:
    """Hold a file to the networks that it was made from: each target is forced on it, piece by piece.

    Args:
        session: Runs the file.
        networks: The networks.
        pairs: Texts and their translations.

    Raises:
        ParityError: The mean log probability of a target's pieces is further off than `TOLERANCE`.
    """
    worst = 0.0
    for batch in Buckets.learn(pairs.lengths, positions=4096).batches(pairs.lengths):
        inputs, wanted = inputs_of(pairs.sources, pairs.targets, batch)
        full = slice(0, len(batch.rows))
        lengths = inputs["target_lengths"]
        options = SearchOptions(beam_size=1, length_penalty=0.0, maximum=int(lengths.max()))
        given = {**options.inputs(), "prefix": wanted[full]}
        given |= {name: inputs[name][full] for name in ("source", "lengths")}
        (found,) = session.run(["scores"], given)
        expected = _log_likelihoods(networks, inputs, wanted)[full]
        worst = max(worst, float((np.abs(found[:, 0] - expected) / lengths[full]).max()))
    if not worst <= TOLERANCE:
        raise ParityError(
            f"the model was not written: the mean log probability of a text's pieces differs from the "
            f"network's by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )


def _log_likelihoods(
    networks: "Sequence[TranslationNetwork]", inputs: Mapping[str, NDArray[Any]], wanted: NDArray[np.int32]
) -> NDArray[np.float64]:
    """What networks together say of each target, computed as in training: all of its steps at once."""
    probabilities: Any = 0.0
    for network in networks:
        logits = np.asarray(network.predict_on_batch(inputs), np.float64).transpose(1, 0, 2)
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        right = np.take_along_axis(powers, wanted[..., None], axis=-1)[..., 0]
        probabilities += right / powers.sum(axis=-1) / len(networks)
    inside = np.arange(wanted.shape[1]) < inputs["target_lengths"][:, None]
    return np.asarray(np.log(np.where(inside, probabilities, 1.0)).sum(axis=1))


def search_of(networks: "Sequence[TranslationNetwork]", openings: NDArray[np.bool_]) -> "ModelProto":
    """The graph of a search with a network, or with several of the same pieces together.

    Args:
        networks: The networks.
        openings: Whether each piece may be a text's first, [pieces].
    """
    return beam_search(stepper_of(networks, openings))


def stepper_of(networks: "Sequence[TranslationNetwork]", openings: NDArray[np.bool_]) -> Stepper:
    """Convert networks, in two parts as a search takes them.

    What several together say of a piece is the mean of their probabilities, and so are the weights of the
    source.

    Args:
        networks: The networks.
        openings: As for `search_of`.
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
            outputs |= {f"memory_{number}_{name}": part for name, part in found._asdict().items()}
            outputs |= {f"state_{number}_{place}": part for place, part in enumerate(first)}
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
            after |= {f"{name}_after": part for name, part in zip(names, state, strict=True)}
        if len(networks) > 1:  # what all scores have in common is of no meaning, so a sum is as good
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
        openings=openings,
    )


def _memory_axes(network: "TranslationNetwork") -> Mapping[str, Axes]:
    """The dimensions of each part of what an encoder leaves behind."""
    decoder = network.decoder
    upright = decoder.attention is None or decoder.attention.score == "concat"
    behind = sum(layer.directions[0].kernel.shape[1] for layer in decoder.recurrent[1:])
    return {
        "shares": ("batch", "source", behind + decoder.dimension),
        "keys": ("batch", "source", decoder.units) if upright else ("batch", decoder.units, "source"),
        "inside": ("batch", 1, "source"),
    }


def _state_axes(network: "TranslationNetwork") -> list[Axes]:
    """The dimensions of each part of a decoder's state."""
    decoder = network.decoder
    axes: list[Axes] = [(decoder.states, "rows", decoder.units)] * len(decoder.recurrent)
    return [*axes, (1, "rows", decoder.dimension)] if decoder.input_feeding else axes
