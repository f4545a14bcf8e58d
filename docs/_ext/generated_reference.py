"""Sphinx extension that writes the reference of commands and settings from the code.

A page contains `<!-- generated: commands -->` or `<!-- generated: settings -->`. When Sphinx reads the page,
the line is replaced by Markdown about every command of `seqnlp`, or about every setting of every task.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer.main
from sphinx.application import Sphinx

from seqnlp.cli.generated import ModelCommand, command_app, with_options
from seqnlp.cli.main import app as commands
from seqnlp.settings import Setting
from seqnlp.tasks.registry import get_task, task_names


def write_commands() -> Iterator[str]:
    """Write a section for each command."""
    yield from _write_command(typer.main.get_command(commands), "seqnlp", None)


def write_settings() -> Iterator[str]:
    """Write a section for each task, with a table for each section of its settings."""
    for task in task_names():
        settings = get_task(task).settings()
        yield from (f"## {task}", "")
        for name, field in settings.model_fields.items():
            section: Any = field.annotation
            bounds = {key: each.metadata for key, each in getattr(section, "model_fields", {}).items()}
            rows = [
                _setting_row(setting, bounds.get(setting.name, ()))
                for setting in settings.describe()
                if setting.section == name
            ]
            yield from (f"### [{name}] of {task}s", "", section.__doc__.partition("\n")[0], "")
            yield from _table(("setting", "type", "default", "description"), rows)


def _write_command(command: Any, path: str, parent: Any) -> Iterator[str]:
    context = command.context_class(command, info_name=path.rpartition(" ")[2], parent=parent)
    names = command.list_commands(context) if hasattr(command, "list_commands") else []
    if parent is not None:
        arguments = [_usage(each) for each in command.params if each.param_type_name == "argument"]
        usage = " ".join([path, "[OPTIONS]", *arguments, *(["COMMAND"] if names else [])])
        yield from (f"{'#' * (1 + path.count(' '))} {path}", "", "```text", usage, "```", "")
        yield from (*_paragraphs(command.help or ""), "")
    yield from _write_parameters(command, context)
    if isinstance(command, ModelCommand):
        yield from _write_options_of_models(command, path, context)
    for name in names:
        yield from _write_command(command.get_command(context, name), f"{path} {name}", context)


def _write_options_of_models(command: ModelCommand, path: str, context: Any) -> Iterator[str]:
    """Write the options that the task of a model adds to a command."""
    for task in task_names():
        options = with_options(lambda **values: None, type(command).options_of(get_task(task)))
        added = typer.main.get_command(command_app(options))
        if len(added.params) > 0:
            yield from (f"{'#' * (2 + path.count(' '))} {path} with a {task}", "")
            yield from _write_parameters(added, context)


def _write_parameters(command: Any, context: Any) -> Iterator[str]:
    yield from _table(("argument", "default", "description"), list(_parameter_rows(command, context)))


def _usage(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _parameter_rows(command: Any, context: Any) -> Iterator[tuple[str, ...]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if parameter.name == "help" or getattr(parameter, "hidden", False):
            continue
        is_option = parameter.param_type_name == "option"
        names = parameter.opts if is_option else [_usage(parameter)]
        name = ", ".join(f"`{each}`" for each in names)
        choices = getattr(parameter.type, "choices", None)
        help_text = getattr(parameter, "help", None) or (record[1] if record else "")
        if choices:
            help_text = f"{help_text} One of {', '.join(f'`{choice}`' for choice in choices)}."
        yield name, _default(parameter), help_text


def _default(parameter: Any) -> str:
    shown = getattr(parameter, "show_default", None)
    if isinstance(shown, str):
        return shown
    value = parameter.default
    if value is None or value is False or callable(value) or "Sentinel" in type(value).__name__:
        return ""
    return f"`{value}`"


def _setting_row(setting: Setting, limits: Sequence[Any]) -> tuple[str, ...]:
    default = "" if setting.default is None else f"`{json.dumps(setting.default, default=str)}`"
    bounds = [text for limit in limits for text in _bounds(limit)]
    return (
        f"`{setting.key}`",
        " ".join([_type(setting.annotation), *bounds]),
        default,
        f"{setting.description}.",
    )


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    arguments = [each for each in get_args(annotation) if each is not type(None)]
    if arguments:
        return " or ".join(map(_type, arguments))
    return {str: "text", Path: "path", bool: "true or false", int: "integer", float: "number"}[annotation]


def _bounds(limit: Any) -> Iterator[str]:
    for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
        value = getattr(limit, name, None)
        if value is not None:
            yield f"{sign} {value}"


def _paragraphs(text: str) -> Iterator[str]:
    return [line.strip() for line in text.splitlines()]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(header)} |"
    yield "|---" * len(header) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"
    yield ""


GENERATED: dict[str, Callable[[], Iterator[str]]] = {"commands": write_commands, "settings": write_settings}


def _insert(app: Sphinx, page: str, source: list[str]) -> None:
    for name, write in GENERATED.items():
        marker = f"<!-- generated: {name} -->"
        if marker in source[0]:
            source[0] = source[0].replace(marker, "\n".join(write()))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("source-read", _insert)
    return {"parallel_read_safe": True}
