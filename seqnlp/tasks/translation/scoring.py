"""The scores of a translation network while it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Buckets
from seqnlp.metrics.translation import corpus_scores
from seqnlp.tasks.translation.codec import TranslationCodec, inputs_of
from seqnlp.tasks.translation.data import Split
from seqnlp.tasks.translation.greedy import greedy
from seqnlp.tasks.translation.network import TranslationNetwork

_ROWS = 128


@dataclass(frozen=True)
class DevScorer:
    """Scores a network on a split.

    Attributes:
        network: The network.
        codec: Its codec.
        split: The pairs.
        buckets: The padded lengths of training, so that no other shapes need compiling.
    """

    network: TranslationNetwork
    codec: TranslationCodec
    split: Split
    buckets: Buckets

    @cached_property
    def _greedy(self) -> Any:
        return greedy(self.network, self.codec.target.can_start)

    def translations(self) -> Sequence[str]:
        """The split's texts, translated by greedy search."""
        sources = self.split.sources
        found = [""] * len(sources)
        order = np.argsort(sources.lengths, kind="stable")
        for first in range(0, len(order), _ROWS):
            rows: NDArray[np.int64] = order[first : first + _ROWS]
            arrays = sources.rows(rows)
            for row, ids in zip(
                rows, self._greedy(arrays, sources.lengths[rows].astype(np.int32)), strict=True
            ):
                found[row] = self.codec.decode(ids.tolist())
        return found

    def log_likelihood(self) -> float:
        """The mean log probability of a piece of the split's targets, their ends counted."""
        total = 0.0
        lengths = self.split.lengths
        for batch in self.buckets.cover(int(lengths.max(initial=1))).batches(lengths):
            inputs, wanted = inputs_of(self.split.sources, self.split.targets, batch)
            loss = self.network.compute_loss(
                inputs, wanted, self.network.predict_on_batch(inputs), training=False
            )
            total -= float(loss) * int(inputs["target_lengths"].sum())
        return total / len(self.split.targets.ids)

    def __call__(self) -> dict[str, float]:
        """The scores: `bleu` and `chrf` from 0 to 100, `log_likelihood`, and `loss`, which is less that."""
        found = corpus_scores(self.translations(), [pair.target for pair in self.split.pairs])
        likelihood = self.log_likelihood()
        return {
            "bleu": found["bleu"],
            "chrf": found["chrf"],
            "log_likelihood": likelihood,
            "loss": -likelihood,
        }
