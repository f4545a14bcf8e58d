"""`seqnlp predict`: tag, classify or translate text, or label trees, with a model file."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from seqnlp.cli.options import Device, ModelPath, Threads
from seqnlp.cli.prediction_input import READERS, Item, chunks, trees
from seqnlp.cli.prediction_output import ATTENTION, EXPLANATION, frame, writer
from seqnlp.cli.streams import STANDARD, InputLines, PromptedLines, encoded, output_file
from seqnlp.errors import ConfigError
from seqnlp.files import write_text_whole

if TYPE_CHECKING:
    from seqnlp.serving.model import Model
    from seqnlp.tasks.classification.explanation import Explanation
    from seqnlp.tasks.translation.prediction import Translation

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
    beam_size: Annotated[
        int | None,
        typer.Option(min=1, help="Translators: hypotheses followed; 1 is greedy search.", show_default="5"),
    ] = None,
    best: Annotated[
        int | None,
        typer.Option(min=1, help="Translators: hypotheses wanted, of those followed.", show_default="1"),
    ] = None,
    minimum: Annotated[
        int | None, typer.Option(min=0, help="Translators: the fewest pieces of a translation.")
    ] = None,
    maximum: Annotated[
        int | None,
        typer.Option(min=1, help="Translators: the most pieces.", show_default="twice the source's and 20"),
    ] = None,
    length_penalty: Annotated[
        float | None,
        typer.Option(min=0, help="Translators: the more, the longer what is written.", show_default="1.0"),
    ] = None,
    coverage_penalty: Annotated[
        float | None,
        typer.Option(min=0, help="Translators: the more, the less is left out.", show_default="0.0"),
    ] = None,
    no_repeat: Annotated[
        int | None, typer.Option(min=1, help="Translators: so many pieces in a row do not come again.")
    ] = None,
    show_attention: Annotated[
        bool, typer.Option("--show-attention", help="Translators: show what each piece was made from.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw the trees of one text, as SVG; or with --show-attention what was read, as a PNG."
        ),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="The most sentences of a batch.", show_default="by length")
    ] = None,
    threads: Threads = None,
    device: Device = "cpu",
) -> None:
    """Read texts from the command line, a file or standard input, in constant memory and in order.

    JSON lines have every token and entity with its place in the text and its probability; or the label of the
    text and the probability of each label, with --explain also how much each word counted; or the translation
    and its score; or the trees of the sentences of a text; or the label of each node of a tree, read in
    brackets, one a line. On a terminal, without a text, it asks for one after the other.
    """
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    from seqnlp.serving.models import load

    opened = load(model, threads, device, batch_size)
    search = {
        "beam_size": beam_size,
        "best": best,
        "minimum": minimum,
        "maximum": maximum,
        "length_penalty": length_penalty,
        "coverage_penalty": coverage_penalty,
        "no_repeat": no_repeat,
    }
    given = {option: value for option, value in search.items() if value is not None}
    for option, asked in {**given, "show-attention": show_attention}.items():
        if asked and opened.task != "translator":
            raise ConfigError(
                f"--{option.replace('_', '-')} is for translators, and {opened.file.path} is a {opened.task}"
            )
    of_trees = opened.task in ("parser", "tree-classifier")
    if picture is not None and not (texts and len(texts) == 1 and (show_attention or of_trees)):
        with_attention = "" if of_trees else "--show-attention and "
        raise ConfigError(f"--picture goes with {with_attention}one text on the command line")
    answer = answerer(opened, explain, given)
    name = "the command line" if texts else "standard input" if source == STANDARD else str(source)
    asking = not texts and source == STANDARD and sys.stdin.isatty()
    lines = PromptedLines() if asking else InputLines(source)
    read = trees if opened.task == "tree-classifier" else READERS[input_format]
    if read is trees and input_format != "text":
        raise ConfigError(f"{opened.file.path} reads trees in brackets, one a line, not {input_format}")
    items = read(enumerate(texts, 1) if texts else lines, name)
    terminal = output == STANDARD and sys.stdout.isatty()
    colour = terminal and "NO_COLOR" not in os.environ
    form = output_format or ("text" if terminal else "jsonl")
    kind = EXPLANATION if explain else ATTENTION if show_attention else opened.task
    write = writer(kind, form, colour)

    def predicted(chunk: list[Item]) -> bytes:
        predictions = answer([item.content for item in chunk])
        if picture is not None:
            draw(predictions[0], picture)
        return b"".join(encoded(write(*pair)) for pair in zip(chunk, predictions, strict=True))

    def drained() -> bool:
        return lines.drained

    with output_file(output) as file, frame(form, file, str(model)):
        for lines_out in overlapped(predicted, chunks(items, CHUNK, drained), drained):
            file.write(lines_out)
            file.flush()


def answerer(model: "Model", explain: bool, options: Mapping[str, Any]) -> Callable[[list[Any]], list[Any]]:
    """Return the function that predicts, explains, or searches with options.

    Raises:
        ConfigError: The model cannot explain.
    """
    if explain:
        return explainer(model)
    return translating(model, options) if options else model.predict


def explainer(model: "Model") -> "Callable[[list[str | tuple[str, ...]]], list[Explanation]]":
    """How a model explains.

    Raises:
        ConfigError: It is no classifier.
        ModelFileError: It is one without attention.
    """
    from seqnlp.tasks.classification.model import Classifier

    if not isinstance(model, Classifier):
        raise ConfigError(f"--explain is for classifiers, and {model.file.path} is a {model.task}")
    model.require_attention()
    return model.explain


def translating(model: "Model", options: Mapping[str, Any]) -> "Callable[[list[Any]], list[Translation]]":
    """How a translator translates with options of its search."""
    from seqnlp.tasks.translation.model import Translator
    from seqnlp.tasks.translation.search import SearchOptions

    assert isinstance(model, Translator), "others have no such options"
    return partial(model.predict, options=SearchOptions(**options))


def draw(prediction: Any, path: Path) -> None:
    """Draw trees, or the attention of a translation."""
    from seqnlp.tasks.translation.prediction import Translation

    if isinstance(prediction, Translation):
        from seqnlp.training.plots import plot_attention  # needs what the extra `train` brings

        plot_attention(prediction, path)
    else:
        write_text_whole(path, prediction.svg())


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
