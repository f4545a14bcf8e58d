"""A model.onnx, opened: the graph in a session, and what seqnlp wrote beside it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.errors import ConfigError, ModelFileError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FORMAT = 1
"""The number of the format that this version writes and reads."""

_PROVIDERS = {"cpu": ["CPUExecutionProvider"], "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"]}
_QUIET = 4  # fatal errors only; others come as exceptions


@dataclass(frozen=True)
class ModelFile:
    """A model file, opened.

    Attributes:
        path: The file.
        session: Runs its graph.
        metadata: What seqnlp wrote, by name without the prefix `seqnlp.`: `format`, `task`, `spec`,
            `provenance`, …; JSON values but for the task.
    """

    path: Path
    session: "InferenceSession"
    metadata: dict[str, Any]

    @property
    def task(self) -> str:
        """The task that the model is for."""
        return str(self.metadata["task"])

    @property
    def spec(self) -> dict[str, Any]:
        """What prediction needs besides the graph."""
        return self.metadata["spec"]  # type: ignore[no-any-return]


def open_model(path: Path, device: str = "cpu") -> ModelFile:
    """Open a model.

    Args:
        path: The `.onnx` file, or a run directory that holds `model.onnx`.
        device: `cpu` or `cuda`.

    Raises:
        ModelFileError: There is no such file, or it is damaged, of an unknown format, or not one of ours.
        ConfigError: The device is not to be had.
    """
    file = path / "model.onnx" if path.is_dir() else path
    if not file.is_file():
        hint = "no run directory: it holds no model.onnx" if path.is_dir() else "no such file"
        raise ModelFileError(f"{path}: {hint}")
    session = _session(file, device)
    return ModelFile(file, session, _metadata(file, session.get_modelmeta().custom_metadata_map))


def _session(file: Path, device: str) -> "InferenceSession":
    import onnxruntime

    providers = _PROVIDERS.get(device)
    if providers is None:
        raise ConfigError(f"unknown device {device!r}; known: {', '.join(_PROVIDERS)}")
    if providers[0] not in onnxruntime.get_available_providers():
        raise ConfigError(
            f"device {device}: this onnxruntime has no {providers[0]} (pip install onnxruntime-gpu)"
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _QUIET
    # A call computes in the thread that makes it; who wants more cores makes several calls at a time.
    options.intra_op_num_threads = 1
    # Patterns of memory are kept for every shape of inputs, and hardly two batches have the same.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=providers)
    except Exception as error:  # onnxruntime's own exceptions have no public base
        if type(error).__module__.startswith("onnxruntime"):
            raise ModelFileError(f"{file} is no ONNX model, or damaged") from error
        raise


def _metadata(file: Path, properties: dict[str, str]) -> dict[str, Any]:
    ours = {
        key.removeprefix("seqnlp."): value for key, value in properties.items() if key.startswith("seqnlp.")
    }
    if "format" not in ours:
        raise ModelFileError(f"{file} is an ONNX model, but not one that seqnlp made")
    if ours["format"] != str(FORMAT):
        raise ModelFileError(
            f"{file} has format {ours['format']}; this version of seqnlp reads format {FORMAT}"
        )
    try:
        metadata = {key: value if key == "task" else json.loads(value) for key, value in ours.items()}
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{file}: its metadata are damaged ({error})") from error
    for key, kind in (("task", str), ("spec", dict)):
        if not isinstance(metadata.get(key), kind):
            raise ModelFileError(f"{file}: its metadata are damaged (no {key})")
    return metadata
