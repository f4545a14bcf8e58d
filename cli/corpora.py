"""`seqnlp corpora`: what corpora there are, what they hold, and whether a file of one's own is sound."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seqnlp import corpora
from seqnlp.corpora import ErrorPolicy, ReadOptions
from seqnlp.errors import CorpusError, DataError

app = typer.Typer(help="Known corpora, and checks of your own.", no_args_is_help=True)

_LONGEST_TABLE = 40
_LONGEST_EXAMPLE = 200  # characters

Name = Annotated[str, typer.Argument(help="A corpus of `seqnlp corpora list`.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object.")]


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """List the corpora that are known by name."""
    from seqnlp.cli.corpus_report import list_corpora

    rows = list_corpora()
    if as_json:
        _write_json({"corpora": rows})
        return
    table = Table("name", "tags", "language", "installed", "description", box=None)
    for row in rows:
        installed = "yes" if row["installed"] else "no"
        table.add_row(row["name"], row["tags"], row["language"], installed, row["description"])
    Console(markup=False).print(table)


@app.command("show")
def show_command(name: Name, as_json: Json = False) -> None:
    """Show a corpus: its splits, labels, lengths, a few sentences, its licence and where it is."""
    from seqnlp.cli.corpus_report import describe

    with Console(stderr=True).status(f"reading {name}"):
        description = describe(name)
    if as_json:
        _write_json(description)
    else:
        _print_description(description)


@app.command("download")
def download_command(name: Name) -> None:
    """Download a corpus with NLTK's downloader, to where NLTK_DATA says."""
    from rich.progress import Progress

    entry = corpora.entry(name)
    if entry.source.package is not None and not entry.installed():
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(f"downloading {entry.source.package}", total=1.0)
            corpora.download(entry.source.package, lambda share: progress.update(task, completed=share))
    location = entry.source.location()
    if location is None:
        raise CorpusError(f"{name} was downloaded, but NLTK does not find it")
    typer.echo(f"{name} is in {location}")


@app.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(help="A corpus file, plain or gzipped.", show_default=False)],
    file_format: Annotated[
        str | None, typer.Option("--format", help=f"{', '.join(corpora.FORMATS)}; else told by the ending.")
    ] = None,
    on_error: Annotated[
        ErrorPolicy, typer.Option(help="stop: problems make the check fail; skip: they are only counted.")
    ] = ErrorPolicy.STOP,
    delimiter: Annotated[str | None, typer.Option(help="Between columns; else spaces and tabs.")] = None,
    word_column: Annotated[int, typer.Option(help="The column of the words, from 0 or from -1.")] = 0,
    tag_column: Annotated[int, typer.Option(help="The column of the tags.")] = -1,
    tag_field: Annotated[str, typer.Option(help="CoNLL-U: the field that is the tag.")] = "upos",
    as_json: Json = False,
) -> None:
    """Read a whole corpus file and report what it holds and what is wrong with it."""
    from seqnlp.cli.corpus_report import check

    options = ReadOptions(delimiter, word_column, tag_column, tag_field)
    with Console(stderr=True).status(f"reading {file}"):
        report, problems = check(file, file_format, options)
    if as_json:
        _write_json(report)
    else:
        _print_report(report)
    if problems.count and on_error is ErrorPolicy.STOP:
        raise DataError(problems.summary("found", "problem"))


def _write_json(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _print_description(description: Mapping[str, Any]) -> None:
    console = Console(markup=False, highlight=False)
    console.print(description["description"])
    for key in ("tags", "scheme", "language", "split_rule", "licence", "location"):
        if description[key] is not None:
            console.print(f"{key.replace('_', ' ')}: {description[key]}")
    splits = description["splits"]
    table = Table("", *splits, box=None)
    for key in ("sentences", "texts", "tokens", "characters", "documents"):
        if all(key in split for split in splits.values()):
            table.add_row(key, *(f"{split[key]:,}" for split in splits.values()))
    for key in ("mean", "median", "p95", "longest"):
        table.add_row(f"length, {key}", *(f"{split['lengths'][key]:,}" for split in splits.values()))
    counts = [split["labels"] for split in splits.values()]
    labels = list(dict.fromkeys(label for count in counts for label in count))
    for label in labels[:_LONGEST_TABLE]:
        table.add_row(label, *(f"{count.get(label, 0):,}" for count in counts))
    console.print(table)
    _print_rest(console, labels)
    for example in description["examples"]:
        console.print(
            f"{example['label']}  {example['text'][:_LONGEST_EXAMPLE]}"
            if "text" in example
            else " ".join(map(_tagged, example["words"], example["tags"]))
        )


def _print_report(report: Mapping[str, Any]) -> None:
    console = Console(markup=False, highlight=False)
    keys = ("sentences", "texts", "tokens", "characters", "documents")
    counts = ", ".join(f"{key} {report[key]:,}" for key in keys if report.get(key))
    scheme = f", scheme {report['scheme']}" if report["scheme"] else ""
    console.print(f"{report['file']}: {report['format']}, {counts}{scheme}", soft_wrap=True)
    console.print("length: " + ", ".join(f"{key} {value:,}" for key, value in report["lengths"].items()))
    table = Table("label", "count", box=None)
    for label, count in list(report["labels"].items())[:_LONGEST_TABLE]:
        table.add_row(label, f"{count:,}")
    console.print(table)
    _print_rest(console, report["labels"])
    for problem in report["first_problems"]:
        console.print(problem, soft_wrap=True)
    if report["problems"] > len(report["first_problems"]):
        console.print(f"... and {report['problems'] - len(report['first_problems']):,} problems more")


def _print_rest(console: Console, labels: Sequence[str] | Mapping[str, int]) -> None:
    if len(labels) > _LONGEST_TABLE:
        console.print(f"... and {len(labels) - _LONGEST_TABLE:,} labels more (--json lists all)")


def _tagged(word: str, tag: str) -> str:
    return word if tag == "O" else f"{word}/{tag}"
