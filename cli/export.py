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
    from seqnlp.cli.tagging_data import prepare_tagging
    from seqnlp.cli.training_options import settings_of
    from seqnlp.errors import ConfigError
    from seqnlp.run_directory import RunDirectory

    directory = RunDirectory(run)
    if not directory.finished:
        raise ConfigError(f"{run} is not a finished run")
    from seqnlp.backend import load_tensorflow

    load_tensorflow()
    from seqnlp.export.tagger import export_tagger
    from seqnlp.runtime import open_model
    from seqnlp.tagging.network import load_network

    prepared = prepare_tagging(settings_of("tagger", directory.config, None, {}))
    metadata = open_model(directory.model).metadata
    dev = [sentence.words for sentence in prepared.held_out["dev"].sentences]
    export_tagger(load_network(directory.network), prepared.codec, output, metadata, dev)
    typer.echo(json.dumps({"model": str(output), "precision": precision, "target": target}))
