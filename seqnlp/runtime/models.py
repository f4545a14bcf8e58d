"""A model file of any task, opened."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from seqnlp.errors import ModelFileError
from seqnlp.runtime.model_file import open_model

if TYPE_CHECKING:
    from seqnlp.runtime.classifier import Classifier
    from seqnlp.runtime.parser import Parser
    from seqnlp.runtime.tagger import Tagger
    from seqnlp.runtime.translator import Translator
    from seqnlp.runtime.tree_classifier import TreeClassifier

Model: TypeAlias = "Tagger | Classifier | Translator | Parser | TreeClassifier"

_MODELS: Mapping[str, tuple[str, str]] = {
    "tagger": ("seqnlp.runtime.tagger", "Tagger"),
    "classifier": ("seqnlp.runtime.classifier", "Classifier"),
    "translator": ("seqnlp.runtime.translator", "Translator"),
    "parser": ("seqnlp.runtime.parser", "Parser"),
    "tree-classifier": ("seqnlp.runtime.tree_classifier", "TreeClassifier"),
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
