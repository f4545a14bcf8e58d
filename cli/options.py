"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

ModelPath = Annotated[
    Path,
    typer.Argument(
        metavar="MODEL", help="A model.onnx, or a run directory that contains one.", show_default=False
    ),
]
Threads = Annotated[int | None, typer.Option(min=1, help="Number of threads.", show_default="all cores")]
Device = Annotated[Literal["cpu", "cuda"], typer.Option(help="Device to compute on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON object to stdout.")]
