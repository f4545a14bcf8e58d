"""The tagger with `keras.layers` alone, and a softmax, because Keras has no CRF."""

from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from benchmarks.contenders.batches import Sentences, Steps, by_length
from benchmarks.contenders.tensorflow_steps import gradient_step, use_threads
from benchmarks.untrained import UntrainedTagger
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.settings import NetworkSettings
from seqnlp.training.loop import stream
from seqnlp.types import Arrays


def network(codec: TaggingCodec, settings: NetworkSettings) -> Any:
    """Return a network from words and their characters to logits.

    The inputs are `words` [batch, time] and `characters` [batch, time, width]. The output is [batch, time,
    labels].
    """
    words = keras.Input((None,), dtype="int32", name="words")
    characters = keras.Input((None, None), dtype="int32", name="characters")
    embedded = layers.Embedding(len(codec.words), settings.word_dimension)(words)
    spelled = layers.Embedding(len(codec.characters), settings.character_dimension)(characters)
    # A convolution along each word. A TimeDistributed Conv1D is equivalent but slower.
    spelled = layers.Conv2D(settings.character_filters, (1, 3), padding="same")(spelled)
    spelled = ops.relu(ops.max(spelled, axis=2))
    hidden = layers.Concatenate()([embedded, spelled])
    mask = ops.not_equal(words, 0)
    for _ in range(settings.layers):
        recurrent = layers.Bidirectional(layers.LSTM(settings.units, return_sequences=True))
        hidden = recurrent(layers.Dropout(settings.dropout)(hidden), mask=mask)
    logits = layers.Dense(len(codec.labels))(layers.Dropout(settings.dropout)(hidden))
    return keras.Model({"words": words, "characters": characters}, logits)


def inputs_of(arrays: Arrays) -> Arrays:
    """Return the inputs of the network. Keras cannot encode each distinct word of a batch once."""
    return {"words": arrays["words"], "characters": arrays["characters"][arrays["spellings"]]}


class Prediction:
    """Predict the labels of words.

    Args:
        untrained: Defines the vocabularies and the sizes.
        sentences: The sentences to tag.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, sentences: Sentences, threads: int) -> None:
        use_threads(threads)
        self.codec = untrained.codec
        logits = network(self.codec, untrained.settings.network)
        self.model = keras.Model(logits.inputs, ops.argmax(logits.output, axis=-1))
        self.sentences = sentences

    def predict(self, size: int) -> int:
        """Tag all sentences with `predict` in batches of `size`, and return the number of labels."""
        return self._tag(size, self._predicted)

    def predict_on_batch(self, size: int) -> int:
        """Tag all sentences with `predict_on_batch`, and return the number of labels."""
        return self._tag(size, lambda batches: map(np.asarray, map(self.model.predict_on_batch, batches)))

    def _predicted(self, batches: list[Arrays]) -> list[NDArray[Any]]:
        """Return the tags of each batch. Keras joins them in one ragged tensor."""
        joined = self.model.predict(stream(((batch,) for batch in batches), len(batches)), verbose=0)
        table = joined if isinstance(joined, np.ndarray) else joined.to_tensor().numpy()
        return np.split(table, np.cumsum([len(batch["words"]) for batch in batches])[:-1])

    def _tag(self, size: int, tagged: Callable[[list[Arrays]], Iterable[NDArray[Any]]]) -> int:
        encoded = self.codec.encode(self.sentences)
        plan = by_length(encoded.windows.lengths, size)
        ids = np.zeros(len(encoded.words), np.int64)
        inputs = [inputs_of(encoded.batch(batch)) for batch in plan]
        for batch, tags in zip(plan, tagged(inputs), strict=True):
            encoded.windows.join(batch, tags[:, : batch.length], ids)
        return sum(map(len, self.codec.decode(ids, [len(sentence) for sentence in self.sentences])))


class Training:
    """Complete training steps with `fit` and Adam.

    Args:
        untrained: Defines the vocabularies and the sizes.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        use_threads(threads)
        settings = untrained.settings
        batches = Steps(untrained.batches, steps)
        self.batches = [(inputs_of(inputs), tags) for inputs, tags in batches]
        self.tokens = batches.tokens
        self.network = network(untrained.codec, settings.network)
        self.network.compile(
            keras.optimizers.Adam(settings.training.learning_rate, global_clipnorm=settings.training.clip),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )

    def run(self) -> int:
        """Train on all prepared batches, and return their number of tokens."""
        self.network.fit(stream(iter(self.batches), len(self.batches)), shuffle=False, verbose=0)
        return self.tokens


class Layer:
    """Forward and backward pass of one bidirectional layer.

    Args:
        cell: The cell.
        threads: Number of threads.
    """

    def __init__(self, cell: str, threads: int) -> None:
        use_threads(threads)
        self.layer = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}[cell]
        self.steps: dict[tuple[int, int, int], Callable[[], Any]] = {}

    def run(self, units: int, batch: int, time: int, rounds: int) -> int:
        """Compute the gradients of a layer as wide as its inputs, and return the number of time steps."""
        shape = batch, time, units
        if shape not in self.steps:
            layer = layers.Bidirectional(self.layer(units, return_sequences=True))
            layer.build(shape)
            self.steps[shape] = gradient_step(layer, layer, shape)
        for _ in range(rounds):
            self.steps[shape]()
        return rounds * batch * time
