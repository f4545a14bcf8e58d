"""A model file of any task, opened."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from seqnlp.errors import ModelFileError
from seqnlp.serving.model_file import open_model

if TYPE_CHECKING:
    from seqnlp.tasks.classification.model import Classifier
    from seqnlp.tasks.parsing.model import Parser
    from seqnlp.tasks.tagging.model import Tagger
    from seqnlp.tasks.translation.model import Translator
    from seqnlp.tasks.tree_classification.model import TreeClassifier

Model: TypeAlias = "Tagger | Classifier | Translator | Parser | TreeClassifier"

_MODELS: Mapping[str, tuple[str, str]] = {
    "tagger": ("seqnlp.tasks.tagging.model", "Tagger"),
    "classifier": ("seqnlp.tasks.classification.model", "Classifier"),
    "translator": ("seqnlp.tasks.translation.model", "Translator"),
    "parser": ("seqnlp.tasks.parsing.model", "Parser"),
    "tree-classifier": ("seqnlp.tasks.tree_classification.model", "TreeClassifier"),
}
"""The one registry: where the model of each task is."""


def load(path: Path, threads: int | None = None, device: str = "cpu", batch_size: int | None = None) -> Model:
    """Open a model file or a run directory, whatever its task.

    Args:
        path: The `.onnx` file, or a run directory that holds `model.onnx`.
        threads: How many threads compute; by default as many as there are cores.
        device: `cpu` or `cuda`.
        batch_size: The most rows of a batch; by default only their lengths count.

    Raises:
        ModelFileError: There is no such file, or it is damaged, of an unknown format or task, or not one of
            ours.
        ConfigError: The device is not to be had.
    """
    file = open_model(path, device)
    if file.task not in _MODELS:
        raise ModelFileError(f"{file.path} is a {file.task}, which this version of seqnlp does not know")
    module, name = _MODELS[file.task]
    kind: Any = getattr(import_module(module), name)
    return kind.of(file, threads, batch_size)  # type: ignore[no-any-return]
