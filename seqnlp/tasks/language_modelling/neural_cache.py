"""The neural cache: recent words become more probable (Grave, Joulin and Usunier 2017)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from keras import ops

from seqnlp.tasks.language_modelling.network import LanguageNetwork
from seqnlp.types import Array, Floats, Ids

_WINDOW = 64
"""Tokens that are scored at a time. Shorter windows are padded, so that the network has one shape of inputs."""


@dataclass(frozen=True)
class CacheOptions:
    """Options of the neural cache. The defaults were tuned on held-out data.

    Attributes:
        size: Number of tokens that the cache remembers.
        theta: Factor of the similarity of hidden states. With a high value, only the most similar ones count.
        weight: Weight of the probability of the cache, from 0 to 1 (lambda).

    Example:
        >>> CacheOptions(size=500).size
        500
    """

    size: int = 4000
    theta: float = 0.3
    weight: float = 0.15


@dataclass
class NeuralCache:
    """Scores documents with the probabilities of a network, mixed with those of a cache.

    The cache stores the hidden state before each token that has been read. A token is as probable as the
    stored states before it are similar to the current one (Grave et al. 2017, equations 2 and 3).

    Args:
        network: The network, which must read forward.
        options: The options.
    """

    network: LanguageNetwork
    options: CacheOptions = CacheOptions()
    _hidden: Floats = field(init=False)
    _ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self._hidden = np.empty((0, self.network.recurrent[-1].units), np.float32)
        self._ids = np.empty(0, np.int32)

    def score(self, rows: Iterable[Sequence[int]]) -> Iterator[float]:
        """Yield the log probability of each document. The cache carries over from document to document.

        Args:
            rows: The ids of each document, with the end symbol before it and after it.
        """
        for row in rows:
            yield sum(float(self.mix(*each).sum()) for each in read(self.network, np.asarray(row, np.int32)))

    def mix(self, hidden: Floats, ids: Ids, log_probs: Floats) -> Floats:
        """Return the log probabilities of tokens with the cache, and add them to the cache.

        Args:
            hidden: The hidden state before each token, float32 [time, units].
            ids: The tokens, int32 [time].
            log_probs: Their log probabilities without the cache, [time].
        """
        past, time = len(self._ids), len(ids)
        self._hidden = np.concatenate([self._hidden, hidden])
        self._ids = np.concatenate([self._ids, ids])
        age = past + np.arange(time)[:, None] - np.arange(past + time)
        similar = np.where(
            (age > 0) & (age <= self.options.size), self.options.theta * hidden @ self._hidden.T, -np.inf
        )
        highest = similar.max(axis=1, keepdims=True)
        weights = np.exp(similar - np.where(np.isfinite(highest), highest, 0.0))
        total = weights.sum(axis=1, dtype=np.float64)
        same = np.where(self._ids == ids[:, None], weights, 0.0).sum(axis=1, dtype=np.float64)
        share = np.where(total > 0, self.options.weight, 0.0)  # the cache is empty before the first token
        found = np.log((1 - share) * np.exp(log_probs) + share * same / np.where(total > 0, total, 1.0))
        self._hidden, self._ids = self._hidden[-self.options.size :], self._ids[-self.options.size :]
        result: Floats = found
        return result


def read(network: LanguageNetwork, row: Ids) -> Iterator[tuple[Floats, Ids, Floats]]:
    """Read a document window by window.

    Args:
        network: The network.
        row: The ids of the document, with the end symbol before it and after it.

    Yields:
        The hidden state before each token, the tokens, and their log probabilities in float64.
    """
    states = network.zero_states(1)
    for start in range(0, len(row) - 1, _WINDOW):
        gold = row[start + 1 : start + _WINDOW + 1]
        count = len(gold)
        ids = np.zeros((1, _WINDOW), np.int32)
        ids[0, :count] = row[start : start + count]
        lengths = ops.convert_to_tensor(np.array([count], np.int32))
        hidden, states = network.hidden_states(ops.convert_to_tensor(ids), states, lengths)
        logits: Array = np.asarray(network.logits(hidden), np.float64)[:count, 0]
        highest = logits.max(axis=1)
        totals = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
        yield np.asarray(hidden)[:count, 0], gold, logits[np.arange(count), gold] - totals
