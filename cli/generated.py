"""Commands whose options depend on the task: those of its settings, its file formats and its predictions."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field
from inspect import Parameter, Signature, cleandoc, signature
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.task import AnyTask

Command = Callable[..., None]


def with_options(command: Command, options: Iterable[Parameter]) -> Command:
    """Replace `**values` of a command by options. The value of an option that is not given is None."""
    *own, _ = signature(command).parameters.values()
    annotated: Any = command
    annotated.__signature__ = Signature([*own, *options])
    return command


def make_option(
    name: str, annotation: Any, default: object, description: str, panel: str | None
) -> Parameter:
    """Return an option of a command.

    Args:
        name: The name, with underscores.
        annotation: The type. An option with several values, `tuple[str, ...]`, is repeated.
        default: The default, which the help shows.
        description: One plain line without a full stop.
        panel: The heading under which the help shows the option.
    """
    option = typer.Option(
        None,
        f"--{name.replace('_', '-')}",
        help=f"{description}.",
        show_default=False if default in (None, "", ()) or default is False else str(default),
        rich_help_panel=panel,
        autocompletion=_complete_corpus if name == "corpus" else None,
    )
    if get_origin(annotation) is tuple:
        annotation = list[get_args(annotation)[0]]  # type: ignore[misc]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=option, annotation=annotation | None)


def field_options(kind: type[Any], fields: Iterable[Field[Any]], panel: str | None) -> Iterator[Parameter]:
    """Yield an option for each of the given fields of a dataclass of options."""
    hints = get_type_hints(kind)
    for field in fields:
        yield make_option(field.name, hints[field.name], field.default, field.metadata["help"], panel)


def _complete_corpus(incomplete: str) -> list[str]:
    from seqnlp.corpora import known

    return [name for name in known() if name.startswith(incomplete)]


def command_app(function: Command, kind: type[TyperCommand] = TyperCommand) -> typer.Typer:
    """Return an app with one command."""
    app = typer.Typer(add_completion=False)
    paragraphs = cleandoc(function.__doc__ or "").split("\n\n")
    app.command(cls=kind, help="\n\n".join(" ".join(each.split()) for each in paragraphs))(function)
    return app


def add_options(command: TyperCommand, options: Iterable[Parameter]) -> None:
    """Add options to a built command, except for those that it already has."""
    added: Any = typer.main.get_command(command_app(with_options(lambda **values: None, options)))
    known = {each.name for each in command.params}
    command.params = [*command.params, *(each for each in added.params if each.name not in known)]


def task_app(build: Callable[[AnyTask], Command], description: str) -> typer.Typer:
    """Return an app with one command per task.

    Args:
        build: Returns the function of the command of a task.
        description: The help of the app.
    """

    class TaskCommands(TyperGroup):
        """One command per task, built when it is looked up."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            names: Any = dict.fromkeys(task_names())
            self.commands = names  # for "did you mean"

        def list_commands(self, ctx: Any) -> list[str]:
            return task_names()

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name not in task_names():
                return None
            command = typer.main.get_command(command_app(build(get_task(cmd_name))))
            command.name = cmd_name
            return command

    app = typer.Typer(cls=TaskCommands, help=description, no_args_is_help=True, add_completion=False)
    app.callback()(lambda: None)
    return app


class ModelCommand(TyperCommand):
    """A command whose first argument is a model. The task of the model adds options.

    The model is opened for its options only if the command line needs them: for help, and for an option that
    only some models have.
    """

    options_of: Callable[[AnyTask], Iterable[Parameter]]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, after adding the options of the model's task."""
        known = {name for each in self.params for name in (*each.opts, *each.secondary_opts)}
        given = {argument.partition("=")[0] for argument in args if argument.startswith("--")}
        if given - known - {"--"} or "-h" in args:
            model = next(filter(_is_model, args), None)
            if model is None:
                ctx.ignore_unknown_options = ctx.allow_extra_args = True  # loading the model will fail
            else:
                add_options(self, type(self).options_of(self._task(model)))
        return super().parse_args(ctx, args)

    def _task(self, model: str) -> AnyTask:
        from seqnlp.serving.model_file import open_model

        return get_task(open_model(Path(model)).task)


def _is_model(argument: str) -> bool:
    path = Path(argument)
    return not argument.startswith("-") and (
        (path / "model.onnx").is_file() or (path.suffix == ".onnx" and path.is_file())
    )
