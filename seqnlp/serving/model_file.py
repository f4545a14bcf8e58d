"""Model files: the graph in a session, and the metadata that seqnlp writes with it."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.serving.runtime import load_runtime, runtime_source
from seqnlp.serving.signature import Signature
from seqnlp.types import Array, Arrays, JsonObject

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FORMAT = 3
"""Version of the format of model files that this version of seqnlp writes and reads."""

_PROVIDERS = {"cpu": ["CPUExecutionProvider"], "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"]}
_FATAL = 4  # log fatal errors only; other errors are exceptions
_DAMAGE = (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError)
"""Errors of code that reads JSON values of unexpected types or sizes."""
_OBJECTS = {"spec", "facts", "provenance"}
_LONGEST_REASON = 200

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
        signature: The inputs and outputs that the model expects; None if it does not declare them.
    """

    path: Path
    session: "InferenceSession"
    metadata: Mapping[str, Any]
    device: str
    stamp: tuple[int, ...]
    signature: Signature | None = None

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

    def expect(self, signature: Signature) -> "ModelFile":
        """Return this file with a signature, after a check that its graph has it.

        Raises:
            ModelFileError: The graph has other inputs or outputs, or does not fit the metadata.
        """
        with naming(self.path):
            signature.check_graph(self.session)
        file = replace(self, signature=signature)
        file.run(list(signature.outputs), signature.example)
        return file

    def run(
        self, outputs: Sequence[str], inputs: Arrays, session: "InferenceSession | None" = None
    ) -> list[Array]:
        """Compute outputs of the graph, in the thread that calls it.

        Args:
            outputs: The names of the outputs.
            inputs: The inputs by name.
            session: The session to use; by default `session` of the file.

        Raises:
            ModelFileError: The graph fails, or its outputs contradict the metadata.
        """
        try:
            found: list[Array] = (session or self.session).run(list(outputs), inputs)
        except Exception as error:
            if not _is_of_runtime(error):
                raise
            raise ModelFileError(f"{self.path}: its graph failed ({_shorten(error)})") from error
        if self.signature is not None:
            try:  # without the context manager `naming`, because each call pays for it
                self.signature.check_outputs(inputs, dict(zip(outputs, found, strict=True)))
            except ModelFileError as error:
                raise ModelFileError(f"{self.path}: {error}") from error
        return found


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
    metadata = _read_metadata(file, session)
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
    except (ModelFileError, ConfigError, *_DAMAGE) as error:
        raise ModelFileError(f"{file.path}: its metadata are damaged ({error})") from error


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Add the path of a model file to the messages of errors in this context."""
    try:
        yield
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from error


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        state = file.stat()
    except OSError:
        return ()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def _open_session(file: Path, device: str, threads: int = 1) -> "InferenceSession":
    onnxruntime = load_runtime()
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
        session = onnxruntime.InferenceSession(
            runtime_source(file), options, providers=providers, enable_fallback=False
        )
    except Exception as error:
        if not _is_of_runtime(error):
            raise
        if providers[0] in _shorten(error):
            raise ConfigError(f"the device {device} is not available ({_shorten(error)})") from error
        raise ModelFileError(f"{file} is not an ONNX model, or it is damaged") from error
    if providers[0] not in session.get_providers():
        # onnxruntime logs why, for example a missing library of CUDA, and continues on the CPU.
        raise ConfigError(
            f"the device {device} is not available: onnxruntime cannot start its {providers[0]}"
        )
    return session


def _is_of_runtime(error: Exception) -> bool:
    """Return whether an error comes from onnxruntime, whose exceptions have no public base class."""
    # Bytes that are not UTF-8, in names or messages, and failures of the C++ library have built-in types.
    return type(error).__module__.startswith("onnxruntime") or isinstance(
        error, UnicodeDecodeError | RuntimeError | MemoryError
    )


def _shorten(error: Exception) -> str:
    """Return the message of an error as one short line."""
    text = " ".join(str(error).split())
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"


def _read_metadata(file: Path, session: "InferenceSession") -> dict[str, Any]:
    try:
        properties: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
        for each in (*session.get_inputs(), *session.get_outputs()):
            _ = each.name, each.shape  # decoded on request
    except UnicodeDecodeError as error:
        raise ModelFileError(f"{file}: its metadata are damaged ({error})") from error
    ours = {
        key.removeprefix("seqnlp."): value for key, value in properties.items() if key.startswith("seqnlp.")
    }
    _check_format(file, ours.get("format"))
    try:
        metadata: dict[str, Any] = {
            key: value if key == "task" else json.loads(value) for key, value in ours.items()
        }
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{file}: its metadata are damaged ({error})") from error
    for key in ("task", "spec"):
        if key not in metadata:
            raise ModelFileError(f"{file}: its metadata are damaged (no {key})")
    for key in _OBJECTS & metadata.keys():
        if not isinstance(metadata[key], dict):
            raise ModelFileError(f"{file}: its metadata are damaged ({key} is not a JSON object)")
    if not isinstance(metadata["spec"].get("format", {}), dict):
        raise ModelFileError(f"{file}: its metadata are damaged (format in spec is not a JSON object)")
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
