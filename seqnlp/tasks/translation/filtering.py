"""Drop training pairs that are empty, too long, or of very different lengths."""

from collections.abc import Mapping, Sequence

import numpy as np

from seqnlp.errors import DataError
from seqnlp.records import SentencePair
from seqnlp.tasks.translation.encoded import EncodedPairs
from seqnlp.types import JsonObject


def drop_empty(pairs: Sequence[SentencePair]) -> list[SentencePair]:
    """Drop the pairs that have an empty side.

    Raises:
        DataError: No pair is left.
    """
    filled = [pair for pair in pairs if pair.source.strip() and pair.target.strip()]
    if not filled:
        raise DataError("no training pair has both sides", path_of(pairs))
    return filled


def drop_by_length(
    pairs: EncodedPairs, max_length: int, ratio: float
) -> tuple[EncodedPairs, Mapping[str, int]]:
    """Drop pairs that are too long, or whose sides have very different lengths.

    Args:
        pairs: The pairs.
        max_length: The maximum number of subwords of a side.
        ratio: The maximum number of subwords of the longer side, divided by that of the shorter side.

    Returns:
        The other pairs, and the number of dropped pairs by reason.
    """
    long = pairs.lengths > max_length
    shorter = np.minimum(pairs.sources.lengths, pairs.targets.lengths)
    unequal = (pairs.lengths > ratio * shorter) & ~long
    dropped = {
        f"with more than {max_length} subwords": int(long.sum()),
        f"with a length ratio above {ratio:g}": int(unequal.sum()),
    }
    return pairs.select(~(long | unequal)), dropped


def describe_dropped(dropped: JsonObject) -> str:
    """Return the number of dropped pairs by reason, as text."""
    return ", ".join(f"{count:,} {reason}" for reason, count in dropped.items())


def path_of(pairs: Sequence[SentencePair]) -> str | None:
    """Return the file of pairs, if they come from a file."""
    return pairs[0].origin.path if pairs and pairs[0].origin is not None else None
