"""Scores of a network on held-out documents, in batches of few shapes."""

from collections.abc import Iterator

import numpy as np

from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling.streams import EncodedDocuments
from seqnlp.types import Array, Floats, Integers, Network

_STREAMS = 8
"""Most parallel streams of a document. Each but the first one loses the context of its first tokens."""
_LONG_STREAM = 4096
"""Fewest tokens of a stream."""
_WINDOWS = (64, 256)
"""Positions of a stream that are scored at a time, for short and for long streams."""
_ROWS = 32
_STREAM = np.dtype([(name, "i8") for name in ("document", "first", "length", "start", "stop")])
_LOGITS = 1 << 26
"""Most logits of a batch, which limit its memory."""


def score_documents(network: Network, documents: EncodedDocuments, direction: str = "forward") -> Floats:
    """Return the negative log probability of each document, including its end, in nats.

    Each document is scored from its beginning, as in an evaluation. A long document is cut into parallel
    streams, each of which starts with a state of zeros.

    Args:
        network: The network.
        documents: The documents.
        direction: `forward`; or `backward`, from the end of each document to its beginning.

    Returns:
        float64 [documents].
    """
    streams = _cut(documents.lengths)
    nats = np.zeros(len(documents.lengths))
    positions = _LOGITS // network.arguments["vocabulary"]
    sizes = streams["stop"] - streams["start"]
    order = np.argsort(sizes, kind="stable")
    while len(order):
        longest = sizes[order[:_ROWS][-1]]  # of a batch of short streams
        window = _WINDOWS[bool(longest > _WINDOWS[0])]
        most = min(_ROWS, max(1, positions // window))
        # Short streams that are alone in a batch would leave its other rows empty.
        count = most if len(order) >= most else min(most, _STREAMS)
        rows, order = order[:count], order[count:]
        for places, found in _read(network, documents.ids, streams[rows], count, window, direction):
            np.add.at(nats, streams["document"][rows[places]], -found)
    return nats


def _cut(lengths: Integers) -> Array:
    """Cut documents into streams: the places of a document that are read, in the order of reading."""
    counts = np.clip(lengths // _LONG_STREAM, 1, _STREAMS)
    document = np.repeat(np.arange(len(lengths)), counts)
    number = np.arange(len(document)) - np.repeat(np.cumsum(counts) - counts, counts)
    streams = np.zeros(len(document), _STREAM)
    streams["document"], streams["first"] = document, (np.cumsum(lengths) - lengths)[document]
    streams["length"] = lengths[document]
    streams["start"], streams["stop"] = (
        (number + extra) * lengths[document] // counts[document] for extra in (0, 1)
    )
    return streams


def _read(
    network: Network, ids: Integers, streams: Array, rows: int, window: int, direction: str
) -> Iterator[tuple[Integers, Floats]]:
    """Read streams window by window.

    Args:
        network: The network.
        ids: The ids of all documents.
        streams: The streams, as `_cut` returns them.
        rows: Number of rows of a batch, at least that of streams.
        window: Number of positions of a window.
        direction: As for `score_documents`.

    Yields:
        The rows that have tokens in a window, and the sum of their log probabilities.
    """
    from keras import ops

    states = network.zero_states(rows)
    lengths = streams["stop"] - streams["start"]
    for done in range(0, int(lengths.max(initial=0)), window):
        given, gold = np.zeros((2, rows, window), np.int32)
        sizes = np.clip(lengths - done, 0, window)
        for row, (stream, size) in enumerate(zip(streams, sizes.tolist(), strict=True)):
            if size:
                start = int(stream["start"]) + done
                given[row, :size], gold[row, :size] = _tokens(ids, stream, start, start + size, direction)
        turn = slice(None, None, -1 if direction == "backward" else 1)
        logits, states = network.read(
            ops.convert_to_tensor(np.ascontiguousarray(given[:, turn])), states, direction=direction
        )
        chosen = ops.convert_to_tensor(np.ascontiguousarray(gold[:, turn].T)[..., None])
        found = np.asarray(ops.take_along_axis(ops.log_softmax(logits), chosen, axis=-1))[..., 0]
        values = found.T[: len(sizes), turn].astype(np.float64)
        present, reading = np.arange(window) < sizes[:, None], np.flatnonzero(sizes)
        yield reading, np.where(present, values, 0.0).sum(axis=1)[reading]


def _tokens(ids: Integers, stream: Array, start: int, stop: int, direction: str) -> tuple[Integers, Integers]:
    """Return the ids that are read at some places of a document, and those that come next."""
    first, length = int(stream["first"]), int(stream["length"])
    if direction == "forward":
        gold = ids[first + start : first + stop]
        return np.append(ids[first + start - 1] if start else END, gold[:-1]), gold
    end = first + length
    given = ids[end - stop : end - start][::-1]
    return given, np.append(given[1:], ids[end - stop - 1] if stop < length else END)
