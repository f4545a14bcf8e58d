"""A model.onnx, opened: the graph in a session, and what seqnlp wrote beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from seqnlp.errors import ConfigError, ModelFileError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FORMAT = 1
"""The number of the format that this version writes and reads."""

_PROVIDERS = {"cpu": ["CPUExecutionProvider"], "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"]}
_QUIET = 4  # fatal errors only; others come as exceptions


Codec = TypeVar("Codec", covariant=True)


class CodecClass(Protocol[Codec]):
    """Makes a codec of what a model file says of it."""

    def from_spec(self, spec: dict[str, Any]) -> Codec:
        """Restore a codec."""


@dataclass(frozen=True)
class ModelFile:
    """A model file, opened.

    Attributes:
        path: The file.
        session: Runs its graph in the thread that calls it; who wants more cores makes several calls at a
            time.
        metadata: What seqnlp wrote, by name without the prefix `seqnlp.`: `format`, `task`, `spec`,
            `provenance`, …; JSON values but for the task.
        device: Where the graph runs, `cpu` or `cuda`.
        stamp: Tells the file that was opened from one that has taken its place.
    """

    path: Path
    session: "InferenceSession"
    metadata: dict[str, Any]
    device: str
    stamp: tuple[int, ...]

    @cached_property
    def paired(self) -> "InferenceSession":
        """Runs the graph on two threads, for a call that is alone: sooner done, for more computing in all.

        It is `session` itself where a second one has no use, or where the file is not what it was.
        """
        if self.device != "cpu" or _stamp(self.path) != self.stamp:
            return self.session
        return _session(self.path, self.device, threads=2)

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
    stamp = _stamp(file)
    session = _session(file, device)
    metadata = _metadata(file, session.get_modelmeta().custom_metadata_map)
    return ModelFile(file, session, metadata, device, stamp)


def codec_of(file: ModelFile, task: str, codec: CodecClass[Codec]) -> Codec:
    """Restore the codec that a model file holds beside its graph.

    Args:
        file: The file.
        task: The task that it must be for.
        codec: The class of its codec.

    Raises:
        ModelFileError: It is for another task, or its metadata are damaged.
    """
    if file.task != task:
        raise ModelFileError(f"{file.path} is a {file.task}, not a {task}")
    with reading_metadata(file):
        return codec.from_spec(file.spec["codec"])


@contextmanager
def reading_metadata(file: ModelFile) -> Iterator[None]:
    """Within this context what goes wrong is the fault of a file's metadata: they are damaged.

    Raises:
        ModelFileError: Something went wrong.
    """
    try:
        yield
    except (ModelFileError, ConfigError, KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(f"{file.path}: its metadata are damaged ({error})") from error


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        state = file.stat()
    except OSError:
        return ()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def _session(file: Path, device: str, threads: int = 1) -> "InferenceSession":
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
    options.intra_op_num_threads = threads
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
