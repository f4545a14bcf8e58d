"""The translation network: a bidirectional encoder, and a decoder that attends to it."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.lookup import lookup
from seqnlp.layers.mask import mask
from seqnlp.layers.recurrent import Recurrent
from seqnlp.tasks.translation.decoder import Decoder, Memory, State, StepMemory
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING, UNKNOWN

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class TranslationNetwork(keras.Model):
    """An encoder-decoder.

    Inputs are a dict of int32 arrays: `source` [batch, time] and `lengths` [batch]; `before` [batch, time],
    the target moved by one behind `END`, and `target_lengths` [batch], `END` counted. The output is the
    logits of the target, float32 [target time, batch, target pieces].

    Args:
        source_pieces: How many source ids there are.
        target_pieces: How many target ids there are.
        decoder: The arguments of the `Decoder`; the encoder has its cell, and half its units each way.
        layers: How many recurrent layers the encoder has.
        tied: `none`; `target`: the output's weights are the target's embeddings (Press and Wolf 2017); `all`:
            so are the source's.
        label_smoothing: The share of a piece's weight that is spread over all pieces in training.
        seed: For dropout and the first weights.
    """

    def __init__(
        self,
        source_pieces: int,
        target_pieces: int,
        decoder: dict[str, Any],
        layers: int,
        tied: str,
        label_smoothing: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "source_pieces": source_pieces,
            "target_pieces": target_pieces,
            "decoder": decoder,
            "layers": layers,
            "tied": tied,
            "label_smoothing": label_smoothing,
            "seed": seed,
        }
        self.encoder = [
            Recurrent(
                decoder["units"] // 2,
                decoder["cell"],
                recurrent_dropout=decoder["recurrent_dropout"],
                seed=None if seed is None else seed + 10 * (number + 1),
                time_major=True,
                name=f"encoder_{number + 1}",
            )
            for number in range(layers)
        ]
        self.decoder = Decoder(**decoder, seed=seed, name="decoder")
        self.dropout = keras.layers.Dropout(decoder["dropout"], seed=seed)

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        dimension, tied = self.decoder.dimension, self.arguments["tied"]
        pieces = self.arguments["target_pieces"]

        def table(name: str, rows: int) -> Tensor:
            # Of tied weights the rows are also the output's: their products with a readout begin near 1.
            deviation = keras.initializers.RandomNormal(stddev=dimension**-0.5, seed=self.arguments["seed"])
            return self.add_weight(name=name, shape=(rows, dimension), initializer=deviation)

        self.target_table = table("target_table", pieces)
        self.source_table = (
            self.target_table if tied == "all" else table("source_table", self.arguments["source_pieces"])
        )
        self.output_table = self.target_table if tied != "none" else table("output_table", pieces)
        self.output_bias = self.add_weight(name="output_bias", shape=(pieces,), initializer="zeros")
        width = dimension
        for layer in self.encoder:
            layer.build((None, None, width))
            width = self.decoder.units
        self.decoder.build()
        self.built = True

    def encode(self, source: Tensor, lengths: Tensor, training: bool = False) -> Memory:
        """Read sentences.

        Args:
            source: int32 [batch, time].
            lengths: int32 [batch].
            training: Whether dropout applies.
        """
        states = lookup(self.source_table, ops.transpose(source))
        for layer in self.encoder:
            states = layer(self.dropout(states, training=training), lengths, training=training)
        return self.decoder.memory(states, mask(states, lengths))

    def logits(self, readouts: Tensor) -> Tensor:
        """The scores of pieces, [..., target pieces]; padding and the unknown piece cannot be written."""
        never = ops.one_hot(PADDING, self.arguments["target_pieces"]) + ops.one_hot(
            UNKNOWN, self.arguments["target_pieces"]
        )
        scores = ops.matmul(readouts, ops.transpose(self.output_table))
        return scores + (self.output_bias - 1e9 * never)

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the logits of targets that are known.

        In training a batch has two rows or more, and both of its halves are read abreast: between the
        products of a recurrent layer's short steps one core would wait for the other.
        """
        parts = _halves(inputs) if training else [inputs]
        return self.logits(ops.concatenate([self._readouts(part, training) for part in parts], axis=1))

    def _readouts(self, inputs: dict[str, Tensor], training: bool) -> Tensor:
        memory = self.encode(inputs["source"], inputs["lengths"], training)
        embedded = lookup(self.target_table, ops.transpose(inputs["before"]))
        return self.decoder(embedded, inputs["target_lengths"], memory, training=training)

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[StepMemory, State]:
        """Read sentences, to write their translations step by step.

        Args:
            source: int32 [batch, time].
            lengths: int32 [batch].

        Returns:
            What each `step` needs of them, and the state before the first.
        """
        memory = self.encode(source, lengths)
        return self.decoder.for_steps(memory), self.decoder.begin(memory)

    def step(self, ids: Tensor, state: State, memory: StepMemory) -> tuple[Tensor, State, Tensor]:
        """Score what may come next.

        Args:
            ids: int32 [rows], the piece before; `END` at the beginning. Of `batch` sentences row `i` is of
                sentence `i % batch`.
            state: As `begin` or the step before gave it.
            memory: As `begin` gave it.

        Returns:
            The logits [rows, target pieces], the state after the piece, and the weights of the source
            [rows, source].
        """
        readout, state, weights = self.decoder.step(lookup(self.target_table, ids), state, memory)
        return self.logits(readout), state, weights

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The cross entropy of the pieces `y` int32 [batch, time], per piece, `END` counted."""
        inside = mask(y_pred, x["target_lengths"])[..., 0]
        smoothing = self.arguments["label_smoothing"] if training else 0.0
        total = cross_entropy(y_pred, ops.transpose(y), inside, smoothing, first=END)
        return total / ops.maximum(ops.sum(inside), 1.0)

    @property
    def described(self) -> str:
        """What the network is, in words."""
        of = self.arguments["decoder"]
        cell = of["cell"].upper()
        attends = "no attention" if of["attention"] == "none" else f"{of['attention']} attention"
        return (
            f"{self.arguments['layers']} bidirectional {cell} layer(s) and {of['layers']} {cell} layer(s) of "
            f"{of['units']} units, {attends}{', input feeding' if of['input_feeding'] else ''}"
        )

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}


def _halves(inputs: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """The first and the second half of a batch's rows."""
    half = ops.shape(inputs["source"])[0] // 2
    first = {name: array[:half] for name, array in inputs.items()}
    return [first, {name: array[half:] for name, array in inputs.items()}]
