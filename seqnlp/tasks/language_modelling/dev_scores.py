"""Scores of a network on held-out documents, in batches of few shapes."""

from collections.abc import Iterator

import numpy as np

from seqnlp.tasks.language_modelling.codec import END
from seqnlp.tasks.language_modelling.streams import EncodedDocuments
from seqnlp.types import Floats, Integers, Network

_STREAMS = 8
"""Most parallel streams of a document. Each but the first one loses the context of its first tokens."""
_LONG_STREAM = 4096
"""Fewest tokens of a stream."""
_WINDOWS = (64, 256)
"""Positions of a stream that are scored at a time, for short and for long streams."""
_ROWS = 32
_LOGITS = 1 << 26
"""Most logits of a batch, which limit its memory."""


def score_documents(network: Network, documents: EncodedDocuments) -> Floats:
    """Return the negative log probability of each document, including its end, in nats.

    Each document is scored from its beginning, as in an evaluation. A long document is cut into parallel
    streams, each of which starts with a state of zeros.

    Args:
        network: The network.
        documents: The documents.

    Returns:
        float64 [documents].
    """
    streams, owners = _cut(documents.lengths)
    nats = np.zeros(len(documents.lengths))
    positions = _LOGITS // network.arguments["vocabulary"]
    order = np.argsort(streams[:, 1], kind="stable")
    while len(order):
        longest = streams[order[:_ROWS][-1], 1]  # of a batch of short streams
        window = _WINDOWS[bool(longest > _WINDOWS[0])]
        most = min(_ROWS, max(1, positions // window))
        # Short streams that are alone in a batch would leave its other rows empty.
        count = most if len(order) >= most else min(most, _STREAMS)
        rows, order = order[:count], order[count:]
        for places, found in _read(network, documents.ids, streams[rows], count, window):
            np.add.at(nats, owners[rows[places]], -found)
    return nats


def _cut(lengths: Integers) -> tuple[Integers, Integers]:
    """Cut documents into streams.

    Returns:
        For each stream its first token, its length, and whether it starts a document; and its document.
    """
    counts = np.clip(lengths // _LONG_STREAM, 1, _STREAMS)
    owners = np.repeat(np.arange(len(lengths)), counts)
    number = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    bounds = [(number + extra) * lengths[owners] // counts[owners] for extra in (0, 1)]
    firsts = (np.cumsum(lengths) - lengths)[owners] + bounds[0]
    return np.column_stack([firsts, bounds[1] - bounds[0], number == 0]), owners


def _read(
    network: Network, ids: Integers, streams: Integers, rows: int, window: int
) -> Iterator[tuple[Integers, Floats]]:
    """Read streams window by window.

    Args:
        network: The network.
        ids: The ids of all documents.
        streams: The streams, as `_cut` returns them.
        rows: Number of rows of a batch, at least that of streams.
        window: Number of positions of a window.

    Yields:
        The rows that have tokens in a window, and the sum of their log probabilities.
    """
    from keras import ops

    states = network.zero_states(rows)
    for start in range(0, int(streams[:, 1].max(initial=0)), window):
        given, gold = np.zeros((2, rows, window), np.int32)
        sizes = np.clip(streams[:, 1] - start, 0, window)
        for row, ((first, _, begins), size) in enumerate(zip(streams.tolist(), sizes.tolist(), strict=True)):
            if size:
                place = first + start
                gold[row, :size] = ids[place : place + size]
                given[row, 0] = END if begins and not start else ids[place - 1]
                given[row, 1:size] = gold[row, : size - 1]
        logits, states = network.read(ops.convert_to_tensor(given), states)
        chosen = ops.take_along_axis(
            ops.log_softmax(logits), ops.convert_to_tensor(gold.T[..., None]), axis=-1
        )
        values = np.asarray(chosen)[..., 0].T.astype(np.float64)
        present = np.arange(window) < sizes[:, None]
        reading = np.flatnonzero(sizes)
        yield reading, np.where(present, values[: len(sizes)], 0.0).sum(axis=1)[reading]
