"""`seqnlp evaluate`: score a model on gold data."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import fields
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from seqnlp.cli.generated import ModelCommand, command_app, field_options, with_options
from seqnlp.cli.options import AsJson, Device, ModelPath, Threads
from seqnlp.errors import ConfigError
from seqnlp.metrics.mistakes import Mistake
from seqnlp.strict_json import dump_json
from seqnlp.tasks.task import AnyTask


def _options(task: AnyTask) -> Iterator[Parameter]:
    from seqnlp.serving.predict_options import scored_fields

    form, prediction = task.reader().options, task.predict_options()
    yield from field_options(form, fields(form), f"File format of a {task.name}")
    yield from field_options(prediction, scored_fields(prediction), f"Prediction of a {task.name}")


class EvaluateCommand(ModelCommand):
    """`seqnlp evaluate`, with the options of the model's task."""

    options_of = staticmethod(_options)


def evaluate(
    model: ModelPath,
    data: Annotated[
        Path | None, typer.Option(help="File with gold data, in a format of the task.", show_default=False)
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(metavar="NAME[:SPLIT]", help="Corpus by name; the default split is test."),
    ] = None,
    errors: Annotated[
        Path | None,
        typer.Option(
            help="File for the mistakes, gold beside predicted: JSON lines, or a page if it ends in .html.",
            show_default=False,
        ),
    ] = None,
    on_error: Annotated[
        Literal["stop", "skip"], typer.Option(help="What to do with an invalid record.")
    ] = "stop",
    threads: Threads = None,
    device: Device = "cpu",
    as_json: AsJson = False,
    **values: Any,
) -> None:
    """Score a model on gold data.

    A file is read the way the training files were read, unless an option says otherwise.
    `seqnlp evaluate MODEL --help` shows the options of the model's task.

    Example: seqnlp evaluate runs/names --data test.conll
    """
    from seqnlp.cli.streams import check_outside, check_separate, encoded, output_file, readable
    from seqnlp.corpora import entry
    from seqnlp.tasks.evaluation import evaluate as evaluate_model
    from seqnlp.tasks.evaluation import gold_files
    from seqnlp.tasks.loading import load

    if (data is None) == (corpus is None):
        raise ConfigError("give --data FILE or --corpus NAME[:SPLIT]")
    if corpus is not None:
        entry(corpus.partition(":")[0])  # an unknown corpus is an error, not a file
    check_separate(errors, model, model / "model.onnx", data)
    check_outside(errors, data)
    given = {name: value for name, value in values.items() if value is not None}
    data = data and readable(data)
    opened = load(model, threads, device)
    if errors is not None and data is not None:
        check_separate(errors, *gold_files(opened, data, given))
    with nullcontext() if errors is None else output_file(errors) as file:
        scores = evaluate_model(opened, data or str(corpus), on_error=on_error, **given)
        if errors is not None and file is not None:
            title = f"Mistakes of {model} on {data or corpus}"
            file.writelines(map(encoded, _write_mistakes(scores.mistakes, errors, title)))
    print(dump_json({**scores.to_dict(), **scores.details()}) if as_json else scores)


def _write_mistakes(mistakes: Sequence[Mistake], path: Path, title: str) -> Iterator[str]:
    """Yield the lines of a file with mistakes; the file ending selects the format."""
    if path.suffix.lower() in (".html", ".htm"):
        from seqnlp.metrics.mistakes_page import write_page

        yield from write_page(mistakes, title)
    else:
        yield from (dump_json(mistake.to_dict(), ensure_ascii=False) for mistake in mistakes)


app = command_app(with_options(evaluate, ()), EvaluateCommand)
