"""The weights of a network in a file for contenders with any library."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FILE = "weights.npz"


def save_weights(network: Any, directory: Path, **more: Any) -> None:
    """Write the weights of a Keras network by path, and additional arrays."""
    arrays: dict[str, Any] = {w.path.partition("/")[2]: np.asarray(w) for w in network.weights}
    np.savez(directory / _FILE, **arrays, **more)


def load_weights(directory: Path) -> dict[str, NDArray[np.float32]]:
    """Read the arrays that `save_weights` wrote."""
    with np.load(directory / _FILE) as file:
        return dict(file)
