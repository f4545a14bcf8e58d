"""`seqnlp predict`: tag text with a model file."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from seqnlp.cli.options import Device, ModelPath, Threads
from seqnlp.cli.prediction_input import READERS, Item, chunks
from seqnlp.cli.prediction_output import writer
from seqnlp.cli.streams import STANDARD, encoded, input_lines, output_file
from seqnlp.errors import ConfigError

if TYPE_CHECKING:
    from seqnlp.runtime import Prediction

CHUNK = 100_000  # characters, some 20,000 words: enough for full batches of every length

In = TypeVar("In")
Out = TypeVar("Out")


def predict(
    model: ModelPath,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="Texts to tag.", show_default=False)
    ] = None,
    source: Annotated[Path, typer.Option("--input", help="A file, plain or gzipped; - is stdin.")] = STANDARD,
    input_format: Annotated[
        Literal["text", "tokens", "conll", "jsonl"],
        typer.Option(
            help="text: one a line. tokens: words parted by blanks. conll: words in the first column."
        ),
    ] = "text",
    output: Annotated[Path, typer.Option(help="Where to write; - is stdout.")] = STANDARD,
    output_format: Annotated[
        Literal["jsonl", "conll", "text"] | None,
        typer.Option(help="Default: text on a terminal, else jsonl.", show_default=False),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="The most sentences of a batch.", show_default="by length")
    ] = None,
    threads: Threads = None,
    device: Device = "cpu",
) -> None:
    """Tag texts from the command line, a file or standard input, in constant memory and in order.

    JSON lines have every token and entity with its place in the text and its probability.
    """
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    from seqnlp.runtime import Tagger

    tagger = Tagger.open(model, threads, device, batch_size)
    if texts:
        items: Iterable[Item] = map(Item, texts)
    else:
        name = "standard input" if source == STANDARD else str(source)
        items = READERS[input_format](input_lines(source), name)
    terminal = output == STANDARD and sys.stdout.isatty()
    colour = terminal and "NO_COLOR" not in os.environ
    write = writer(output_format or ("text" if terminal else "jsonl"), colour)

    def tagged(chunk: list[Item]) -> "list[tuple[Item, Prediction]]":
        return list(zip(chunk, tagger.predict([item.content for item in chunk]), strict=True))

    with output_file(output) as file:
        for pairs in overlapped(tagged, chunks(items, CHUNK)):
            for item, prediction in pairs:
                file.write(encoded(write(item, prediction)))


def overlapped(function: Callable[[In], Out], inputs: Iterable[In]) -> Iterator[Out]:
    """Map `function` over inputs in order, one input ahead in a thread of its own.

    While the model computes, the caller writes what came before and reads what comes next.
    """
    with ThreadPoolExecutor(max_workers=1) as worker:
        pending = None
        for each in inputs:
            following = worker.submit(function, each)
            if pending is not None:
                yield pending.result()
            pending = following
        if pending is not None:
            yield pending.result()
