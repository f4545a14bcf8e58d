"""`seqnlp export`: a run's network as a model file again."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    run: Annotated[Path, typer.Argument(help="The run directory.")],
    output: Annotated[Path, typer.Option(help="The file to write.", show_default=False)],
    precision: Annotated[Literal["fp32"], typer.Option(help="The type of the weights.")] = "fp32",
    target: Annotated[Literal["onnx"], typer.Option(help="The kind of model.")] = "onnx",
) -> None:
    """Write the network of a run as a model file, after holding it to the network on the dev sentences."""
    from seqnlp.cli.tasks import task_named
    from seqnlp.cli.training_options import settings_of
    from seqnlp.errors import ConfigError
    from seqnlp.run_directory import RunDirectory

    directory = RunDirectory(run)
    if not directory.finished:
        raise ConfigError(f"{run} is not a finished run")
    from seqnlp.backend import load_tensorflow

    load_tensorflow()
    from seqnlp.runtime import open_model

    file = open_model(directory.model)
    task = task_named(file.task)
    prepared = task.prepare(settings_of(task.name, directory.config, None, {}))
    task.export(task.load(directory.network), prepared, output, file.metadata)
    typer.echo(json.dumps({"model": str(output), "precision": precision, "target": target}))
