"""A model file of any task, opened."""

from pathlib import Path
from typing import TypeAlias

from seqnlp.errors import ModelFileError
from seqnlp.runtime.classifier import Classifier
from seqnlp.runtime.model_file import open_model
from seqnlp.runtime.tagger import Tagger
from seqnlp.runtime.translator import Translator
from seqnlp.runtime.tree_classifier import TreeClassifier

Model: TypeAlias = Tagger | Classifier | Translator | TreeClassifier

_MODELS: dict[str, type[Tagger] | type[Classifier] | type[Translator] | type[TreeClassifier]] = {
    kind.task: kind for kind in (Tagger, Classifier, Translator, TreeClassifier)
}
"""The one registry."""


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
    kind = _MODELS.get(file.task)
    if kind is None:
        raise ModelFileError(f"{file.path} is a {file.task}, which this version of seqnlp does not know")
    return kind.of(file, threads, batch_size)
