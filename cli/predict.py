"""`seqnlp predict`: predict texts and other input, in order and in constant memory."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from seqnlp.cli.generated import ModelCommand, command_app, field_options, with_options
from seqnlp.cli.options import Device, ModelPath, Threads
from seqnlp.cli.pipeline import chunks, overlapped
from seqnlp.cli.streams import STANDARD, InputLines, PromptedLines, encoded, output_file
from seqnlp.errors import ConfigError
from seqnlp.serving.items import Item
from seqnlp.tasks.task import AnyTask

if TYPE_CHECKING:
    from seqnlp.serving.predict_options import PredictOptions, Writer

CHUNK = 50_000
"""Characters of a chunk, about 10,000 words: enough for full batches, in little memory."""

Value = TypeVar("Value")


def _options(task: AnyTask) -> Iterator[Parameter]:
    kind = task.predict_options()
    return field_options(kind, fields(kind), f"Prediction of a {task.name}")


class PredictCommand(ModelCommand):
    """`seqnlp predict`, with the options of the model's task."""

    options_of = staticmethod(_options)


def predict(
    model: ModelPath,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="Texts to predict.", show_default=False)
    ] = None,
    source: Annotated[
        Path, typer.Option("--input", help="Input file, plain or gzipped; - is standard input.")
    ] = STANDARD,
    output: Annotated[Path, typer.Option(help="Output file; - is standard output.")] = STANDARD,
    input_format: Annotated[
        str | None,
        typer.Option(
            help="Format of the input, such as text (one text per line) or jsonl (one object per line); for "
            "words also tokens (one sentence per line) and conll (one word per line).",
            show_default="text",
        ),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            help="Format of the output, such as jsonl or text.", show_default="text on a terminal, else jsonl"
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the prediction for one text, if the task has drawings.")
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(min=1, help="Maximum number of rows in a batch.", show_default="by length"),
    ] = None,
    threads: Threads = None,
    device: Device = "cpu",
    **values: Any,
) -> None:
    """Predict texts from the command line, a file or standard input, in order and in constant memory.

    If no text is given on a terminal, the command asks for one text after the other.
    `seqnlp predict MODEL --help` shows the options of the model's task.

    Example: seqnlp predict runs/names --input texts.txt --output names.jsonl
    """
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    if picture is not None and len(texts or ()) != 1:
        raise ConfigError("--picture goes with one text on the command line")
    from seqnlp.tasks.loading import load, task_of

    opened = load(model, threads, device, batch_size)
    task = task_of(opened)
    given = {name: value for name, value in values.items() if value is not None}
    options = task.predict_options()(**given)
    options.check(opened)
    if picture is not None:
        options.check_drawing()
    readers = options.readers()
    read = _choose(readers, input_format or next(iter(readers)), f"a {task.name} reads")
    terminal = output == STANDARD and sys.stdout.isatty()
    form, write = _writer(options, output_format, terminal, f"a {task.name} writes")
    interactive = not texts and source == STANDARD and sys.stdin.isatty()
    lines = PromptedLines() if interactive else InputLines(source)
    name = "the command line" if texts else "standard input" if source == STANDARD else str(source)
    items = read(enumerate(texts, 1) if texts else lines, name)

    def predict_chunk(chunk: list[Item]) -> bytes:
        predictions = options.predict(opened, [item.content for item in chunk])
        if picture is not None:
            predictions[0].draw(picture)
        return b"".join(encoded(write(*pair)) for pair in zip(chunk, predictions, strict=True))

    def idle() -> bool:
        return lines.idle

    with output_file(output) as file:
        if opening := options.opening(form, str(model)):
            file.write(encoded(opening))
        for lines_out in overlapped(predict_chunk, chunks(items, CHUNK, idle), idle):
            file.write(lines_out)
            file.flush()
        if closing := options.closing(form):
            file.write(encoded(closing))


def _writer(
    options: "PredictOptions[Any]", name: str | None, terminal: bool, subject: str
) -> tuple[str, "Writer"]:
    """Return the name of an output format and its writer; without a name, the default of the output."""
    writers = options.writers()
    form = name or ("text" if terminal and "text" in writers else "jsonl")
    write = _choose(writers, form, subject)
    coloured = form == "text" and terminal and "NO_COLOR" not in os.environ
    return form, options.terminal_writer() if coloured else write


def _choose(known: Mapping[str, Value], name: str, subject: str) -> Value:
    if name not in known:
        raise ConfigError(f"{subject} {' or '.join(known)}, not {name}")
    return known[name]


app = command_app(with_options(predict, ()), PredictCommand)
