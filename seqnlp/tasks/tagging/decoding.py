"""The best tags from a network's emissions, in NumPy: for scores while training, and as a second opinion."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from seqnlp.tasks.tagging.network import TaggingNetwork

Floats = NDArray[np.floating[Any]]


def decode(
    emissions: Floats, lengths: NDArray[np.integer[Any]], network: "TaggingNetwork"
) -> NDArray[np.int64]:
    """Choose tags as the network's decoder does.

    Args:
        emissions: [batch, time, K].
        lengths: [batch].
        network: Gives the scores of the CRF, if it has one.

    Returns:
        Label ids [batch, time]; those in the padding are of no meaning.
    """
    if network.crf is None:
        return np.asarray(emissions.argmax(axis=-1), np.int64)
    transitions, start, end = (np.asarray(scores) for scores in network.crf.scores())
    return viterbi(emissions, lengths, transitions, start, end)


def viterbi(
    emissions: Floats, lengths: NDArray[np.integer[Any]], transitions: Floats, start: Floats, end: Floats
) -> NDArray[np.int64]:
    """Find the path of tags with the highest score (Viterbi 1967), for all sentences of a batch at once.

    Args:
        emissions: [batch, time, K].
        lengths: [batch].
        transitions: [K, K], the score of tag j after tag i.
        start: [K], the score of beginning with a tag.
        end: [K], the score of ending with a tag.

    Returns:
        Tags [batch, time]; those in the padding repeat the last.
    """
    batch, time, count = emissions.shape
    score = start + emissions[:, 0]
    pointers = np.empty((time, batch, count), np.int64)
    for step in range(1, time):
        ways = score[:, :, None] + transitions
        here = (step < lengths)[:, None]
        pointers[step] = np.where(here, ways.argmax(axis=1), np.arange(count))
        score = np.where(here, ways.max(axis=1) + emissions[:, step], score)
    tags = np.empty((batch, time), np.int64)
    tags[:, -1] = (score + end).argmax(axis=1)
    for step in range(time - 1, 0, -1):
        tags[:, step - 1] = pointers[step][np.arange(batch), tags[:, step]]
    return tags
