"""Model files: the graph in a session, and the metadata that seqnlp writes with it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FORMAT = 3
"""Version of the format of model files that this version of seqnlp writes and reads."""

_PROVIDERS = {"cpu": ["CPUExecutionProvider"], "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"]}
_FATAL = 4  # log fatal errors only; other errors are exceptions

Codec = TypeVar("Codec", covariant=True)


class CodecClass(Protocol[Codec]):
    """A class of codecs that can be read from a model file."""

    def from_spec(self, spec: JsonObject) -> Codec:
        """Restore a codec from the JSON values of `to_spec`."""


@dataclass(frozen=True)
class ModelFile:
    """An open model file.

    Attributes:
        path: The file.
        session: Runs the graph in the thread that calls it. To use more cores, call it in several threads.
        metadata: The values that seqnlp wrote, by name without the prefix `seqnlp.`: `format`, `task`,
            `spec`, `provenance` and others. All but the task are JSON values.
        device: The device of the graph, `cpu` or `cuda`.
        stamp: Identifies the file that was opened, in case another one replaces it.
    """

    path: Path
    session: "InferenceSession"
    metadata: Mapping[str, Any]
    device: str
    stamp: tuple[int, ...]

    @property
    def paired(self) -> "InferenceSession":
        """A session with two threads for a single batch, which finishes sooner but takes more CPU time.

        It is `session` itself on a GPU, if the file was replaced, or in a fork, which does not copy threads.
        """
        process, session = self._paired
        return session if process == os.getpid() else self.session

    @cached_property
    def _paired(self) -> "tuple[int, InferenceSession]":
        """The id of the process that first used two threads, and its session."""
        if self.device != "cpu" or _stamp(self.path) != self.stamp:
            return os.getpid(), self.session
        return os.getpid(), _open_session(self.path, self.device, threads=2)

    @property
    def task(self) -> str:
        """The name of the task, such as `tagger`."""
        return str(self.metadata["task"])

    @property
    def facts(self) -> JsonObject:
        """Facts about the training data, such as fingerprints of its spans."""
        facts: JsonObject = self.metadata.get("facts", {})
        return facts

    @property
    def spec(self) -> JsonObject:
        """The codec and the other values that prediction needs."""
        spec: JsonObject = self.metadata["spec"]
        return spec


def open_model(path: Path, device: str = "cpu") -> ModelFile:
    """Open a model file.

    Args:
        path: A `.onnx` file, or a run directory that contains `model.onnx`.
        device: `cpu` or `cuda`.

    Raises:
        ModelFileError: The file is missing, damaged, of an unknown format, or was not written by seqnlp.
        ConfigError: The requested device is not available.
    """
    file = path / "model.onnx" if path.is_dir() else path
    if not file.is_file():
        problem = "not a run directory: it contains no model.onnx" if path.is_dir() else "no such file"
        raise ModelFileError(f"{path}: {problem}")
    stamp = _stamp(file)
    session = _open_session(file, device)
    metadata = _read_metadata(file, session.get_modelmeta().custom_metadata_map)
    return ModelFile(file, session, metadata, device, stamp)


def restore_codec(file: ModelFile, task: str, codec_class: CodecClass[Codec]) -> Codec:
    """Restore the codec of a model file.

    Args:
        file: The file.
        task: The expected task.
        codec_class: The class of the codec.

    Raises:
        ModelFileError: The file is for another task, or its metadata are damaged.
    """
    if file.task != task:
        raise ModelFileError(f"{file.path} is a {file.task}, not a {task}")
    with reading_metadata(file):
        return codec_class.from_spec(file.spec["codec"])


@contextmanager
def reading_metadata(file: ModelFile) -> Iterator[None]:
    """Report errors in this context as damaged metadata of a file.

    Raises:
        ModelFileError: The metadata are damaged.
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


def _open_session(file: Path, device: str, threads: int = 1) -> "InferenceSession":
    import onnxruntime

    providers = _PROVIDERS.get(device)
    if providers is None:
        raise ConfigError(f"unknown device {device!r}; known: {', '.join(_PROVIDERS)}")
    if providers[0] not in onnxruntime.get_available_providers():
        raise ConfigError(
            f"the device {device} is not available: this onnxruntime has no {providers[0]} "
            "(pip install onnxruntime-gpu)"
        )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    options.intra_op_num_threads = threads
    # Memory patterns are stored for each shape of the inputs, and few batches have the same shape.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=providers)
    except Exception as error:  # the exceptions of onnxruntime have no public base class
        if type(error).__module__.startswith("onnxruntime"):
            raise ModelFileError(f"{file} is not an ONNX model, or it is damaged") from error
        raise


def _read_metadata(file: Path, properties: Mapping[str, str]) -> dict[str, Any]:
    ours = {
        key.removeprefix("seqnlp."): value for key, value in properties.items() if key.startswith("seqnlp.")
    }
    _check_format(file, ours.get("format"))
    try:
        metadata = {key: value if key == "task" else json.loads(value) for key, value in ours.items()}
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{file}: its metadata are damaged ({error})") from error
    for key, kind in (("task", str), ("spec", dict)):
        if not isinstance(metadata.get(key), kind):
            raise ModelFileError(f"{file}: its metadata are damaged (no {key})")
    return metadata


def _check_format(file: Path, found: str | None) -> None:
    if found is None:
        raise ModelFileError(f"{file} is an ONNX model, but it was not written by seqnlp")
    if found in map(str, range(1, FORMAT)):
        raise ModelFileError(
            f"{file} was written by an earlier version of seqnlp (format {found}); train or export it again"
        )
    if found != str(FORMAT):
        raise ModelFileError(f"{file} has format {found}; this version of seqnlp reads format {FORMAT}")
