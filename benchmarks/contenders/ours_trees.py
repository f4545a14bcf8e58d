"""seqnlp's tree classifier."""

from typing import Any

from benchmarks.untrained_trees import CLIP, DROPOUT, LEARNING_RATE, UntrainedTrees, made_up
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.training.backend import load_tensorflow


class Prediction:
    """Trees in, labels of all nodes out, by `TreeClassifier.predict`.

    Args:
        untrained: The model.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTrees, threads: int) -> None:
        self.classifier = TreeClassifier.load(untrained.model, threads)
        self.trees = untrained.test

    def labels(self, size: int) -> list[str]:
        """The labels of all nodes of all trees."""
        return [label for found in self.classifier.predict(self.trees) for label in found.labels]

    def run(self, size: int) -> int:
        """Label all trees; return how many there are."""
        self.labels(size)
        return len(self.trees)

    def one_by_one(self, count: int) -> int:
        """Label the first trees one at a time; return how many there are."""
        for tree in self.trees[:count]:
            self.classifier.predict([tree])
        return count

    def made_up(self, shape: str, words: int, trees: int) -> int:
        """Label trees of one shape; return how many words they have."""
        self.classifier.predict([made_up(shape, words)] * trees)
        return words * trees


class Training:
    """Whole steps, as `seqnlp.training.loop` makes them: dropout, loss, gradients, clipping, Adam.

    Args:
        untrained: The model.
        steps: How many batches.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTrees, steps: int, threads: int) -> None:
        load_tensorflow()
        from benchmarks.contenders.batches import Steps
        from benchmarks.contenders.tensorflow_steps import use_threads
        from seqnlp.tasks.tree_classification.network import TreeNetwork
        from seqnlp.training.loop import make_reproducible
        from seqnlp.training.optimizer import LazyAdam

        use_threads(threads)
        make_reproducible(1)
        epochs, codec, units = untrained.epochs, untrained.codec, untrained.units
        self.steps = steps
        self.batches = Steps(epochs, steps, counted="words")
        self.trees = sum(len(batch.rows) for batch in epochs.plan(0)[:steps])
        self.network: Any = TreeNetwork(
            len(codec.words), len(codec.labels), units, units, "lstm", DROPOUT, seed=1
        )
        self.network.build()
        optimizer = LazyAdam(LEARNING_RATE, global_clipnorm=CLIP)
        optimizer.build(self.network.trainable_variables)
        self.network.compile(optimizer=optimizer, jit_compile=False)

    def run(self) -> int:
        """Train on all batches, which are made meanwhile; return how many trees they have."""
        from seqnlp.training.loop import stream

        self.network.fit(stream(iter(self.batches), self.steps), shuffle=False, verbose=0)
        return self.trees
