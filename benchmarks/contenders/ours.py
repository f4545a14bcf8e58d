"""The tagger and the layers of seqnlp."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.batches import Sentences, Steps
from benchmarks.trained import TrainedTranslator
from benchmarks.untrained import UntrainedTagger
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.training.backend import load_tensorflow
from seqnlp.types import Arrays


class _Recorder:
    """A session that records the lengths of the rows of each batch."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.lengths: list[NDArray[np.int32]] = []

    def run(self, outputs: list[str], inputs: Arrays) -> Any:
        """Run the session."""
        self.lengths.append(inputs["lengths"])
        return self.session.run(outputs, inputs)


class Prediction:
    """Predict the labels of words with `Tagger.tag`.

    Args:
        untrained: The model.
        sentences: The sentences to tag.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, sentences: Sentences, threads: int) -> None:
        self.tagger = Tagger.load(untrained.model, threads)
        self.sentences = sentences

    def tags(self) -> list[list[str]]:
        """Return the labels of all sentences."""
        return [labels for labels, _ in self.tagger.tag(self.sentences)]

    def run(self) -> int:
        """Tag all sentences at once, and return the number of labels."""
        return sum(map(len, self.tags()))

    def one_by_one(self) -> int:
        """Tag the sentences one at a time, and return the number of labels."""
        return sum(len(self.tagger.tag([sentence])[0][0]) for sentence in self.sentences)

    def batches(self) -> list[NDArray[np.int32]]:
        """Return the lengths of the rows of each batch that the model receives."""
        recorder = _Recorder(self.tagger.file.session)
        session: Any = recorder
        replace(self.tagger, file=replace(self.tagger.file, session=session)).tag(self.sentences)
        return recorder.lengths


class WholeSteps(ABC):
    """Complete training steps, as in `seqnlp train`: dropout, loss, gradients, clipping, Adam.

    Args:
        model: Defines the corpus and the settings.
        steps: Number of batches.
        threads: Number of threads.
        counted: The input whose sum is the number of tokens, such as `lengths`.
    """

    def __init__(
        self, model: UntrainedTagger | TrainedTranslator, steps: int, threads: int, counted: str = "lengths"
    ) -> None:
        load_tensorflow()
        from benchmarks.contenders.tensorflow_steps import use_threads
        from seqnlp.training.loop import make_reproducible
        from seqnlp.training.optimizer import LazyAdam

        use_threads(threads)
        training = model.settings.training
        make_reproducible(training.seed)
        self.batches = Steps(model.batches, steps, counted)
        self.network = self.build(model)
        optimizer = LazyAdam(training.learning_rate, global_clipnorm=training.clip)
        optimizer.build(self.network.trainable_variables)
        self.network.compile(optimizer=optimizer, jit_compile=False)

    @abstractmethod
    def build(self, model: Any) -> Any:
        """Return a new network."""

    def run(self) -> int:
        """Train on all batches, which are prepared in parallel, and return their number of tokens."""
        from seqnlp.training.loop import stream

        self.network.fit(stream(iter(self.batches), self.batches.steps), shuffle=False, verbose=0)
        return self.batches.tokens


class Training(WholeSteps):
    """Complete training steps of the tagger. Its loss is the likelihood of the CRF.

    Args:
        untrained: Defines the network and its corpus.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        super().__init__(untrained, steps, threads)

    def build(self, model: UntrainedTagger) -> Any:
        """Return a new network."""
        from seqnlp.tasks.tagging.building import build_network

        return build_network(model.codec, model.settings.network, model.settings.training.seed)

    def shapes(self) -> int:
        """Return the number of distinct shapes of the batches."""
        return len({inputs["words"].shape for inputs, _ in self.batches})

    def size(self) -> tuple[int, int]:
        """Return the number of tokens of all batches, and the number of batches."""
        return self.batches.tokens, self.batches.steps


class Layer:
    """Forward and backward pass of one bidirectional layer.

    Args:
        cell: The cell.
        threads: Number of threads.
    """

    def __init__(self, cell: str, threads: int) -> None:
        load_tensorflow()
        from benchmarks.contenders.tensorflow_steps import use_threads

        use_threads(threads)
        self.cell = cell
        self.steps: dict[tuple[int, int, int], Callable[[], Any]] = {}

    def run(self, units: int, batch: int, time: int, rounds: int) -> int:
        """Compute the gradients of a layer as wide as its inputs, and return the number of time steps."""
        shape = batch, time, units
        if shape not in self.steps:
            self.steps[shape] = self._step(shape)
        for _ in range(rounds):
            self.steps[shape]()
        return rounds * batch * time

    def _step(self, shape: tuple[int, int, int]) -> Callable[[], Any]:
        from benchmarks.contenders.tensorflow_steps import gradient_step
        from seqnlp.layers.recurrent import Recurrent

        layer = Recurrent(shape[-1], self.cell)
        layer.build(shape)
        lengths = np.full(shape[0], shape[1], np.int32)
        return gradient_step(layer, lambda inputs: layer(inputs, lengths), shape)
