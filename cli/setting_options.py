"""Options for the settings of a task, which `train`, `prepare` and `compare` share."""

from collections.abc import Collection, Iterator, Mapping
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp.cli.generated import make_option
from seqnlp.cli.streams import readable
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.task import AnyTask

_PANELS = {"data": "Data", "format": "File format"}
_SETTINGS = "Settings"
_HIDDEN = {"data.fold"}


def _complete_setting(context: typer.Context, incomplete: str) -> list[str]:
    name = context.info_name if context.info_name in task_names() else task_names()[0]
    keys = (setting.key for setting in get_task(str(name)).settings().describe())
    return [f"{key}=" for key in keys if key.startswith(incomplete)]


Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="TOML file with settings; `seqnlp init TASK` prints one.", rich_help_panel=_SETTINGS
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SECTION.KEY=VALUE",
        help="Set one setting, such as network.units=100. Repeat it for several.",
        rich_help_panel=_SETTINGS,
        autocompletion=_complete_setting,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object to stdout; show no progress.")]


def setting_options(
    task: AnyTask, sections: Collection[str], others: Collection[str] = ()
) -> Iterator[Parameter]:
    """Yield an option for each setting of some sections, and for some others by full name."""
    for setting in task.settings().describe():
        if (setting.section in sections or setting.key in others) and setting.key not in _HIDDEN:
            panel = _PANELS.get(setting.section, _SETTINGS)
            yield make_option(setting.name, setting.annotation, setting.default, setting.description, panel)


def values_of(task: AnyTask, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of options that were given, by the full names of their settings."""
    keys = {setting.name: setting.key for setting in reversed(task.settings().describe())}
    return {
        keys[name]: readable(value) if isinstance(value, Path) else value
        for name, value in values.items()
        if value is not None
    }


def example_files(task: AnyTask) -> str:
    """Return options with the files of an example, such as `--train train.conll --dev dev.conll`."""
    endings = (ending for each in task.reader().formats.values() for ending in each.endings)
    ending = next(endings, "")
    return f"--train train{ending} --dev dev{ending}"
