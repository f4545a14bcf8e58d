"""The classifier of seqnlp, and a smaller one with its recurrent layer."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.contenders.classifiers import ClassifierPrediction, Content, LabelledBatches, Sizes
from benchmarks.untrained import UntrainedClassifier, UntrainedTagger
from seqnlp.tasks.classification.model import Classifier
from seqnlp.training.backend import load_tensorflow


class Prediction(ClassifierPrediction):
    """Predict the labels of texts with `Classifier.predict`, which makes its own batches.

    Args:
        untrained: The model.
        texts: The texts to classify, by form.
        threads: Number of threads.
    """

    def __init__(
        self, untrained: UntrainedClassifier, texts: Mapping[str, Sequence[Content]], threads: int
    ) -> None:
        super().__init__(texts)
        self.classifier = Classifier.load(untrained.model, threads)

    def classify(self, contents: Sequence[Content], size: int) -> list[str]:
        """Return the label of each text."""
        return [found.label for found in self.classifier.predict(contents)]


class Training:
    """Complete training steps of a Bi-GRU classifier with seqnlp's layer and lazy Adam.

    Args:
        untrained: Defines the corpus.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        import keras
        from keras import ops

        load_tensorflow()
        from benchmarks.contenders.tensorflow_steps import use_threads
        from seqnlp.layers.lookup import lookup
        from seqnlp.layers.recurrent import Recurrent
        from seqnlp.training.optimizer import LazyAdam

        class Network(keras.Model):
            def __init__(self, sizes: Sizes) -> None:
                super().__init__()
                self.embedding = keras.layers.Embedding(sizes.words, sizes.dimension)
                self.embedding.build((None, None))
                self.dropout = keras.layers.Dropout(sizes.dropout)
                self.recurrent = Recurrent(sizes.units, "gru")
                self.classes = keras.layers.Dense(sizes.classes)

            def call(self, inputs: Any, training: bool = False) -> Any:
                vectors = self.dropout(lookup(self.embedding.embeddings, inputs["words"]), training=training)
                states = self.recurrent(vectors, inputs["lengths"], training=training)
                steps = ops.arange(ops.shape(states)[1], dtype="int32")
                padding = ops.cast(steps[None, :] >= inputs["lengths"][:, None], "float32")[..., None]
                return self.classes(self.dropout(ops.max(states - 2 * padding, axis=1), training=training))

        use_threads(threads)
        training = untrained.settings.training
        self.batches = LabelledBatches(untrained, steps)
        self.network = Network(self.batches.sizes)
        self.network.compile(
            LazyAdam(training.learning_rate, global_clipnorm=training.clip),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=False,
        )

    def run(self) -> int:
        """Train on all batches, which are prepared in parallel, and return their number of tokens."""
        from seqnlp.training.loop import stream

        self.network.fit(stream(iter(self.batches), self.batches.steps), shuffle=False, verbose=0)
        return self.batches.tokens
