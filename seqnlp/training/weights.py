"""Networks with the weights of another network that has fewer words or labels."""

from collections.abc import Collection
from typing import Any

import numpy as np

from seqnlp.types import Network, Tensor


def rebuild(network: Network, arguments: dict[str, Any], skip: Collection[str] = ()) -> Network:
    """Return a new network with other arguments and with the weights of a network.

    Args:
        network: A built `TaskNetwork`.
        arguments: The arguments of the constructor that change, as JSON values. Sizes can only grow.
        skip: As in `copy_weights`.

    Raises:
        ValueError: A weight of the new network is smaller.
    """
    new = type(network).from_config({**network.get_config(), **arguments})
    new.build()
    copy_weights(network, new, skip)
    return new


def copy_weights(source: Network, target: Network, skip: Collection[str] = ()) -> None:
    """Copy the weights of a network to one of the same architecture that may have more words or labels.

    New ids are at the end of each axis, so the old weights are the first block of a larger weight. The rest
    of it does not change.

    Args:
        source: The network with the weights.
        target: The other network.
        skip: Beginnings of the names of weights that are not copied.

    Raises:
        ValueError: A weight of `target` is smaller, or the networks have different weights.
    """
    for old, new in zip(source.weights, target.weights, strict=True):
        if any(new.name.startswith(name) for name in skip):
            continue
        if len(old.shape) != len(new.shape) or any(o > n for o, n in zip(old.shape, new.shape, strict=True)):
            raise ValueError(f"{new.path} has the shape {new.shape}, which does not contain {old.shape}")
        values = np.array(new)
        values[tuple(slice(0, size) for size in old.shape)] = np.asarray(old)
        new.assign(values)


def repeat_row(table: Tensor, row: int, first: int) -> None:
    """Replace the rows of a table from `first` on by copies of one of its rows."""
    values = np.array(table)
    values[first:] = values[row]
    table.assign(values)
