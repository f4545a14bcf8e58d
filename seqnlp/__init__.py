"""Train recurrent sequence models on your own text, deploy each as one ONNX file."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.errors import ConfigError, CorpusError, DataError, ModelFileError, SeqnlpError

if TYPE_CHECKING:
    from seqnlp.serving.models import Model

__version__ = "0.1.0"

__all__ = ["ConfigError", "CorpusError", "DataError", "ModelFileError", "SeqnlpError", "__version__", "load"]


def load(path: str | PathLike[str], threads: int | None = None, device: str = "cpu") -> "Model":
    """Open a model for prediction.

    Args:
        path: A `model.onnx`, or a run directory that holds one.
        threads: How many threads compute; by default as many as there are cores.
        device: `cpu` or `cuda`.

    Returns:
        The model: called with a text, it gives a prediction.

    Raises:
        ModelFileError: There is no such model, or it cannot be used.
        ConfigError: The device is not to be had.

    Example:
        >>> tagger = seqnlp.load("model.onnx")
        >>> tagger("Ada Lovelace lived in London.").entities
    """
    from seqnlp.serving.models import load as load_model

    return load_model(Path(path), threads, device)
