"""The tree classifier of seqnlp."""

from typing import Any

from benchmarks.untrained_trees import CLIP, DROPOUT, LEARNING_RATE, UntrainedTrees, synthetic_tree
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.training.backend import load_tensorflow


class Prediction:
    """Predict the labels of all nodes of trees with `TreeClassifier.predict`.

    Args:
        untrained: The model.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTrees, threads: int) -> None:
        self.classifier = TreeClassifier.load(untrained.model, threads)
        self.trees = untrained.test

    def labels(self, size: int) -> list[str]:
        """Return the labels of all nodes of all trees."""
        return [label for found in self.classifier.predict(self.trees) for label in found.labels]

    def run(self, size: int) -> int:
        """Label all trees, and return their number."""
        self.labels(size)
        return len(self.trees)

    def one_by_one(self, count: int) -> int:
        """Label the first trees one at a time, and return their number."""
        trees = self.trees[:count]
        for tree in trees:
            self.classifier.predict([tree])
        return len(trees)

    def run_synthetic(self, shape: str, words: int, trees: int) -> int:
        """Label trees of one shape, and return their number of words."""
        self.classifier.predict([synthetic_tree(shape, words)] * trees)
        return words * trees


class Training:
    """Complete training steps, as in `seqnlp.training.loop`: dropout, loss, gradients, clipping, Adam.

    Args:
        untrained: The model.
        steps: Number of batches.
        threads: Number of threads.
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
        epochs, codec, units = untrained.batches, untrained.codec, untrained.units
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
        """Train on all batches, which are prepared in parallel, and return their number of trees."""
        from seqnlp.training.loop import stream

        self.network.fit(stream(iter(self.batches), self.steps), shuffle=False, verbose=0)
        return self.trees
