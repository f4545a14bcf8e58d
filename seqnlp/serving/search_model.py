"""The base class of models whose graph contains a search."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic

import numpy as np

from seqnlp.serving.model import Codec, Item, Model, PredictionT
from seqnlp.serving.workers import Workers
from seqnlp.types import Integers

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@dataclass(frozen=True, repr=False)
class SearchModel(Model[Codec, Item, PredictionT], Generic[Codec, Item, PredictionT]):
    """A model file whose graph contains a search."""

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def group(
        self, lengths: Integers, rows: int, hypotheses: int = 1, positions: int | None = None
    ) -> Iterator[Integers]:
        """Yield the numbers of inputs of similar length, the shortest ones first.

        Args:
            lengths: The length of each input.
            rows: The maximum number of hypotheses of a group.
            hypotheses: The number of hypotheses per input.
            positions: The maximum of hypotheses times length of a group, unless it has a single input; None
                for any number.
        """
        order = np.argsort(lengths, kind="stable")
        rows = max(1, min(rows // hypotheses, self.batch_size or rows))
        first = 0
        while first < len(order):
            size = rows
            if positions is not None:
                longest = lengths[order[min(first + rows, len(order)) - 1]]
                size = min(size, max(1, positions // (hypotheses * int(longest))))
            yield order[first : first + size]
            first += size

    def compute_groups(
        self, compute: Callable[[Integers, "InferenceSession"], None], groups: Iterator[Integers]
    ) -> None:
        """Compute groups of inputs: several on all threads, a single one on two threads.

        Args:
            compute: Computes a group with a session.
            groups: The groups.
        """
        found = list(groups)
        if len(found) > 1:
            list(self._workers.map(lambda rows: compute(rows, self._workers.session(alone=False)), found))
        else:
            for rows in found:
                compute(rows, self._workers.session(alone=True))
