"""seqnlp itself."""

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
    """A session that keeps the lengths of the rows of each batch."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.lengths: list[NDArray[np.int32]] = []

    def run(self, outputs: list[str], inputs: Arrays) -> Any:
        """Run the session."""
        self.lengths.append(inputs["lengths"])
        return self.session.run(outputs, inputs)


class Prediction:
    """Words in, labels out, by `Tagger.tag`.

    Args:
        untrained: The model.
        sentences: What to tag.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTagger, sentences: Sentences, threads: int) -> None:
        self.tagger = Tagger.load(untrained.model, threads)
        self.sentences = sentences

    def tags(self) -> list[list[str]]:
        """The labels of all sentences."""
        return [labels for labels, _ in self.tagger.tag(self.sentences)]

    def run(self) -> int:
        """Tag all sentences at once; return how many labels came out."""
        return sum(map(len, self.tags()))

    def one_by_one(self) -> int:
        """Tag the sentences one at a time; return how many labels came out."""
        return sum(len(self.tagger.tag([sentence])[0][0]) for sentence in self.sentences)

    def batches(self) -> list[NDArray[np.int32]]:
        """The lengths of the rows in each batch that the model gets."""
        recorder = _Recorder(self.tagger.file.session)
        session: Any = recorder
        replace(self.tagger, file=replace(self.tagger.file, session=session)).tag(self.sentences)
        return recorder.lengths


class WholeSteps(ABC):
    """Whole steps of a network as `seqnlp train` makes them: dropout, loss, gradients, clipping, Adam.

    Args:
        model: Names the corpus, and has the settings.
        steps: How many batches.
        threads: How many threads compute.
        counted: The input with the lengths of what is counted as tokens.
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
        self.batches = Steps(model.epochs, steps, counted)
        self.network = self.built(model)
        optimizer = LazyAdam(training.learning_rate, global_clipnorm=training.clip)
        optimizer.build(self.network.trainable_variables)
        self.network.compile(optimizer=optimizer, jit_compile=False)

    @abstractmethod
    def built(self, model: Any) -> Any:
        """A new network."""

    def run(self) -> int:
        """Train on all batches, which are made meanwhile; return how many tokens they have."""
        from seqnlp.training.loop import stream

        self.network.fit(stream(iter(self.batches), self.batches.steps), shuffle=False, verbose=0)
        return self.batches.tokens


class Training(WholeSteps):
    """Whole steps of the tagger, whose loss is the CRF's likelihood.

    Args:
        untrained: The network and its corpus.
        steps: How many batches.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        super().__init__(untrained, steps, threads)

    def built(self, model: UntrainedTagger) -> Any:
        """A new network."""
        from seqnlp.tasks.tagging.building import build_network

        return build_network(model.codec, model.settings.network, model.settings.training.seed)

    def shapes(self) -> int:
        """How many shapes the batches have."""
        return len({inputs["words"].shape for inputs, _ in self.batches})

    def tokens_an_epoch(self) -> int:
        """How many tokens all batches have."""
        return self.batches.tokens


class Layer:
    """Forward and backward of one bidirectional layer.

    Args:
        cell: The cell.
        threads: How many threads compute.
    """

    def __init__(self, cell: str, threads: int) -> None:
        load_tensorflow()
        from benchmarks.contenders.tensorflow_steps import use_threads

        use_threads(threads)
        self.cell = cell
        self.steps: dict[tuple[int, int, int], Callable[[], Any]] = {}

    def run(self, units: int, batch: int, time: int, rounds: int) -> int:
        """Compute the gradients of a layer as wide as its inputs; return how many time steps that were."""
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
