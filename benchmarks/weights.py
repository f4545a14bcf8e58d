"""A network's weights in a file that every contender reads, whatever its library."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FILE = "weights.npz"


def keep_weights(network: Any, directory: Path, **more: Any) -> None:
    """Write a Keras network's weights by their paths, and other arrays beside them."""
    arrays: dict[str, Any] = {w.path.partition("/")[2]: np.asarray(w) for w in network.weights}
    np.savez(directory / _FILE, **arrays, **more)


def kept_weights(directory: Path) -> dict[str, NDArray[np.float32]]:
    """What `keep_weights` wrote."""
    with np.load(directory / _FILE) as file:
        return dict(file)
