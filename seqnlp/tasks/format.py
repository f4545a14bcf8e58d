"""Format options for the files that a model predicts: those of its training, unless others are given."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from seqnlp.serving.model import AnyModel
from seqnlp.serving.model_file import reading_metadata
from seqnlp.tasks.task import AnyTask


def format_options(task: AnyTask, model: AnyModel, given: Mapping[str, Any], path: Path | None = None) -> Any:
    """Return the options for reading files for a model.

    The format of the training files is used only if nothing else selects a format.

    Args:
        task: The task of the model.
        model: The model. It stores the options with which its training files were read.
        given: The options of the user, by name.
        path: The corpus file to read, if there is one.

    Raises:
        ModelFileError: The options in the model file are damaged.
    """
    kind = task.reader().options
    with reading_metadata(model.file):
        stored = kind.read_stored(model.file.spec.get("format", {}))
    trained = stored.pop("format", None)
    options = kind(**{**stored, **given})
    selected = options.format is not None or path is None or task.reader().knows(path, options)
    return options if selected else replace(options, format=trained)


def trained_format(model: AnyModel) -> str | None:
    """Return the format that the settings of the training named, if they did."""
    name = model.file.spec.get("format", {}).get("format")
    return name if isinstance(name, str) else None
