"""`seqnlp init`: print a commented configuration file."""

from typing import Annotated

import typer

from seqnlp.tasks.registry import get_task, task_names


def init(
    task: Annotated[
        str,
        typer.Argument(
            metavar="TASK",
            help=f"Task to print the settings of: {', '.join(task_names())}.",
            show_default=False,
            autocompletion=lambda incomplete: [name for name in task_names() if name.startswith(incomplete)],
        ),
    ],
) -> None:
    """Print a configuration file with every setting, its description and its default.

    Save it, edit it, and train with `seqnlp train TASK --config FILE`.

    Example: seqnlp init tagger > tagger.toml
    """
    settings = get_task(task).settings()()
    print(f"# Settings of `seqnlp train {task} --config FILE`; the values are the defaults.\n")
    print(settings.to_toml(commented=True), end="")
