"""`seqnlp init`: every setting of a task with its default, as a commented file to begin with."""

from typing import Annotated

import typer

from seqnlp.tasks.task import TaskName, settings_class


def init(task: Annotated[TaskName, typer.Argument(help="The task.")]) -> None:
    """Print a configuration file: every setting, what it does, and its default.

    Keep it, change it, and train with `seqnlp train TASK --config FILE`.
    """
    settings = settings_class(task)()
    print(f"# Settings of `seqnlp train {task} --config FILE`; what is left out has the value shown here.\n")
    print(settings.to_toml(commented=True), end="")
