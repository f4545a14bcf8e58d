"""The `seqnlp` command: one verb a file, and what becomes of errors."""

import logging
import os
import sys
from typing import Annotated, NoReturn

import typer

from seqnlp import __version__
from seqnlp.cli.corpora import app as corpora
from seqnlp.cli.evaluate import evaluate
from seqnlp.cli.export import export
from seqnlp.cli.init import init
from seqnlp.cli.inspect import inspect
from seqnlp.cli.predict import predict
from seqnlp.cli.prepare import prepare
from seqnlp.cli.tokenize import tokenize
from seqnlp.cli.train import train
from seqnlp.errors import SeqnlpError

app = typer.Typer(
    help="Train recurrent sequence models on your own text; deploy each as one ONNX file.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (train, evaluate, predict, export, tokenize, prepare, init, inspect):
    app.command()(verb)
app.add_typer(corpora, name="corpora")

_EXTRAS = {
    "keras",
    "tensorflow",
    "tensorflow_text",
    "tf2onnx",
    "onnx",
    "nltk",
    "pydantic",
    "tomlkit",
    "matplotlib",
}


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"seqnlp {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command; an error that the user can mend is one line, and exit code 2."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("seqnlp").setLevel(logging.INFO)
    try:
        app()
    except SeqnlpError as error:
        _fail(str(error))
    except BrokenPipeError:
        # Whoever read our output has gone: nothing is wrong, and nothing more is to be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRAS:
            raise
        _fail(f"this needs {error.name}; install it with: pip install 'seqnlp[train]'")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def _fail(message: str) -> NoReturn:
    line = " ".join(message.split("\n"))
    print(f"error: {line}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
