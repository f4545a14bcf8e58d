"""Networks that runs saved."""

from pathlib import Path
from typing import TypeVar

import keras

from seqnlp.errors import ModelFileError

Network = TypeVar("Network", bound=keras.Model)


def load_network(path: Path, kind: type[Network]) -> Network:
    """Load a network that was saved as `model.keras`.

    Args:
        path: The file.
        kind: The class of the network.

    Raises:
        ModelFileError: The file is missing, damaged, or holds a network of another kind.
    """
    try:
        network = keras.models.load_model(path, compile=False)
    except (OSError, TypeError, ValueError, KeyError) as error:
        raise ModelFileError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from error
    if not isinstance(network, kind):
        raise ModelFileError(f"{path} holds a {type(network).__name__}, not a {kind.__name__}")
    return network
