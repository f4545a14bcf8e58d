"""The `seqnlp` command: its verbs, each loaded when it is used, and what becomes of errors."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from seqnlp import __version__
from seqnlp.errors import SeqnlpError

VERBS = {
    "train": "seqnlp.cli.train:app",
    "evaluate": "seqnlp.cli.evaluate:app",
    "predict": "seqnlp.cli.predict:app",
    "export": "seqnlp.cli.export:export",
    "compare": "seqnlp.cli.compare:app",
    "tokenize": "seqnlp.cli.tokenize:tokenize",
    "prepare": "seqnlp.cli.prepare:app",
    "init": "seqnlp.cli.init:init",
    "inspect": "seqnlp.cli.inspect:inspect",
    "corpora": "seqnlp.cli.corpora:app",
}
"""The one registry of verbs: a function, or an app that has verbs of its own."""

_EXTRA = frozenset(
    (
        "keras",
        "matplotlib",
        "nltk",
        "onnx",
        "pydantic",
        "sacrebleu",
        "tensorflow",
        "tensorflow_text",
        "tf2onnx",
        "tomlkit",
    )
)
"""What the extra `train` brings."""

# Typer has come with a Click of its own for some versions; this is the class in either.
_UsageError: Any = typer.BadParameter.__mro__[1]


class Verbs(TyperGroup):
    """The verbs as commands, each imported when it is looked up: one need not wait for all."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        names: Any = dict.fromkeys(VERBS)
        self.commands = names  # for "did you mean"

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all verbs."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a verb."""
        return _command(cmd_name) if cmd_name in VERBS else None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the verb."""
        with _errors_in_a_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a verb; an error that the user can mend is one line, and exit code 2."""
        with _errors_in_a_line():
            return super().invoke(ctx)


def _command(name: str) -> Any:
    """Build a verb: a new one each time, because the task of a model adds options to it."""
    from seqnlp.cli.generated import command_app

    module, _, attribute = VERBS[name].partition(":")
    verb = getattr(import_module(module), attribute)
    app = verb if isinstance(verb, typer.Typer) else command_app(verb)
    command = typer.main.get_command(app)
    command.name = name
    return command


@contextmanager
def _errors_in_a_line() -> Iterator[None]:
    try:
        try:
            yield
        finally:
            _flush()
    except BaseException as error:
        explanation = _explanation(error)
        if explanation is None:
            raise
        message, code = explanation
        if message:
            print(" ".join(message.split()), file=sys.stderr)
        raise typer.Exit(code) from None


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python will try again at its end
        raise


def _explanation(error: BaseException) -> tuple[str, int] | None:
    """What to say about an error, and the exit code; None for a mistake of ours, which stays loud."""
    match error:
        case SeqnlpError():
            return f"error: {error}", 2
        case BrokenPipeError():
            return "", 0  # whoever read our output has seen enough
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            return f"error: {place}{error.strerror or error}", 2
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] in _EXTRA:
            return (
                f"error: this needs {name}; install seqnlp with its extra: pip install -e '.[train]'",
                2,
            )
        case KeyboardInterrupt():
            return "interrupted", 130
    # An error that shows itself in its own way is the help, where all arguments are missing.
    if isinstance(error, _UsageError) and type(error).show is _UsageError.show:
        command = error.ctx.command_path if error.ctx else "seqnlp"
        return f"error: {error.format_message()} (see {command} --help)", 2
    return None


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"seqnlp {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Verbs,
    help="Train recurrent sequence models on your own text; deploy each as one ONNX file.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("seqnlp").setLevel(logging.INFO)


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
