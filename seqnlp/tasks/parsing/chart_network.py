"""The parsing network with CKY search: a score for every label of every span."""

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.layers.host import run_on_host
from seqnlp.layers.lookup import lookup
from seqnlp.tasks.parsing.margin import find_violations
from seqnlp.tasks.parsing.network import ParsingNetwork
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.tasks.parsing.graph import ParserGraph


@keras.saving.register_keras_serializable("seqnlp")
class ChartNetwork(ParsingNetwork):
    """A span-based constituency parser (Stern et al. 2017) that also predicts parts of speech.

    A fence is a word boundary. The difference between the hidden states at two fences represents the span
    between them (Wang and Chang 2016). A layer of hidden units scores the labels of the span. A span that is
    not a constituent has the score 0.

    The output also has `fences` [time + 1, batch, span units], the input of the hidden units at each fence.

    Args:
        encoder: The sizes and choices of the encoder.
        tags: The number of parts of speech.
        labels: The number of labels.
        span_units: The number of hidden units between a span and its labels.
        seed: Random seed of dropout.
    """

    def __init__(
        self,
        encoder: EncoderConfig,
        tags: int,
        labels: int,
        span_units: int,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(encoder, tags, labels, span_units, seed, **kwargs)
        self.reader = keras.layers.Dense(span_units, use_bias=False, name="fences")
        self.labeller = keras.layers.Dense(labels, name="labels")

    def converter(self) -> "ParserGraph":
        """Return the converter of this kind of network to a graph."""
        from seqnlp.tasks.parsing.chart_graph import ChartGraph

        return ChartGraph()

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        super().build(shapes)
        units = self.arguments["span_units"]
        self.reader.build((None, None, self.encoder.size))
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")
        self.labeller.build((None, None, units))
        self.built = True

    def read_nodes(self, states: Tensor) -> dict[str, Tensor]:
        """Return `fences` for hidden states, [time, batch, size]."""
        units = self.encoder.config.units
        start, end = ((1, 0), (0, 0), (0, 0)), ((0, 1), (0, 0), (0, 0))
        sides = [ops.pad(states[..., :units], start)]
        if self.encoder.config.bidirectional:
            sides.append(-ops.pad(states[..., units:], end))
        return {"fences": self.reader(ops.concatenate(sides, axis=-1))}

    def label_scores(self, starts: Tensor, ends: Tensor) -> Tensor:
        """Return the scores of labels, [..., labels], from `fences` at both ends of a span, [..., units]."""
        return self.labeller(ops.relu(ends - starts + self.bias))

    def best_labels(self, fences: Tensor) -> tuple[Tensor, Tensor]:
        """Return the score of the best label of each span, and that label, int32; both [batch, spans].

        Args:
            fences: The output `fences`. Spans are in the order of `seqnlp.tasks.parsing.chart.span_numbers`.
        """
        starts, ends = all_spans(ops.shape(fences)[0])
        scores = self.label_scores(lookup(fences, starts), lookup(fences, ends))
        best, labels = ops.top_k(scores, 1)
        return ops.transpose(best[..., 0]), ops.transpose(labels[..., 0])

    def tree_outputs(self, read: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """Return `labels` int32 and `best` float32 [batch, spans]: the best labels and their scores."""
        best, labels = self.best_labels(read["fences"])
        return {"labels": labels, "best": best}

    def tree_loss(self, read: dict[str, Tensor], lengths: Tensor, gold: Tensor) -> Tensor:
        """Return the structured margin (see `seqnlp.tasks.parsing.margin`)."""
        # Only constituents that differ between the two trees have a gradient.
        fences = read["fences"]
        best, labels = self.best_labels(fences)
        arguments = (best, labels, lengths, gold, self._scores_at(fences, gold))
        brackets, signs, wrong = run_on_host(find_violations, arguments, ("int32", "float32", "float32"))
        brackets, signs = ops.reshape(brackets, (-1, 4)), ops.reshape(signs, (-1,))
        chosen = ops.one_hot(brackets[:, 3], self.arguments["labels"])
        scores = ops.sum(self._scores_at(fences, brackets) * chosen, axis=-1)
        return ops.sum(scores * signs) + ops.reshape(wrong, ())

    def _scores_at(self, fences: Tensor, brackets: Tensor) -> Tensor:
        """Return the scores of all labels for the spans of constituents, [constituents, labels]."""
        rows = ops.shape(fences)[1]
        flat = ops.reshape(fences, (-1, self.arguments["span_units"]))
        row, start, end = (brackets[:, column] for column in range(3))
        return self.label_scores(lookup(flat, start * rows + row), lookup(flat, end * rows + row))


def all_spans(fences: Tensor) -> tuple[Tensor, Tensor]:
    """Return the starts and the ends, int32, of all spans between a number of fences."""
    places = ops.arange(fences, dtype="int32")
    starts, ends = ops.nonzero(places[:, None] < places[None, :])
    return ops.cast(starts, "int32"), ops.cast(ends, "int32")
