"""`seqnlp init`: every setting of a task with its default, as a commented file to begin with."""

from typing import Annotated, Literal

import typer


def init(task: Annotated[Literal["tagger"], typer.Argument(help="The task.")]) -> None:
    """Print a configuration file: every setting, what it does, and its default.

    Keep it, change it, and train with `seqnlp train TASK --config FILE`.
    """
    from seqnlp.tagging.config import TaggerSettings

    print(f"# Settings of `seqnlp train {task} --config FILE`; what is left out has the value shown here.\n")
    print(TaggerSettings().to_toml(commented=True), end="")
