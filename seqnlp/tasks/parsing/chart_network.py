"""The parsing network whose trees are found by CKY: a score for every label of every span."""

from typing import Any

import keras
from keras import ops

from seqnlp.layers.host import on_host
from seqnlp.layers.lookup import lookup
from seqnlp.tasks.parsing.margin import violations
from seqnlp.tasks.parsing.network import ParsingNetwork

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class ChartNetwork(ParsingNetwork):
    """A span-based constituency parser (Stern et al. 2017) that predicts parts of speech along with it.

    Between any two words there is a fence. What is read up to it from the left and from the right, less the
    same at another fence, says what stands between the two (Wang and Chang 2016); a layer of hidden units
    makes scores of labels of that. A span that is no constituent has the score 0.

    The output also has `fences` [time + 1, batch, span units], what the hidden units read at each fence.

    Args:
        encoder: The arguments of the `Encoder`.
        tags: How many parts of speech there are.
        labels: How many labels there are.
        span_units: Hidden units between a span and its labels.
        seed: For dropout.
    """

    search = "cky"

    def __init__(
        self,
        encoder: dict[str, Any],
        tags: int,
        labels: int,
        span_units: int,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(encoder, tags, labels, seed, {"span_units": span_units}, **kwargs)
        self.reader = keras.layers.Dense(span_units, use_bias=False, name="fences")
        self.labeller = keras.layers.Dense(labels, name="labels")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        super().build(shapes)
        units = self.arguments["span_units"]
        self.reader.build((None, None, self.encoder.size))
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")
        self.labeller.build((None, None, units))
        self.built = True

    def read_nodes(self, states: Tensor) -> dict[str, Tensor]:
        """What is said of fences by hidden states, [time, batch, size]."""
        units = self.arguments["encoder"]["units"]
        start, end = ((1, 0), (0, 0), (0, 0)), ((0, 1), (0, 0), (0, 0))
        sides = [ops.pad(states[..., :units], start)]
        if self.arguments["encoder"]["bidirectional"]:
            sides.append(-ops.pad(states[..., units:], end))
        return {"fences": self.reader(ops.concatenate(sides, axis=-1))}

    def label_scores(self, starts: Tensor, ends: Tensor) -> Tensor:
        """The scores of labels, [..., labels], from what is read at a span's two fences, [..., units]."""
        return self.labeller(ops.relu(ends - starts + self.bias))

    def best_labels(self, fences: Tensor) -> tuple[Tensor, Tensor]:
        """The score of the best label of each span, and that label, int32; both [batch, spans].

        Args:
            fences: What `read` gives; the spans between them are numbered as in `seqnlp.tasks.parsing.chart`.
        """
        starts, ends = every_span(ops.shape(fences)[0])
        scores = self.label_scores(lookup(fences, starts), lookup(fences, ends))
        best, labels = ops.top_k(scores, 1)
        return ops.transpose(best[..., 0]), ops.transpose(labels[..., 0])

    def nodes(self, found: dict[str, Tensor], lengths: Tensor) -> dict[str, Tensor]:
        """`labels` int32 and `best` float32 [batch, spans], the best label of each span and its score."""
        best, labels = self.best_labels(found["fences"])
        return {"labels": labels, "best": best}

    def loss_of_trees(self, found: dict[str, Tensor], lengths: Tensor, gold: Tensor) -> Tensor:
        """The structured margin, see `seqnlp.tasks.parsing.margin`."""
        # Only constituents in which two trees differ have a gradient; all others are scored without one.
        fences = found["fences"]
        best, labels = self.best_labels(fences)
        arguments = (best, labels, lengths, gold, self._scores_at(fences, gold))
        brackets, signs, wrong = on_host(violations, arguments, ("int32", "float32", "float32"))
        brackets, signs = ops.reshape(brackets, (-1, 4)), ops.reshape(signs, (-1,))
        chosen = ops.one_hot(brackets[:, 3], self.arguments["labels"])
        scores = ops.sum(self._scores_at(fences, brackets) * chosen, axis=-1)
        return ops.sum(scores * signs) + ops.reshape(wrong, ())

    def _scores_at(self, fences: Tensor, brackets: Tensor) -> Tensor:
        """The scores of all labels at the spans of some constituents, [constituents, labels]."""
        rows = ops.shape(fences)[1]
        flat = ops.reshape(fences, (-1, self.arguments["span_units"]))
        row, start, end = (brackets[:, column] for column in range(3))
        return self.label_scores(lookup(flat, start * rows + row), lookup(flat, end * rows + row))


def every_span(fences: Tensor) -> tuple[Tensor, Tensor]:
    """The starts and the ends of all spans between so many fences, int32."""
    places = ops.arange(fences, dtype="int32")
    starts, ends = ops.nonzero(places[:, None] < places[None, :])
    return ops.cast(starts, "int32"), ops.cast(ends, "int32")
