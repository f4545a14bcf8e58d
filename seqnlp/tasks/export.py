"""Export: the networks of runs as one model file."""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.errors import ConfigError
from seqnlp.export.parity import check_parity
from seqnlp.export.writer import write_model
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.start import training_codec
from seqnlp.tasks.task import AnyTask
from seqnlp.types import JsonObject, Network

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.serving.model_file import ModelFile
    from seqnlp.training.run_directory import RunDirectory


def write_network(
    task: AnyTask,
    networks: Sequence[Network],
    prepared: Prepared[Any, Any],
    path: Path,
    provenance: JsonObject,
) -> None:
    """Write a network, or an ensemble of several, as a model file.

    Args:
        task: The task.
        networks: The networks.
        prepared: The corpus. The file must agree with the networks on its dev split.
        path: The file.
        provenance: The data, settings, scores and versions of the training, as JSON values.

    Raises:
        ParityError: The file does not compute what the networks compute. Nothing is written.
    """
    graph = task.graph(networks, prepared.codec)
    examples = prepared.held_out["dev"].examples

    def check(session: "InferenceSession") -> None:
        differences = task.differences(session, networks, graph, prepared.codec, examples)
        check_parity(differences, task.tolerance, task.compared)

    spec = {"format": prepared.format_options}
    write_model(
        graph, task.name, {"spec": spec, "facts": prepared.facts, "provenance": provenance}, path, check
    )


def export(runs: str | PathLike[str] | Sequence[str | PathLike[str]], output: str | PathLike[str]) -> Path:
    """Export the network of a run as a model file, or those of several runs as an ensemble.

    Args:
        runs: The directory of a finished run, or several of one task and one codec.
        output: The model file.

    Returns:
        The path of the model file.

    Raises:
        ConfigError: A run is not finished, or the runs cannot form an ensemble.
        ParityError: The file does not compute what the networks compute. Nothing is written.

    Example:
        >>> seqnlp.export("runs/names", "names.onnx")
    """
    from seqnlp.serving.model_file import open_model
    from seqnlp.training.backend import load_tensorflow
    from seqnlp.training.run_directory import RunDirectory

    paths = [runs] if isinstance(runs, str | PathLike) else list(runs)
    directories = [RunDirectory(Path(path)) for path in paths]
    for directory in directories:
        if not directory.finished:
            raise ConfigError(f"{directory.path} is not a finished run")
    load_tensorflow()
    from seqnlp.training.networks import load_network

    files = [open_model(directory.model) for directory in directories]
    task = get_task(files[0].task)
    for file in files[1:]:
        if not task.can_ensemble or file.task != task.name:
            raise ConfigError(f"{file.path}: a {file.task} cannot join an ensemble")
        if file.spec["codec"] != files[0].spec["codec"]:
            raise ConfigError(f"{file.path} has other vocabularies than {files[0].path}")
    prepared = _prepare(task, directories[0], files[0])
    networks = [load_network(directory.network, task.network()) for directory in directories]
    provenances = [file.metadata.get("provenance", {}) for file in files]
    provenance = provenances[0] if len(files) == 1 else {"ensemble": provenances}
    write_network(task, networks, prepared, Path(output), provenance)
    return Path(output)


def _prepare(task: AnyTask, run: "RunDirectory", file: "ModelFile") -> Prepared[Any, Any]:
    """Return the corpus of a run. If it started from another run, the codec is that of its model file."""
    settings = task.settings().load_complete(run.config)
    if settings.training.start_from is None:
        return prepare(task, settings)
    codec = training_codec(task, file)
    prepared = prepare(task, settings, learn_codec=lambda train, settings: codec)
    return replace(prepared, facts=file.facts)
