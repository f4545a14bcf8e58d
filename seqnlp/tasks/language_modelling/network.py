"""The network of a language model: embeddings, recurrent layers and scores of the next token."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.data.language_codec import DIRECTIONS
from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent
from seqnlp.layers.scan import State
from seqnlp.layers.token_reader import TokenReader
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.types import Array, Floats, Ids, Tensor

_WINDOW = 256
"""Positions of a stream that are scored at a time."""


@keras.saving.register_keras_serializable("seqnlp")
class LanguageNetwork(TokenReader):
    """A recurrent language model (Mikolov et al. 2010), regularised as AWD-LSTM (Merity et al. 2018).

    Inputs are a dict of int32 arrays: `ids` [rows, time] and `starts` [rows], 1 for rows that start with a
    state of zeros. The output is the logits of the next ids, float32 [time, rows, vocabulary]. In training,
    other rows start with the last state of the batch before, through which no gradient flows (truncated
    back-propagation through time).

    A network can also read backward, from the last id of a window to the first, and predict the id before
    each id. With `both` directions, it has two chains of recurrent layers that share embeddings and output
    weights (Peters et al. 2018). Further inputs are then `backward_ids` [rows, time], a window of its own for
    the backward direction, and the output is a dict with the logits of the `next` and of the `previous` ids.

    Args:
        vocabulary: Number of ids.
        dimension: Size of an embedding.
        units: Units of each recurrent layer. The last layer of a tied network has `dimension` units.
        layers: Number of recurrent layers.
        cell: `lstm`, `gru` or `rnn`.
        tied: Whether the output weights are the embeddings (Press and Wolf 2017).
        input_dropout: Dropout rate of embeddings. As with all rates, a unit is dropped for a whole window
            (variational dropout, Gal and Ghahramani 2016).
        hidden_dropout: Dropout rate of the outputs of each layer.
        weight_dropout: Dropout rate of the recurrent weights.
        rows: Number of rows of a training batch.
        direction: `forward`, `backward` or `both`.
        seed: Random seed of initial weights and dropout.
    """

    def __init__(
        self,
        vocabulary: int,
        dimension: int,
        units: int,
        layers: int,
        cell: str,
        tied: bool,
        input_dropout: float,
        hidden_dropout: float,
        weight_dropout: float,
        rows: int,
        direction: str = "forward",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        arguments = {
            "vocabulary": vocabulary,
            "dimension": dimension,
            "units": units,
            "layers": layers,
            "cell": cell,
            "tied": tied,
            "input_dropout": input_dropout,
            "hidden_dropout": hidden_dropout,
            "weight_dropout": weight_dropout,
            "rows": rows,
            "direction": direction,
            "seed": seed,
        }
        super().__init__(arguments, **kwargs)
        sizes = [units] * (layers - 1) + [dimension if tied else units]
        self.directions = DIRECTIONS[direction]

        def make_layers(direction: str, first_seed: int) -> list[Recurrent]:
            return [
                Recurrent(
                    size,
                    cell,
                    bidirectional=False,
                    weight_dropout=weight_dropout,
                    seed=None if seed is None else seed + first_seed + 10 * number,
                    time_major=True,
                    backwards=direction == "backward",
                    name=f"{direction}_{number}",
                )
                for number, size in enumerate(sizes, 1)
            ]

        first, *others = self.directions
        self.recurrent = make_layers(first, 0)
        self.recurrent_backward = make_layers("backward", 1000) if others else []
        # Masks have no time axis, so that a unit is dropped for a whole window.
        self.dropouts = [
            keras.layers.Dropout(
                rate, noise_shape=(1, None, None), seed=None if seed is None else seed + number
            )
            for number, rate in enumerate([input_dropout] + [hidden_dropout] * layers)
        ]

    def build(self, shapes: Any = None) -> None:
        """Create all weights, and the states that training carries from batch to batch."""
        vocabulary, dimension = self.arguments["vocabulary"], self.arguments["dimension"]
        seed, width = self.arguments["seed"], dimension

        def table(name: str, size: int) -> Tensor:
            initializer = keras.initializers.RandomNormal(stddev=size**-0.5, seed=seed)
            return self.add_weight(name=name, shape=(vocabulary, size), initializer=initializer)

        self.input_table = table("input_table", dimension)
        for layers in self.chains.values():
            width = dimension
            for layer in layers:
                layer.build((None, None, width))
                width = layer.units
        self.output_table = self.input_table if self.arguments["tied"] else table("output_table", width)
        self.output_bias = self.add_weight(name="output_bias", shape=(vocabulary,), initializer="zeros")
        self.carried = [
            self.add_weight(
                name=f"carried_{number}",
                shape=(layer.directions[0].cell.states, self.arguments["rows"], layer.units),
                initializer="zeros",
                trainable=False,
            )
            for number, layer in enumerate(layer for layers in self.chains.values() for layer in layers)
        ]
        self.built = True

    @property
    def chains(self) -> Mapping[str, Sequence[Recurrent]]:
        """The recurrent layers of each direction, the first layer first."""
        return dict(zip(self.directions, (self.recurrent, self.recurrent_backward), strict=False))

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Any:
        """Compute the logits of the next ids, and those of the ids before if the network reads backward.

        In training, the last states are stored for the next batch.
        """
        kept = 1.0 - ops.cast(inputs["starts"], "float32")[:, None]
        layers = self.arguments["layers"]
        found = []
        for number, direction in enumerate(self.directions):
            ids = inputs["backward_ids" if number else "ids"]
            if training:
                carried = self.carried[number * layers : (number + 1) * layers]
                first = [state * kept for state in carried]
                logits, states = self.read(ids, first, training=True, direction=direction)
                for variable, state in zip(carried, states, strict=True):
                    variable.assign(ops.stop_gradient(state))
            else:
                logits, _ = self.read(ids, self.zero_states(ops.shape(kept)[0]), direction=direction)
            found.append(logits)
        return found[0] if len(found) == 1 else dict(zip(("next", "previous"), found, strict=True))

    def zero_states(self, rows: Tensor) -> list[Tensor]:
        """Return initial states of all layers of one direction, each [states, rows, units]."""
        return [ops.zeros((layer.directions[0].cell.states, rows, layer.units)) for layer in self.recurrent]

    def read(
        self,
        ids: Tensor,
        states: list[Tensor],
        lengths: Tensor = None,
        training: bool = False,
        direction: str | None = None,
    ) -> tuple[Tensor, list[Tensor]]:
        """Read a window of each row.

        Args:
            ids: int32 [rows, time].
            states: The state of each layer before the window, [states, rows, units].
            lengths: int32 [rows], the number of ids of each row; None if all windows are full.
            training: Whether to apply dropout.
            direction: `forward` or `backward`; by default the first direction of the network.

        Returns:
            The logits of the next ids, [time, rows, vocabulary], and the state of each layer after the
            window. Backward, the logits are those of the ids before, and the states those after the first id.
        """
        hidden, last = self.hidden_states(ids, states, lengths, training, direction)
        return self.logits(hidden), last

    def hidden_states(
        self,
        ids: Tensor,
        states: list[Tensor],
        lengths: Tensor = None,
        training: bool = False,
        direction: str | None = None,
    ) -> tuple[Tensor, list[Tensor]]:
        """Return the hidden states of the last layer, [time, rows, units], and the last states, as `read`."""
        if lengths is None:
            rows, time = ops.shape(ids)
            lengths = ops.zeros((rows,), "int32") + time
        first, *others = self.dropouts
        hidden = first(lookup(self.input_table, ops.transpose(ids)), training=training)
        last = []
        layers = self.chains[direction or self.directions[0]]
        for layer, state, dropout in zip(layers, states, others, strict=True):
            hidden, final = layer.run(hidden, lengths, state[None], training)
            hidden = dropout(hidden, training=training)
            last.append(final[0])
        return hidden, last

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the logits of tokens, [..., vocabulary]. Padding is impossible."""
        padding = ops.one_hot(PADDING, self.arguments["vocabulary"])
        scores = ops.matmul(hidden, ops.transpose(self.output_table))
        return scores + (self.output_bias - 1e9 * padding)

    def input_gates(self) -> Tensor:
        """Return what the first layer computes from each token alone, [vocabulary, gates * units]."""
        return self.recurrent[0].directions[0].project(ops.convert_to_tensor(self.input_table))

    def step(
        self, ids: Tensor, states: Sequence[State], input_gates: Tensor | None = None
    ) -> tuple[Tensor, list[State]]:
        """Score the next token of each row, to generate text. Unknown tokens are impossible.

        Args:
            ids: int32 [rows], the last token.
            states: The tensors of the state of each layer, each [rows, units].
            input_gates: The result of `input_gates`, which saves a matrix product; None to compute it.

        Returns:
            The logits, [rows, vocabulary], and the next states.
        """
        directions = [layer.directions[0] for layer in self.recurrent]
        if input_gates is None:
            projected = directions[0].project(lookup(self.input_table, ids))
        else:
            projected = lookup(input_gates, ids)
        after = [directions[0].next_state(projected, tuple(states[0]))]
        for direction, state in zip(directions[1:], states[1:], strict=True):
            after.append(direction.next_state(direction.project(after[-1][0]), tuple(state)))
        hidden = after[-1][0]
        unknown = ops.one_hot(UNKNOWN, self.arguments["vocabulary"])
        return self.logits(hidden) - 1e9 * unknown, after

    def gold_loss(self, inputs: Any, outputs: Any, gold: Any, training: bool) -> Tensor:
        """Return the mean cross entropy per token of `gold` int32 [rows, time].

        For both directions, `gold` is a dict, and the loss is the mean of their losses.
        """
        if isinstance(outputs, dict):
            losses = [self._loss(logits, gold[name]) for name, logits in outputs.items()]
            return sum(losses) / len(losses)
        return self._loss(outputs, gold)

    def _loss(self, logits: Tensor, gold: Tensor) -> Tensor:
        gold = ops.transpose(gold)
        weights = ops.ones(ops.shape(gold))
        return cross_entropy(logits, gold, weights, 0.0, first=UNKNOWN) / ops.sum(weights)

    def log_probabilities(
        self, streams: Ids, direction: str | None = None, lengths: Ids | None = None
    ) -> Floats:
        """Return the natural log of the probability of each id after the first, given all ids before it.

        Args:
            streams: int32 [rows, length]. The first state is zero.
            direction: `forward` or `backward`; by default the first direction of the network. Backward, the
                result is that of each id before the last, given all ids after it.
            lengths: int32 [rows], the number of ids of each row; None if no row is padded. Results at padding
                have no meaning.

        Returns:
            float32 [rows, length - 1].
        """
        direction = direction or self.directions[0]
        states = self.zero_states(len(streams))
        found: list[Array] = []
        length = streams.shape[1]
        lengths = np.full(len(streams), length, np.int32) if lengths is None else lengths
        for done in range(0, length - 1, _WINDOW):
            if direction == "forward":
                first = done
                window = streams[:, first : first + _WINDOW + 1]
                ids, gold = window[:, :-1], window[:, 1:]
            else:
                first = max(1, length - done - _WINDOW)
                window = streams[:, first - 1 : length - done]
                ids, gold = window[:, 1:], window[:, :-1]
            sizes = ops.convert_to_tensor(np.clip(lengths - first, 0, ids.shape[1]).astype(np.int32))
            logits, states = self.read(ops.convert_to_tensor(ids), states, sizes, direction=direction)
            chosen = ops.convert_to_tensor(np.ascontiguousarray(gold.T)[..., None])
            found.append(np.asarray(ops.take_along_axis(ops.log_softmax(logits), chosen, axis=-1))[..., 0].T)
        return np.concatenate(found if direction == "forward" else found[::-1], axis=1)
