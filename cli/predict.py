"""`seqnlp predict`: tag or classify text with a model file."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from seqnlp.cli.options import Device, ModelPath, Threads
from seqnlp.cli.prediction_input import READERS, Item, chunks
from seqnlp.cli.prediction_output import EXPLANATION, frame, writer
from seqnlp.cli.streams import STANDARD, InputLines, encoded, output_file
from seqnlp.errors import ConfigError

if TYPE_CHECKING:
    from seqnlp.runtime import Model
    from seqnlp.runtime.explanation import Explanation

CHUNK = 50_000
"""Characters of a chunk, some 10,000 words: enough for full batches, and little to hold."""

In = TypeVar("In")
Out = TypeVar("Out")


def predict(
    model: ModelPath,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="Texts to read.", show_default=False)
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
        Literal["jsonl", "conll", "text", "html"] | None,
        typer.Option(
            help="Default: text on a terminal, else jsonl. html: a page, with --explain.", show_default=False
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Mark the words that counted (classifiers with attention pooling)."),
    ] = False,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="The most sentences of a batch.", show_default="by length")
    ] = None,
    threads: Threads = None,
    device: Device = "cpu",
) -> None:
    """Tag or classify texts from the command line, a file or standard input, in constant memory and in order.

    JSON lines have every token and entity with its place in the text and its probability, or the label of the
    text and the probability of each label; with --explain also how much each word counted.
    """
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    from seqnlp.runtime import load

    opened = load(model, threads, device, batch_size)
    answer = explainer(opened) if explain else opened.predict
    name = "the command line" if texts else "standard input" if source == STANDARD else str(source)
    lines = InputLines(source)
    items = READERS[input_format](enumerate(texts, 1) if texts else lines, name)
    terminal = output == STANDARD and sys.stdout.isatty()
    colour = terminal and "NO_COLOR" not in os.environ
    form = output_format or ("text" if terminal else "jsonl")
    write = writer(EXPLANATION if explain else opened.file.task, form, colour)

    def predicted(chunk: list[Item]) -> bytes:
        predictions = answer([item.content for item in chunk])
        return b"".join(encoded(write(*pair)) for pair in zip(chunk, predictions, strict=True))

    def drained() -> bool:
        return lines.drained

    with output_file(output) as file, frame(form, file, str(model)):
        for lines_out in overlapped(predicted, chunks(items, CHUNK, drained), drained):
            file.write(lines_out)
            file.flush()


def explainer(model: "Model") -> "Callable[[list[str | tuple[str, ...]]], list[Explanation]]":
    """How a model explains.

    Raises:
        ConfigError: It is no classifier.
        ModelFileError: It is one without attention.
    """
    from seqnlp.runtime import Classifier

    if not isinstance(model, Classifier):
        raise ConfigError(f"--explain is for classifiers, and {model.file.path} is a {model.task}")
    model.require_attention()
    return model.explain


def overlapped(
    function: Callable[[In], Out], inputs: Iterable[In], drained: Callable[[], bool]
) -> Iterator[Out]:
    """Map `function` over inputs in order, two at a time.

    While the model computes for one chunk, another is cut and encoded, or its tags are written out. Nothing
    is held back when the next input may take long to come.
    """
    workers = ThreadPoolExecutor(max_workers=2)
    pending: deque[Future[Out]] = deque()
    try:
        for each in inputs:
            pending.append(workers.submit(function, each))
            while len(pending) > (0 if drained() else 2):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        workers.shutdown(cancel_futures=True)
