"""`seqnlp init`: print a commented configuration file."""

from typing import Annotated

import typer

from seqnlp.tasks.task import TaskName, settings_class


def init(task: Annotated[TaskName, typer.Argument(help="Task to print the settings of.")]) -> None:
    """Print a configuration file with every setting, its description and its default.

    Save it, edit it, and train with `seqnlp train TASK --config FILE`.

    Example: seqnlp init tagger > tagger.toml
    """
    settings = settings_class(task)()
    print(f"# Settings of `seqnlp train {task} --config FILE`; the values are the defaults.\n")
    print(settings.to_toml(commented=True), end="")
