"""The sizes and the batches of a sentence classifier that every library trains."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.batches import Steps
from benchmarks.untrained import Untrained

DIMENSION = 100
UNITS = 200
DROPOUT = 0.5
CLASSES = 2


class Labelled:
    """The tagger's first training batches; a sentence's class is whether anything in it is labelled.

    Args:
        untrained: Names the corpus.
        steps: How many batches.
    """

    def __init__(self, untrained: Untrained, steps: int) -> None:
        self._steps = Steps(untrained, steps)
        self._outside = untrained.codec.labels.entries.index("O")
        self.words = len(untrained.codec.words)
        self.steps = self._steps.steps
        self.tokens = self._steps.tokens

    def __iter__(self) -> Iterator[tuple[dict[str, NDArray[np.int32]], NDArray[np.int32]]]:
        for inputs, tags in self._steps:
            words, lengths = inputs["words"], inputs["lengths"]
            inside = np.arange(words.shape[1]) < lengths[:, None]
            classes = ((tags != self._outside) & inside).any(axis=1).astype(np.int32)
            yield {"words": words, "lengths": lengths}, classes
