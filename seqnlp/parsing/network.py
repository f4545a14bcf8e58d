"""The parsing network: an encoder, parts of speech, and a score for every label of every span."""

from typing import Any

import keras  # noqa: TID253
from keras import ops  # noqa: TID253

from seqnlp.layers.encoder import Encoder
from seqnlp.layers.host import on_host
from seqnlp.layers.lookup import lookup
from seqnlp.parsing.margin import violations

Tensor = Any


@keras.saving.register_keras_serializable("seqnlp")
class ParsingNetwork(keras.Model):  # type: ignore[misc]
    """A span-based constituency parser (Stern et al. 2017) that predicts parts of speech along with it.

    Between any two words there is a fence. What is read up to it from the left and from the right, less the
    same at another fence, says what stands between the two (Wang and Chang 2016); a layer of hidden units
    makes scores of labels of that. A span that is no constituent has the score 0.

    Inputs are a dict of int32 arrays, as `seqnlp.words.Encoded.batch` makes them. The output is a dict:
    `tags` [batch, time, tags], logits; `fences` [time + 1, batch, span units], what the hidden units read at
    each fence.

    Args:
        encoder: The arguments of the `Encoder`.
        tags: How many parts of speech there are.
        labels: How many labels there are.
        span_units: Hidden units between a span and its labels.
        seed: For dropout.
    """

    def __init__(
        self,
        encoder: dict[str, Any],
        tags: int,
        labels: int,
        span_units: int,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments: dict[str, Any] = {
            "encoder": encoder,
            "tags": tags,
            "labels": labels,
            "span_units": span_units,
            "seed": seed,
        }
        self.encoder = Encoder(**encoder, seed=seed, name="encoder")
        self.dropout = keras.layers.Dropout(
            encoder["dropout"], seed=None if seed is None else seed + encoder["layers"]
        )
        self.tagger = keras.layers.Dense(tags, name="tags")
        self.reader = keras.layers.Dense(span_units, use_bias=False, name="fences")
        self.labeller = keras.layers.Dense(labels, name="labels")

    def build(self, shapes: Any = None) -> None:
        """Create all weights."""
        units = self.arguments["span_units"]
        self.encoder.build()
        self.tagger.build((None, None, self.encoder.size))
        self.reader.build((None, None, self.encoder.size))
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")
        self.labeller.build((None, None, units))
        self.built = True

    def read(self, states: Tensor, training: bool = False) -> dict[str, Tensor]:
        """What is said of words and fences by hidden states, [time, batch, size]."""
        states = self.dropout(states, training=training)
        units = self.arguments["encoder"]["units"]
        start, end = ((1, 0), (0, 0), (0, 0)), ((0, 1), (0, 0), (0, 0))
        sides = [ops.pad(states[..., :units], start)]
        if self.arguments["encoder"]["bidirectional"]:
            sides.append(-ops.pad(states[..., units:], end))
        return {
            "tags": ops.transpose(self.tagger(states), (1, 0, 2)),
            "fences": self.reader(ops.concatenate(sides, axis=-1)),
        }

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> dict[str, Tensor]:
        """Read a batch."""
        return self.read(self.encoder(inputs, training=training), training=training)

    def label_scores(self, starts: Tensor, ends: Tensor) -> Tensor:
        """The scores of labels, [..., labels], from what is read at a span's two fences, [..., units]."""
        return self.labeller(ops.relu(ends - starts + self.bias))

    def best_labels(self, fences: Tensor) -> tuple[Tensor, Tensor]:
        """The score of the best label of each span, and that label, int32; both [batch, spans].

        Args:
            fences: What `read` gives; the spans are all between them, as `seqnlp.parsing.chart` numbers them.
        """
        starts, ends = every_span(ops.shape(fences)[0])
        scores = self.label_scores(lookup(fences, starts), lookup(fences, ends))
        best, labels = ops.top_k(scores, 1)
        return ops.transpose(best[..., 0]), ops.transpose(labels[..., 0])

    def scores(self, found: dict[str, Tensor]) -> dict[str, Tensor]:
        """What trees are made of, given what `call` gives.

        Returns:
            `tags` int32 [batch, time], the best part of speech of each word; `labels` int32 and `best`
            float32 [batch, spans], the best label of each span and its score.
        """
        best, labels = self.best_labels(found["fences"])
        _, tags = ops.top_k(found["tags"], 1)
        return {"tags": tags[..., 0], "labels": labels, "best": best}

    def predict_step(self, data: Any) -> dict[str, Tensor]:
        """What trees are made of, as `scores` gives it."""
        inputs, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self.scores(self(inputs, training=False))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The structured margin of trees and the cross entropy of parts of speech, per token.

        Args:
            x: The inputs.
            y: `tags` [batch, time], and `brackets` [constituents, 4]: row, start, end and label of each.
            y_pred: What `call` gives.
            sample_weight: Not used.
            training: Whether it is for training.
        """
        tokens = ops.maximum(ops.cast(ops.sum(x["lengths"]), "float32"), 1.0)
        return (self._margin(x, y["brackets"], y_pred["fences"]) + _tagging_loss(x, y, y_pred)) / tokens

    def _margin(self, x: dict[str, Tensor], gold: Tensor, fences: Tensor) -> Tensor:
        # Only constituents in which two trees differ have a gradient; all others are scored without one.
        best, labels = self.best_labels(fences)
        arguments = (best, labels, x["lengths"], gold, self._scores_at(fences, gold))
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

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self.arguments}


def every_span(fences: Tensor) -> tuple[Tensor, Tensor]:
    """The starts and the ends of all spans between so many fences, int32."""
    places = ops.arange(fences, dtype="int32")
    starts, ends = ops.nonzero(places[:, None] < places[None, :])
    return ops.cast(starts, "int32"), ops.cast(ends, "int32")


def _tagging_loss(x: dict[str, Tensor], y: dict[str, Tensor], y_pred: dict[str, Tensor]) -> Tensor:
    losses = keras.losses.sparse_categorical_crossentropy(y["tags"], y_pred["tags"], from_logits=True)
    steps = ops.arange(ops.shape(losses)[1], dtype="int32")
    return ops.sum(losses * ops.cast(steps[None, :] < x["lengths"][:, None], losses.dtype))
