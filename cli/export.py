"""`seqnlp export`: a run's network as a model file again, or several as one."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer


def export(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="The run directory; several of translators.")
    ],
    output: Annotated[Path, typer.Option(help="The file to write.", show_default=False)],
    precision: Annotated[Literal["fp32"], typer.Option(help="The type of the weights.")] = "fp32",
    target: Annotated[Literal["onnx"], typer.Option(help="The kind of model.")] = "onnx",
) -> None:
    """Write the network of a run as a model file, after holding it to the network on what dev has.

    Several runs of translators that have the same pieces make one file: what they say together is the mean of
    their probabilities.
    """
    from seqnlp.errors import ConfigError
    from seqnlp.tasks.task import load_settings, task_named
    from seqnlp.training.run_directory import RunDirectory

    directories = [RunDirectory(run) for run in runs]
    for directory in directories:
        if not directory.finished:
            raise ConfigError(f"{directory.path} is not a finished run")
    from seqnlp.training.backend import load_tensorflow

    load_tensorflow()
    from seqnlp.serving.model_file import open_model

    files = [open_model(directory.model) for directory in directories]
    task: Any = task_named(files[0].task)
    if len(files) > 1:
        _check_together(files)
    prepared = task.prepare(load_settings(task.name, directories[0].config, None, {}))
    networks = [task.load(directory.network) for directory in directories]
    if len(networks) == 1:
        task.export(networks[0], prepared, output, files[0].metadata)
    else:
        together = {"together": [file.metadata.get("provenance", {}) for file in files]}
        task.export_together(networks, prepared, output, {**files[0].metadata, "provenance": together})
    typer.echo(json.dumps({"model": str(output), "precision": precision, "target": target}))


def _check_together(files: list[Any]) -> None:
    """Make sure that models can be one.

    Raises:
        ConfigError: They are no translators, or have other pieces.
    """
    from seqnlp.errors import ConfigError

    for file in files:
        if file.task != "translator":
            raise ConfigError(f"only translators can be exported together, and {file.path} is a {file.task}")
        if file.spec["codec"] != files[0].spec["codec"]:
            raise ConfigError(
                f"{file.path} has other pieces than {files[0].path}; train both on one prepared directory"
            )
