"""The decoder of a translation network: all steps at once if the target is known, otherwise one by one."""

from itertools import accumulate
from typing import Any, NamedTuple, TypeAlias

import keras
from keras import ops

from seqnlp.layers.attention import Attention
from seqnlp.layers.mask import sequence_mask
from seqnlp.layers.recurrent import Recurrent
from seqnlp.layers.scan import scan
from seqnlp.types import Tensor

State: TypeAlias = tuple[Tensor, ...]
"""The state of each recurrent layer, [states, rows, units]. With input feeding, the last readout follows,
[1, rows, dimension]."""


class Memory(NamedTuple):
    """The encoder's output for a batch of sentences.

    Attributes:
        states: [batch, source, units].
        keys: The keys of the attention, as its `project_keys` returns them.
        mask: 1 where the source has a subword, 0 in the padding, [batch, 1, source].
        mean: The mean of the states, [batch, units].
    """

    states: Tensor
    keys: Tensor
    mask: Tensor
    mean: Tensor


class StepMemory(NamedTuple):
    """The encoder's output for decoding step by step.

    Attributes:
        projections: The encoder's states times the weights with which later layers and the readout read the
            context, concatenated, [batch, source, sizes]. A step then only takes their weighted mean.
        keys: As in `Memory`.
        mask: As in `Memory`.
    """

    projections: Tensor
    keys: Tensor
    mask: Tensor


@keras.saving.register_keras_serializable("seqnlp")
class Decoder(keras.layers.Layer):
    """Recurrent layers over the target, attention to the source, and a readout before the output.

    The first layer reads only the target. Its states attend to the source. The other layers and the readout
    read the resulting contexts. Without input feeding, no step depends on the attention of the previous one,
    so training computes all steps at once.

    Args:
        dimension: Size of embeddings and of the readout.
        units: Number of hidden units.
        cell: `lstm`, `gru` or `rnn`.
        layers: Number of recurrent layers.
        attention: `dot`, `general` or `concat`; `none` for the mean of the encoder's states at every step.
        input_feeding: Whether the first layer also reads the last readout (Luong et al. 2015, section 3.3).
        dropout: Dropout rate of the inputs of layers and of the readout.
        recurrent_dropout: Dropout rate of hidden units, constant over a sentence.
        seed: Random seed of dropout.
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

    def memory(self, states: Tensor, mask: Tensor) -> Memory:
        """Return the memory that the decoder attends to.

        Args:
            states: The encoder's states, [source, batch, units], zero in the padding.
            mask: 1 where the source has a subword, [source, batch, 1].
        """
        mean = ops.sum(states, axis=0) / ops.maximum(ops.sum(mask, axis=0), 1.0)
        states, mask = ops.transpose(states, (1, 0, 2)), ops.transpose(mask, (1, 2, 0))
        keys = states if self.attention is None else self.attention.project_keys(states)
        return Memory(states, keys, mask, mean)

    def project(self, memory: Memory) -> StepMemory:
        """Return the memory for decoding step by step."""
        kernels = [layer.directions[0].kernel[self.units :] for layer in self.recurrent[1:]]
        kernels.append(self.readout.kernel[self.units : 2 * self.units])
        projections = ops.matmul(memory.states, ops.concatenate(kernels, axis=-1))
        return StepMemory(projections, memory.keys, memory.mask)

    def begin(self, memory: Memory) -> State:
        """Return the first state, computed from the mean of the encoder's states (Sennrich et al. 2017)."""
        first = [ops.stack(ops.split(bridge(memory.mean), self.states, axis=-1)) for bridge in self.bridges]
        if self.input_feeding:
            first.append(ops.zeros_like(memory.mean[None, :, :1]) * ops.zeros((1, 1, self.dimension)))
        return tuple(first)

    def call(self, embedded: Tensor, lengths: Tensor, memory: Memory, training: bool = False) -> Tensor:
        """Return the readouts of all steps of known targets.

        Args:
            embedded: The input of each step, [target, batch, dimension].
            lengths: int32 [batch], the lengths of the targets.
            memory: The memory of the sources.
            training: Whether dropout applies.

        Returns:
            Readouts, [target, batch, dimension].
        """
        embedded = self.dropout(embedded, training=training)
        if self.input_feeding:
            return self._feed_readouts(embedded, lengths, memory, training)
        first, *others = self.begin(memory)
        hidden = self.recurrent[0].run(embedded, lengths, first[None], training)[0]
        contexts, _ = self._attend(hidden, memory.states, memory.keys, memory.mask)
        for layer, start in zip(self.recurrent[1:], others, strict=True):
            joined = self.dropout(ops.concatenate([hidden, contexts], axis=-1), training=training)
            hidden = layer.run(joined, lengths, start[None], training)[0]
        joined = ops.concatenate([hidden, contexts, embedded], axis=-1)
        return self.dropout(self.readout(joined), training=training)

    def step(self, embedded: Tensor, state: State, memory: StepMemory) -> tuple[Tensor, State, Tensor]:
        """Return the readout of one step.

        Each row is the beginning of a translation. A sentence may have several rows: with `batch` sentences,
        row `i` belongs to sentence `i % batch`.

        Args:
            embedded: The input of the step, [rows, dimension].
            state: The state from `begin` or the previous step.
            memory: The memory of the sources.

        Returns:
            The readout [rows, dimension], the next state, and the attention weights [rows, source].
        """
        batch, source = ops.shape(memory.mask)[0], ops.shape(memory.mask)[2]
        inputs = ops.concatenate([embedded, state[-1][0]], axis=-1) if self.input_feeding else embedded
        after = [self.recurrent[0].directions[0].step(inputs, state[0])]
        hidden = after[0][0]
        queries = ops.reshape(hidden, (-1, batch, self.units))
        contexts, weights = self._attend(queries, memory.projections, memory.keys, memory.mask)
        *for_layers, for_readout = self._split(ops.reshape(contexts, (-1, contexts.shape[-1])))
        for layer, before, context in zip(self.recurrent[1:], state[1:], for_layers, strict=False):
            direction = layer.directions[0]
            projected = ops.matmul(hidden, direction.kernel[: self.units]) + context
            after.append(direction.advance(projected, before))
            hidden = after[-1][0]
        joined = ops.concatenate([hidden, embedded], axis=-1)
        kernel = self.readout.kernel
        kernel = ops.concatenate([kernel[: self.units], kernel[2 * self.units :]], axis=0)
        readout = ops.tanh(ops.matmul(joined, kernel) + for_readout + self.readout.bias)
        if self.input_feeding:
            after.append(readout[None])
        return readout, tuple(after), ops.reshape(ops.transpose(weights, (1, 0, 2)), (-1, source))

    def _split(self, contexts: Tensor) -> list[Tensor]:
        """Split projected contexts into one for each later layer, and one for the readout."""
        sizes = [layer.directions[0].kernel.shape[1] for layer in self.recurrent[1:]]
        return list(ops.split(contexts, list(accumulate(sizes)), axis=-1)) if sizes else [contexts]

    def _feed_readouts(self, embedded: Tensor, lengths: Tensor, memory: Memory, training: bool) -> Tensor:
        """Return the readouts step by step, since each step reads the previous readout."""
        projected = self.project(memory)

        def step(state: State, at: State) -> tuple[State, State]:
            readout, state, _ = self.step(at[0], state, projected)
            return state, (readout,)

        _, (readouts,) = scan(step, self.begin(memory), (embedded,), (self.dimension,), False)
        return self.dropout(readouts, training=training) * sequence_mask(readouts, lengths)

    def _attend(self, hidden: Tensor, values: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the contexts [target, batch, any] and the weights [batch, target, source]."""
        if self.attention is not None:
            return self.attention(hidden, keys, values, mask)
        uniform = mask / ops.maximum(ops.sum(mask, axis=2, keepdims=True), 1.0)
        weights = ops.repeat(uniform, ops.shape(hidden)[0], axis=1)
        return ops.transpose(ops.matmul(weights, values), (1, 0, 2)), weights

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), **self.arguments}
