"""Decoding of emissions in NumPy, for dev scores and the parity check."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.types import Floats, Integers

if TYPE_CHECKING:
    from seqnlp.tasks.tagging.network import TaggingNetwork


def decode(emissions: Floats, lengths: Integers, network: "TaggingNetwork") -> Integers:
    """Return the best tags according to the decoder of a network.

    Args:
        emissions: float [batch, time, K].
        lengths: int [batch].
        network: The network. Its CRF, if there is one, scores the transitions.

    Returns:
        Label ids, int64 [batch, time]. Ids in the padding have no meaning.
    """
    if network.crf is None:
        return np.asarray(emissions.argmax(axis=-1), np.int64)
    transitions, start, end = (np.asarray(scores) for scores in network.crf.scores())
    return viterbi(emissions, lengths, transitions, start, end)


def viterbi(
    emissions: Floats, lengths: Integers, transitions: Floats, start: Floats, end: Floats
) -> Integers:
    """Find the sequence of tags with the highest score (Viterbi 1967) for each sentence of a batch.

    Args:
        emissions: float [batch, time, K].
        lengths: int [batch].
        transitions: float [K, K], the score of tag j after tag i.
        start: float [K], the score of a tag at the start.
        end: float [K], the score of a tag at the end.

    Returns:
        Label ids, int64 [batch, time]. Ids in the padding repeat the last one.
    """
    batch, time, count = emissions.shape
    score = start + emissions[:, 0]
    pointers = np.empty((time, batch, count), np.int64)
    for step in range(1, time):
        paths = score[:, :, None] + transitions
        present = (step < lengths)[:, None]
        pointers[step] = np.where(present, paths.argmax(axis=1), np.arange(count))
        score = np.where(present, paths.max(axis=1) + emissions[:, step], score)
    tags = np.empty((batch, time), np.int64)
    tags[:, -1] = (score + end).argmax(axis=1)
    for step in range(time - 1, 0, -1):
        tags[:, step - 1] = pointers[step][np.arange(batch), tags[:, step]]
    return tags


def path_scores(
    emissions: Floats, lengths: Integers, tags: Integers, network: "TaggingNetwork"
) -> NDArray[np.float64]:
    """Return the score of a sequence of tags of each sentence: the sum of its emissions and transitions.

    Args:
        emissions: float [batch, time, K].
        lengths: int [batch].
        tags: int [batch, time].
        network: The network. Its CRF, if there is one, scores the transitions.

    Returns:
        float64 [batch].
    """
    batch, time, _ = emissions.shape
    present = np.arange(time) < lengths[:, None]
    chosen = np.take_along_axis(emissions, tags[:, :, None].astype(np.int64), axis=2)[:, :, 0]
    total = np.where(present, chosen, 0).sum(axis=1, dtype=np.float64)
    if network.crf is None:
        return np.asarray(total, np.float64)
    transitions, start, end = (np.asarray(each, np.float64) for each in network.crf.scores())
    steps = np.where(present[:, 1:], transitions[tags[:, :-1], tags[:, 1:]], 0).sum(axis=1)
    last = tags[np.arange(batch), np.maximum(lengths - 1, 0)]
    scores: NDArray[np.float64] = total + steps + start[tags[:, 0]] + end[last]
    return scores
