"""Model files of any task."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from seqnlp.errors import ModelFileError
from seqnlp.serving.model import Model
from seqnlp.serving.model_file import open_model

_MODELS: Mapping[str, tuple[str, str]] = {
    "tagger": ("seqnlp.tasks.tagging.model", "Tagger"),
    "classifier": ("seqnlp.tasks.classification.model", "Classifier"),
    "translator": ("seqnlp.tasks.translation.model", "Translator"),
    "parser": ("seqnlp.tasks.parsing.model", "Parser"),
    "tree-classifier": ("seqnlp.tasks.tree_classification.model", "TreeClassifier"),
}


def load(path: Path, threads: int | None = None, device: str = "cpu", batch_size: int | None = None) -> Model:
    """Load a model file or a run directory of any task.

    Args:
        path: A `.onnx` file, or a run directory that contains `model.onnx`.
        threads: The number of threads; by default the number of cores.
        device: `cpu` or `cuda`.
        batch_size: The maximum number of rows in a batch; by default batches are chosen by length.

    Raises:
        ModelFileError: The file is missing, damaged, of an unknown format or task, or not a seqnlp model.
        ConfigError: The requested device is not available.
    """
    file = open_model(path, device)
    if file.task not in _MODELS:
        raise ModelFileError(f"{file.path} is for the task {file.task}, which this version of seqnlp lacks")
    module, name = _MODELS[file.task]
    kind: type[Model] = getattr(import_module(module), name)
    return kind.from_file(file, threads, batch_size)
