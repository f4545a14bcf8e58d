"""`seqnlp predict`: predict texts and other input, in order and in constant memory."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from inspect import Parameter
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp.cli.generated import ModelCommand, command_app, field_options, with_options
from seqnlp.cli.job import Job, Written, make_job
from seqnlp.cli.options import Device, ModelPath, Threads
from seqnlp.cli.outputs import Output, resumable_output, whole_output
from seqnlp.cli.pipeline import chunks, overlapped
from seqnlp.cli.progress import ItemCount
from seqnlp.cli.skipped import Skipped
from seqnlp.cli.streams import (
    STANDARD,
    InputLines,
    PromptedLines,
    check_outside,
    check_separate,
    read_argument,
)
from seqnlp.corpora import ErrorPolicy, OnError, stop
from seqnlp.data.format_options import input_fields
from seqnlp.errors import ConfigError
from seqnlp.serving.items import Item
from seqnlp.serving.predict_options import prediction_fields
from seqnlp.tasks.task import AnyTask

CHUNK = 50_000
"""Characters of a chunk, about 10,000 words: enough for full batches, in little memory."""


def _options(task: AnyTask) -> Iterator[Parameter]:
    form, kind = task.reader().options, task.predict_options()
    yield from field_options(form, input_fields(form), f"File format of a {task.name}")
    yield from field_options(kind, prediction_fields(kind), f"Prediction of a {task.name}")


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
            help="Format of the input, such as text (one text per line), jsonl (one object per line), tokens "
            "(one sentence per line) or conll (one word per line).",
            show_default="by the file ending, else text",
        ),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            help="Format of the output, such as jsonl or text.",
            show_default="by the file ending, else text on a terminal and jsonl otherwise",
        ),
    ] = None,
    on_error: Annotated[
        ErrorPolicy, typer.Option(help="What to do with invalid input: stop or skip it.")
    ] = ErrorPolicy.STOP,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Keep the output of an interrupted command; the same command continues it."
        ),
    ] = False,
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
    A file is read the way the training files were read, unless an option says otherwise.
    `seqnlp predict MODEL --help` shows the options of the model's task.

    Example: seqnlp predict runs/names --input texts.txt --output names.jsonl
    """
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    if picture is not None and len(texts or ()) != 1:
        raise ConfigError("--picture goes with one text on the command line")
    if resume and output == STANDARD:
        raise ConfigError("--resume goes with --output FILE")
    check_separate(output, model, model / "model.onnx", source)
    check_separate(picture, model, model / "model.onnx")
    from seqnlp.tasks.loading import load

    interactive = not texts and source == STANDARD and sys.stdin.isatty()
    lines = PromptedLines() if interactive else InputLines(source)
    job = make_job(
        load(model, threads, device, batch_size),
        {name: value for name, value in values.items() if value is not None},
        source=source,
        input_format=input_format,
        output=output,
        output_format=output_format,
        name="the command line" if texts else lines.name,
        picture=picture,
    )
    check_separate(output, *job.files(source))
    check_outside(output, source)
    terminal = output == STANDARD and sys.stdout.isatty()
    progress = ItemCount("predicted", shown=not interactive and not terminal)
    skipped = Skipped(progress)
    policy = stop if on_error is ErrorPolicy.STOP else skipped
    items = _read_items(job, source, texts or (), lines, policy)
    if job.table is not None:
        first = next(items, None)
        job = job.for_fields([] if first is None else list(first.fields))
        items = items if first is None else chain([first], items)
    with resumable_output(output, job.identity(), job.name) if resume else whole_output(output) as file:
        if terminal and job.streams and picture is None and (interactive or len(texts or ()) == 1):
            _stream_all(job, items, file)
        else:
            _predict_all(job, items, file, lines, policy, progress)
    skipped.summarize()


def _read_items(
    job: Job, source: Path, texts: Sequence[str], lines: InputLines | PromptedLines, on_error: OnError
) -> Iterator[Item]:
    """Read the items of the command line, of a file or folder, or of standard input."""
    if texts or job.input_format.open is None:
        given = enumerate(map(read_argument, texts), 1) if texts else lines
        return job.input_format.read(given, job.name, on_error)
    if source == STANDARD:
        raise ConfigError("this input format goes with --input PATH")
    return job.input_format.open(source, on_error)


def _stream_all(job: Job, items: Iterable[Item], output: Output) -> None:
    """Write predictions one after the other while they are computed. Each ends a line, interrupted or not."""
    for item in items:
        try:
            for piece in job.stream(item):
                output.end(piece)
        finally:
            output.end(b"\n")


def _predict_all(
    job: Job,
    items: Iterable[Item],
    output: Output,
    lines: InputLines | PromptedLines,
    on_error: OnError,
    progress: ItemCount,
) -> None:
    """Predict items and write their predictions, in order."""

    def idle() -> bool:
        return lines.idle

    progress.add(output.done)
    rest = output.skip(items)
    if not output.started and job.opening:
        output.write(job.opening)
    try:
        for chunk in overlapped(job.predict, chunks(rest, CHUNK, idle), idle):
            _write(chunk, output, on_error)
            progress.add(len(chunk))
        if job.closing:
            output.end(job.closing)
    finally:
        progress.clear()


def _write(chunk: Sequence[Written], output: Output, on_error: OnError) -> None:
    """Write the predictions of a chunk, up to the first problem that stops the command."""
    finished: list[Written] = []
    try:
        for written in chunk:
            if written.problem is not None:
                on_error(written.problem)
            finished.append(written)
    finally:
        output.write(b"".join(each.text for each in finished), [each.item for each in finished])


app = command_app(with_options(predict, ()), PredictCommand)
