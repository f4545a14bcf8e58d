"""The decoder of a translation network: all steps at once where they are known, one by one where not."""

from itertools import accumulate
from typing import Any, NamedTuple

import keras
from keras import ops

from seqnlp.layers.attention import Attention
from seqnlp.layers.mask import mask
from seqnlp.layers.recurrent import Recurrent
from seqnlp.layers.scan import scan

Tensor = Any
State = tuple[Tensor, ...]
"""What each recurrent layer holds, [states, rows, units], and behind it, with input feeding, the readout
[1, rows, dimension]."""


class Memory(NamedTuple):
    """What an encoder leaves behind of a batch of sentences.

    Attributes:
        states: [batch, source, units].
        keys: What attention holds queries against, as its `keys` gives them.
        inside: 1 where the source has a piece, 0 in the padding, [batch, 1, source].
        mean: The mean of the states, [batch, units].
    """

    states: Tensor
    keys: Tensor
    inside: Tensor
    mean: Tensor


class StepMemory(NamedTuple):
    """The same for those who go step by step.

    Attributes:
        shares: What each state brings to every layer behind the attention and to the readout, side by side,
            [batch, source, shares]: their products with the states. Products of a step's contexts would be
            the same sums, but computed anew at each step and for each beam.
        keys: As `Memory` has them.
        inside: As `Memory` has them.
    """

    shares: Tensor
    keys: Tensor
    inside: Tensor


@keras.saving.register_keras_serializable("seqnlp")
class Decoder(keras.layers.Layer):
    """Recurrent layers over the target, attention to the source, and a readout before the output.

    The first layer reads the target alone. Its states attend to the source; what they find goes to the other
    layers and to the readout. Unless the readout is fed back, no step waits for what attention found in the
    one before, so that in training all steps are computed at once.

    Args:
        dimension: Size of embeddings and of the readout.
        units: Hidden units.
        cell: `lstm`, `gru` or `rnn`.
        layers: How many recurrent layers.
        attention: `dot`, `general` or `concat`; `none` for the mean of the encoder's states at every step.
        input_feeding: Whether the first layer also reads the last readout (Luong et al. 2015, section 3.3).
        dropout: The share of inputs of layers and of the readout that is dropped.
        recurrent_dropout: The share of hidden units that are dropped along a whole sentence.
        seed: For dropout.
    """

    def __init__(
        self,
        dimension: int,
        units: int,
        cell: str,
        layers: int,
        attention: str,
        input_feeding: bool,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "dimension": dimension,
            "units": units,
            "cell": cell,
            "layers": layers,
            "attention": attention,
            "input_feeding": input_feeding,
            "dropout": dropout,
            "recurrent_dropout": recurrent_dropout,
            "seed": seed,
        }
        self.dimension = dimension
        self.units = units
        self.input_feeding = input_feeding
        self.recurrent = [
            Recurrent(
                units,
                cell,
                bidirectional=False,
                recurrent_dropout=recurrent_dropout,
                seed=None if seed is None else seed + 100 * (number + 1),
                time_major=True,
                name=f"recurrent_{number + 1}",
            )
            for number in range(layers)
        ]
        self.states = self.recurrent[0].directions[0].cell.states
        self.bridges = [
            keras.layers.Dense(self.states * units, activation="tanh", name=f"bridge_{number + 1}")
            for number in range(layers)
        ]
        self.attention = None if attention == "none" else Attention(attention, units, name="attention")
        self.readout = keras.layers.Dense(dimension, activation="tanh", name="readout")
        self.dropout = keras.layers.Dropout(dropout, seed=seed)

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        units, dimension = self.units, self.dimension
        width = dimension * (1 + self.input_feeding)
        for layer, bridge in zip(self.recurrent, self.bridges, strict=True):
            layer.build((None, None, width))
            bridge.build((None, units))
            width = 2 * units
        if self.attention is not None:
            self.attention.build((None, None, units), (None, None, units))
        self.readout.build((None, None, 2 * units + dimension))
        self.built = True

    def memory(self, states: Tensor, inside: Tensor) -> Memory:
        """What there is to attend to.

        Args:
            states: The encoder's, [source, batch, units], zero in the padding.
            inside: 1 where the source has a piece, [source, batch, 1].
        """
        mean = ops.sum(states, axis=0) / ops.maximum(ops.sum(inside, axis=0), 1.0)
        states, inside = ops.transpose(states, (1, 0, 2)), ops.transpose(inside, (1, 2, 0))
        return Memory(states, states if self.attention is None else self.attention.keys(states), inside, mean)

    def for_steps(self, memory: Memory) -> StepMemory:
        """What there is to attend to, step by step."""
        behind = [layer.directions[0].kernel[self.units :] for layer in self.recurrent[1:]]
        behind.append(self.readout.kernel[self.units : 2 * self.units])
        shares = ops.matmul(memory.states, ops.concatenate(behind, axis=-1))
        return StepMemory(shares, memory.keys, memory.inside)

    def begin(self, memory: Memory) -> State:
        """The state before the first step, from the mean of the encoder's (Sennrich et al. 2017)."""
        first = [ops.stack(ops.split(bridge(memory.mean), self.states, axis=-1)) for bridge in self.bridges]
        if self.input_feeding:
            first.append(ops.zeros_like(memory.mean[None, :, :1]) * ops.zeros((1, 1, self.dimension)))
        return tuple(first)

    def call(self, embedded: Tensor, lengths: Tensor, memory: Memory, training: bool = False) -> Tensor:
        """Read out all steps of targets that are known.

        Args:
            embedded: What each step reads, [target, batch, dimension].
            lengths: int32 [batch], of the targets.
            memory: Of the sources.
            training: Whether dropout applies.

        Returns:
            Readouts, [target, batch, dimension].
        """
        embedded = self.dropout(embedded, training=training)
        if self.input_feeding:
            return self._fed(embedded, lengths, memory, training)
        first, *others = self.begin(memory)
        hidden = self.recurrent[0].run(embedded, lengths, first[None], training)[0]
        contexts, _ = self._attend(hidden, memory.states, memory.keys, memory.inside)
        for layer, start in zip(self.recurrent[1:], others, strict=True):
            joined = self.dropout(ops.concatenate([hidden, contexts], axis=-1), training=training)
            hidden = layer.run(joined, lengths, start[None], training)[0]
        return self._read_out(hidden, contexts, embedded, training)

    def step(self, embedded: Tensor, state: State, memory: StepMemory) -> tuple[Tensor, State, Tensor]:
        """Read out one step.

        A row is a beginning of a translation. There may be several rows for each sentence: of `batch`
        sentences row `i` is of sentence `i % batch`.

        Args:
            embedded: What it reads, [rows, dimension].
            state: As `begin` or the step before gave it.
            memory: Of the sources.

        Returns:
            The readout [rows, dimension], the state after it, and the weights of the source [rows, source].
        """
        batch, source = ops.shape(memory.inside)[0], ops.shape(memory.inside)[2]
        inputs = ops.concatenate([embedded, state[-1][0]], axis=-1) if self.input_feeding else embedded
        after = [self.recurrent[0].directions[0].step(inputs, state[0])]
        hidden = after[0][0]
        queries = ops.reshape(hidden, (-1, batch, self.units))
        found, weights = self._attend(queries, memory.shares, memory.keys, memory.inside)
        *shares, read = self._shares(ops.reshape(found, (-1, found.shape[-1])))
        for layer, before, share in zip(self.recurrent[1:], state[1:], shares, strict=False):
            direction = layer.directions[0]
            projected = ops.matmul(hidden, direction.kernel[: self.units]) + share
            after.append(direction.advance(projected, before))
            hidden = after[-1][0]
        joined = ops.concatenate([hidden, embedded], axis=-1)
        kernel = self.readout.kernel
        kernel = ops.concatenate([kernel[: self.units], kernel[2 * self.units :]], axis=0)
        readout = ops.tanh(ops.matmul(joined, kernel) + read + self.readout.bias)
        if self.input_feeding:
            after.append(readout[None])
        return readout, tuple(after), ops.reshape(ops.transpose(weights, (1, 0, 2)), (-1, source))

    def _shares(self, found: Tensor) -> list[Tensor]:
        """What is for each layer behind the attention, and for the readout."""
        sizes = [layer.directions[0].kernel.shape[1] for layer in self.recurrent[1:]]
        return list(ops.split(found, list(accumulate(sizes)), axis=-1)) if sizes else [found]

    def _fed(self, embedded: Tensor, lengths: Tensor, memory: Memory, training: bool) -> Tensor:
        """Step by step, since each reads the readout of the one before."""
        by_step = self.for_steps(memory)

        def step(state: State, at: State) -> tuple[State, State]:
            readout, state, _ = self.step(at[0], state, by_step)
            return state, (readout,)

        _, (readouts,) = scan(step, self.begin(memory), (embedded,), (self.dimension,), False)
        return self.dropout(readouts, training=training) * mask(readouts, lengths)

    def _attend(self, hidden: Tensor, states: Tensor, keys: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """The contexts [target, batch, any] and the weights [batch, target, source]."""
        if self.attention is not None:
            return self.attention(hidden, keys, states, inside)
        even = inside / ops.maximum(ops.sum(inside, axis=2, keepdims=True), 1.0)
        weights = ops.repeat(even, ops.shape(hidden)[0], axis=1)
        return ops.transpose(ops.matmul(weights, states), (1, 0, 2)), weights

    def _read_out(self, hidden: Tensor, contexts: Tensor, embedded: Tensor, training: bool) -> Tensor:
        joined = ops.concatenate([hidden, contexts, embedded], axis=-1)
        return self.dropout(self.readout(joined), training=training)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}
