"""Saved networks: `model.keras` in a run directory."""

import importlib
import json
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile, ZipFile

import keras

from seqnlp.errors import ModelFileError

Network = TypeVar("Network", bound=keras.Model)


def save_network(network: keras.Model, path: Path) -> None:
    """Write a network as `model.keras`, without its optimizer. The network is not compiled afterwards.

    The state of the optimizer is twice as large as the weights. Checkpoints store it as long as it is needed.
    """
    network.optimizer, network.compiled = None, False
    network.save(path)


def load_network(path: str | Path, kind: type[Network] = keras.Model) -> Network:
    """Load a network from a `model.keras` file.

    This also imports the class of the network, if it is one of seqnlp.

    Args:
        path: The file.
        kind: The expected class of the network.

    Raises:
        ModelFileError: The file is missing or damaged, or contains a network of another class.

    Example:
        ```python
        from seqnlp.training.networks import load_network

        network = load_network("runs/names/model.keras")
        network.summary()
        ```
    """
    try:
        _import_class(path)
        network = keras.models.load_model(path, compile=False)
    except (OSError, TypeError, ValueError, KeyError, ImportError, BadZipFile) as error:
        raise ModelFileError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from error
    if not isinstance(network, kind):
        raise ModelFileError(f"{path} contains a {type(network).__name__}, not a {kind.__name__}")
    return network


def _import_class(path: str | Path) -> None:
    """Import the module that defines the saved network, which registers its class with Keras."""
    with ZipFile(path) as file:
        module = str(json.loads(file.read("config.json")).get("module"))
    if module.startswith("seqnlp."):  # never import what an arbitrary file names
        importlib.import_module(module)
