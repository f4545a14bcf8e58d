"""`seqnlp export`: write the network of a run, or an ensemble, as a model file."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Run directory; several runs of one task form an ensemble."),
    ],
    output: Annotated[Path, typer.Option(help="Model file to write.", show_default=False)],
    precision: Annotated[Literal["fp32"], typer.Option(help="Precision of the weights.")] = "fp32",
    target: Annotated[Literal["onnx"], typer.Option(help="Target format.")] = "onnx",
) -> None:
    """Export the network of a run as a model file, if the file agrees with the network on dev.

    Several runs with the same vocabularies are exported as one ensemble, which predicts the mean of their
    probabilities. Not every task has ensembles.

    Example: seqnlp export runs/names --output names.onnx
    """
    from seqnlp.tasks.export import export as export_runs

    path = export_runs(runs, output)
    print(json.dumps({"model": str(path), "precision": precision, "target": target}))
