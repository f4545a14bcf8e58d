"""The `seqnlp` command: its verbs, imported when they are used, and its error messages."""

import errno
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from seqnlp import __version__
from seqnlp.cli.streams import repair_streams, silence
from seqnlp.errors import SeqnlpError, escape_controls

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
"""The module and the function or app of each verb."""

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
"""The packages of the extra `train`."""

# Some versions of Typer contain their own copy of Click; this is the class in both cases.
_UsageError: Any = typer.BadParameter.__mro__[1]


class Verbs(TyperGroup):
    """The verbs as commands. Each is imported when it is looked up, so the others cost nothing."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        names: Any = dict.fromkeys(VERBS)
        self.commands = names  # for "did you mean"

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a verb."""
        return _command(cmd_name) if cmd_name in VERBS else None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the options before the verb."""
        with _errors_in_a_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a verb. An error that the user can correct is one line, with exit code 2."""
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
            print(escape_controls(" ".join(message.split())), file=sys.stderr)
        raise typer.Exit(code) from None


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        silence(sys.stdout)  # Python flushes again at exit
        raise


def _explanation(error: BaseException) -> tuple[str, int] | None:
    """Return the message and the exit code of an error; None for a programming error."""
    match error:
        case SeqnlpError():
            return f"error: {error}", 2
        case BrokenPipeError():
            return "", 0  # the reader of our output has stopped
        case OSError(errno=errno.EBADF, filename=None):
            return "error: standard output is closed", 2
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
    # Only the help, which appears if all arguments are missing, is an error with its own `show`.
    if isinstance(error, _UsageError) and type(error).show is _UsageError.show:
        command = error.ctx.command_path if error.ctx else "seqnlp"
        return f"error: {error.format_message()} (see {command} --help)", 2
    return None


class _Lines(logging.Formatter):
    """Formats each line of a warning without control characters, which may come from data."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record."""
        return "\n".join(map(escape_controls, super().format(record).split("\n")))


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(message)s"))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("seqnlp").setLevel(logging.INFO)


_TERMINATED = 128 + signal.SIGTERM


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    """End the process as an exception does, so that locks and temporary files are removed."""
    raise SystemExit(_TERMINATED)


def main() -> None:
    """Run the command."""
    repair_streams()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app(prog_name="seqnlp")
    except SystemExit as error:
        if error.code != _TERMINATED:
            raise
        os._exit(_TERMINATED)  # threads of TensorFlow can crash the end of the interpreter


if __name__ == "__main__":
    main()
