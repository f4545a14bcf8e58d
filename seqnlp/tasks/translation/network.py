"""The translation network: a bidirectional encoder, and a decoder that attends to it."""

from functools import cached_property
from typing import Any

import keras
from keras import ops

from seqnlp.layers.cross_entropy import cross_entropy
from seqnlp.layers.lookup import lookup
from seqnlp.layers.mask import sequence_mask
from seqnlp.layers.network import TaskNetwork
from seqnlp.layers.recurrent import Recurrent
from seqnlp.tasks.translation.decoder import Decoder, Memory, State, StepMemory
from seqnlp.tasks.translation.greedy import GreedySearch, build_greedy_search
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class TranslationNetwork(TaskNetwork):
    """An encoder-decoder.

    Inputs are a dict of int32 arrays: `source` [batch, time] and `lengths` [batch]; `previous` [batch, time],
    the target shifted by one after `END`, and `target_lengths` [batch], which include the end symbol. The
    output is the logits of the target, float32 [target time, batch, target subwords].

    Args:
        source_subwords: Number of source ids.
        target_subwords: Number of target ids.
        decoder: The arguments of the `Decoder`. The encoder has the same cell, and half as many units per
            direction.
        layers: Number of recurrent layers of the encoder.
        tied: `none`; `target`: the output weights are the target embeddings (Press and Wolf 2017); or `all`:
            the source embeddings are the same, too.
        label_smoothing: The share of the probability that training spreads over all subwords.
        seed: Random seed of initial weights and dropout.
    """

    def __init__(
        self,
        source_subwords: int,
        target_subwords: int,
        decoder: dict[str, Any],
        layers: int,
        tied: str,
        label_smoothing: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        arguments = {
            "source_subwords": source_subwords,
            "target_subwords": target_subwords,
            "decoder": decoder,
            "layers": layers,
            "tied": tied,
            "label_smoothing": label_smoothing,
            "seed": seed,
        }
        super().__init__(arguments, **kwargs)
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
        subwords = self.arguments["target_subwords"]

        def table(name: str, rows: int) -> Tensor:
            # Tied rows are also output weights; with this deviation, logits begin near 1.
            deviation = keras.initializers.RandomNormal(stddev=dimension**-0.5, seed=self.arguments["seed"])
            return self.add_weight(name=name, shape=(rows, dimension), initializer=deviation)

        self.target_table = table("target_table", subwords)
        self.source_table = (
            self.target_table if tied == "all" else table("source_table", self.arguments["source_subwords"])
        )
        self.output_table = self.target_table if tied != "none" else table("output_table", subwords)
        self.output_bias = self.add_weight(name="output_bias", shape=(subwords,), initializer="zeros")
        width = dimension
        for layer in self.encoder:
            layer.build((None, None, width))
            width = self.decoder.units
        self.decoder.build()
        self.built = True

    def encode(self, source: Tensor, lengths: Tensor, training: bool = False) -> Memory:
        """Encode sentences.

        Args:
            source: int32 [batch, time].
            lengths: int32 [batch].
            training: Whether dropout applies.
        """
        states = lookup(self.source_table, ops.transpose(source))
        for layer in self.encoder:
            states = layer(self.dropout(states, training=training), lengths, training=training)
        return self.decoder.memory(states, sequence_mask(states, lengths))

    def logits(self, readouts: Tensor) -> Tensor:
        """Return the logits of subwords, [..., target subwords]; padding and unknown are impossible."""
        impossible = ops.one_hot(PADDING, self.arguments["target_subwords"]) + ops.one_hot(
            UNKNOWN, self.arguments["target_subwords"]
        )
        scores = ops.matmul(readouts, ops.transpose(self.output_table))
        return scores + (self.output_bias - 1e9 * impossible)

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        """Compute the logits of known targets.

        In training, both halves of a batch of at least two rows are computed in parallel. Otherwise one core
        would be idle during the short steps of a recurrent layer.
        """
        parts = _halves(inputs) if training else [inputs]
        return self.logits(ops.concatenate([self._readouts(part, training) for part in parts], axis=1))

    def _readouts(self, inputs: dict[str, Tensor], training: bool) -> Tensor:
        memory = self.encode(inputs["source"], inputs["lengths"], training)
        embedded = lookup(self.target_table, ops.transpose(inputs["previous"]))
        return self.decoder(embedded, inputs["target_lengths"], memory, training=training)

    def begin(self, source: Tensor, lengths: Tensor) -> tuple[StepMemory, State]:
        """Encode sentences to translate them step by step.

        Args:
            source: int32 [batch, time].
            lengths: int32 [batch].

        Returns:
            The memory that each `step` reads, and the first state.
        """
        memory = self.encode(source, lengths)
        return self.decoder.project(memory), self.decoder.begin(memory)

    def step(self, ids: Tensor, state: State, memory: StepMemory) -> tuple[Tensor, State, Tensor]:
        """Score the next subwords.

        Args:
            ids: int32 [rows], the previous subwords; `END` at the beginning. With `batch` sentences, row `i`
                belongs to sentence `i % batch`.
            state: The state from `begin` or the previous step.
            memory: The memory from `begin`.

        Returns:
            The logits [rows, target subwords], the next state, and the attention weights [rows, source].
        """
        readout, state, weights = self.decoder.step(lookup(self.target_table, ids), state, memory)
        return self.logits(readout), state, weights

    @cached_property
    def search_greedily(self) -> GreedySearch:
        """The greedy search with the current weights, compiled once."""
        return build_greedy_search(self.begin, self.step)

    def gold_loss(self, inputs: Any, outputs: Tensor, gold: Tensor, training: bool) -> Tensor:
        """Return the mean cross entropy per subword of `gold` int32 [batch, time], including end symbols."""
        mask = sequence_mask(outputs, inputs["target_lengths"])[..., 0]
        smoothing = self.arguments["label_smoothing"] if training else 0.0
        total = cross_entropy(outputs, ops.transpose(gold), mask, smoothing, first=END)
        return total / ops.maximum(ops.sum(mask), 1.0)


def _halves(inputs: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """Return the first and the second half of the rows of a batch."""
    half = ops.shape(inputs["source"])[0] // 2
    first = {name: array[:half] for name, array in inputs.items()}
    return [first, {name: array[half:] for name, array in inputs.items()}]
