"""Load model files of any task."""

from os import PathLike
from pathlib import Path

from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.serving.model import AnyModel
from seqnlp.serving.model_file import open_model
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.task import AnyTask


def load(
    path: str | PathLike[str],
    threads: int | None = None,
    device: str = "cpu",
    batch_size: int | None = None,
) -> AnyModel:
    """Load a model file or a run directory of any task.

    Args:
        path: A `.onnx` file, or a run directory that contains `model.onnx`.
        threads: The number of threads; by default the number of cores.
        device: `cpu` or `cuda`.
        batch_size: The maximum number of rows in a batch; by default batches are chosen by length.

    Raises:
        ModelFileError: The file is missing, damaged, of an unknown format or task, or not a seqnlp model.
        ConfigError: The requested device is not available.

    Example:
        >>> model = seqnlp.load("runs/names")
        >>> model("Ada Lovelace lived in London.").entities
    """
    file = open_model(Path(path), device)
    try:
        task = get_task(file.task)
    except ConfigError as error:
        raise ModelFileError(f"{file.path}: {error}") from error
    model: AnyModel = task.model().from_file(file, threads, batch_size)
    return model


def task_of(model: AnyModel) -> AnyTask:
    """Return the task of a model."""
    return get_task(model.task)
