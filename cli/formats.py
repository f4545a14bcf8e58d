"""The formats of input and output of `seqnlp predict`, chosen by name or by the endings of files."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from seqnlp.cli.streams import STANDARD
from seqnlp.errors import ConfigError
from seqnlp.serving.items import InputFormat
from seqnlp.tasks.registry import get_task, task_names

Value = TypeVar("Value")

_OUTPUT_ENDINGS = {".txt": "text", ".ndjson": "jsonl", ".htm": "html"}
"""Endings that differ from the name of their format."""
_OTHER_ENDINGS = (".csv", ".tsv", ".conll", ".conllu", ".html", ".htm")
"""Endings of formats that not every task writes."""


def choose_input(
    formats: Mapping[str, InputFormat], name: str | None, source: Path, trained: str | None, task: str
) -> InputFormat:
    """Choose the format of an input.

    Args:
        formats: The formats by name; the first is the default.
        name: The name that the user gave, if any.
        source: The input file.
        trained: The format that the training named, for files whose ending selects none.
        task: The name of the task, for messages.

    Raises:
        ConfigError: The name is unknown, or the ending is that of a format which the task does not read.
    """
    if name is not None:
        return choose(formats, name, f"a {task} reads")
    if source == STANDARD:
        return next(iter(formats.values()))
    ending = source.name.lower().removesuffix(".gz")
    for each in formats.values():
        if ending.endswith(each.endings):
            return each
    if trained is not None and trained in formats:
        return formats[trained]
    for other in (name for name in task_names() if name != task):
        for found, form in get_task(other).reader().formats.items():
            if form.endings and ending.endswith(form.endings):
                raise ConfigError(
                    f"{source}: the file ending selects {found}, but a {task} reads {' or '.join(formats)}; "
                    "choose one with --input-format"
                )
    return next(iter(formats.values()))


def choose_output(names: Iterable[str], name: str | None, target: Path, terminal: bool, task: str) -> str:
    """Return the name of the output format: the given one, that of the file's ending, or the default.

    Args:
        names: The names of the formats.
        name: The name that the user gave, if any.
        target: The output file.
        terminal: Whether the output is a terminal.
        task: The name of the task, for messages.

    Raises:
        ConfigError: The ending is that of a format which the task does not write.
    """
    if name is not None:
        return name
    ending = target.suffix.lower()
    found = _OUTPUT_ENDINGS.get(ending, ending.removeprefix("."))
    if found in names:
        return found
    if ending in _OTHER_ENDINGS:
        raise ConfigError(
            f"{target}: the file ending selects {found}, but a {task} writes {' or '.join(names)}; "
            "choose one with --output-format"
        )
    return "text" if terminal and "text" in names else "jsonl"


def choose(known: Mapping[str, Value], name: str, subject: str) -> Value:
    """Return the value of a name.

    Raises:
        ConfigError: The name is unknown.
    """
    if name not in known:
        raise ConfigError(f"{subject} {' or '.join(known)}, not {name}")
    return known[name]
