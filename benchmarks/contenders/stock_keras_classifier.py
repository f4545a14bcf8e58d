"""A Bi-GRU classifier with `keras.layers` alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from benchmarks.contenders.classifiers import (
    ClassifierPrediction,
    Content,
    LabelledBatches,
    Sizes,
    TextReader,
)
from benchmarks.contenders.tensorflow_steps import use_threads
from benchmarks.untrained import UntrainedClassifier, UntrainedTagger
from seqnlp.training.loop import stream


def network(sizes: Sizes) -> Any:
    """Return a network from words [batch, time], padded with 0, to logits [batch, classes]."""
    words = keras.Input((None,), dtype="int32")
    mask = ops.not_equal(words, 0)
    hidden = layers.Embedding(sizes.words, sizes.dimension)(words)
    recurrent = layers.Bidirectional(layers.GRU(sizes.units, return_sequences=True))
    hidden = recurrent(layers.Dropout(sizes.dropout)(hidden), mask=mask)
    padding = ops.cast(~mask, "float32")[..., None]
    if sizes.attention:
        scores = layers.Dense(1, use_bias=False)(layers.Dense(sizes.attention, activation="tanh")(hidden))
        pooled = ops.sum(hidden * ops.softmax(scores - 1e9 * padding, axis=1), axis=1)
    else:
        pooled = ops.max(hidden - 2 * padding, axis=1)
    logits = layers.Dense(sizes.classes)(layers.Dropout(sizes.dropout)(pooled))
    return keras.Model(words, logits)


class Prediction(ClassifierPrediction):
    """Predict the labels of texts with `predict` and the weights of the exported model.

    Args:
        untrained: The model.
        texts: The texts to classify, by form.
        threads: Number of threads.
    """

    def __init__(
        self, untrained: UntrainedClassifier, texts: Mapping[str, Sequence[Content]], threads: int
    ) -> None:
        super().__init__(texts)
        use_threads(threads)
        self.reader = TextReader(untrained)
        self.network = network(Sizes.from_model(untrained))
        weights = untrained.weights
        recurrent = [
            weights[f"encoder/recurrent_1/{direction}/{name}"]
            for direction in ("forward", "backward")
            for name in ("kernel", "recurrent_kernel", "bias")
        ]
        layers_after = [
            weights[name]
            for name in (
                "pooling/hidden/kernel",
                "pooling/hidden/bias",
                "pooling/context/kernel",
                "classes/kernel",
                "classes/bias",
            )
        ]
        self.network.set_weights([untrained.embeddings, *recurrent, *layers_after])

    def classify(self, contents: Sequence[Content], size: int) -> list[str]:
        """Return the label of each text."""
        batches = list(self.reader.batches(contents, size))
        inputs = stream(((batch.words,) for batch in batches), len(batches))
        logits = self.network.predict(inputs, verbose=0)
        ends = np.cumsum([len(batch.rows) for batch in batches])[:-1]
        return self.reader.name_labels(batches, np.split(logits.argmax(axis=1), ends))


class Training:
    """Complete training steps of a Bi-GRU classifier with `fit` and Adam.

    Args:
        untrained: Defines the corpus.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        use_threads(threads)
        batches = LabelledBatches(untrained, steps)
        self.tokens = batches.tokens
        self.batches = [(inputs["words"], classes) for inputs, classes in batches]
        self.network = network(batches.sizes)
        training = untrained.settings.training
        self.network.compile(
            keras.optimizers.Adam(training.learning_rate, global_clipnorm=training.clip),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )

    def run(self) -> int:
        """Train on all prepared batches, and return their number of tokens."""
        self.network.fit(stream(iter(self.batches), len(self.batches)), shuffle=False, verbose=0)
        return self.tokens
