"""Reports on the catalogue, on corpora and on files."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from seqnlp.corpora.catalogue.entries import CATALOGUE
from seqnlp.corpora.catalogue.lookup import entry, load
from seqnlp.corpora.checks.summary import Summary
from seqnlp.corpora.checks.tables import label_of, tabulate_counts, tabulate_figures, text_of
from seqnlp.corpora.formats.reader import Options, Reader, Record
from seqnlp.corpora.problems import Problems
from seqnlp.errors import DataError
from seqnlp.metrics.report import Report, Table
from seqnlp.types import JsonObject

NewSummary: TypeAlias = Callable[[Any, Problems], Summary[Any]]
"""A function that returns a new summary for the options of a reader. Invalid records become problems."""


def list_corpora() -> Report:
    """Report the name, tags, language and description of each corpus of the catalogue."""
    corpora = [
        {
            "name": name,
            "task": each.task,
            "tags": each.tags,
            "language": each.language,
            "installed": each.installed(),
            "description": each.description,
            "licence": each.licence,
        }
        for name, each in CATALOGUE.items()
    ]
    columns = ("name", "tags", "language", "installed", "description")
    rows = tuple(tuple(text_of(corpus[column]) for column in columns) for corpus in corpora)
    return Report({"corpora": corpora}, (Table(columns, rows),))


def describe(name: str, summary: NewSummary | None = None) -> Report:
    """Report the contents of the splits of a corpus, with examples, licence and location.

    Args:
        name: `name[/part]`.
        summary: Returns a new summary for its records; that of their reader by default.

    Raises:
        CorpusError: The corpus is unknown, not installed or damaged.
    """
    corpus, each = load(name), entry(name)
    new, options = summary or each.reader.summary, each.reader.options()
    splits = {split: new(options, Problems()).count(corpus.split(split)) for split in corpus.splits}
    examples = splits["train"].examples
    facts = {
        "tags": each.tags,
        "language": each.language,
        "split_rule": each.split_rule,
        "licence": each.licence,
        "location": each.source.location(),
    }
    figures = {
        "name": name,
        "task": each.task,
        "description": each.description,
        **facts,
        "splits": {split: _figures(found) for split, found in splits.items()},
        "examples": examples,
    }
    lines = [each.description, *(f"{label_of(key)}: {value}" for key, value in facts.items())]
    return Report(figures, (*lines, *_tables(splits), *examples))


def check_file(
    path: Path | str,
    reader: Reader[Record, Options],
    options: Options | None = None,
    summary: NewSummary | None = None,
) -> tuple[Report, Problems]:
    """Read a whole file in constant memory, and report its contents and problems.

    Args:
        path: The file or folder.
        reader: The reader of the file.
        options: The options of the reader; None for the defaults.
        summary: Returns a new summary for its records; that of the reader by default.

    Returns:
        The report, and the problems: records that cannot be read or that no model can use.

    Raises:
        ConfigError: The format is unknown.
        DataError: The file contains no record that can be used.

    Example:
        >>> report, problems = check_file("train.conll", TAGGED)
        >>> print(report)
    """
    options = reader.options() if options is None else options
    format_name, problems = reader.format_of(path, options), Problems()
    found = (summary or reader.summary)(options, problems).count(reader.read(path, options, problems))
    if not found.records:
        raise problems.first[0] if problems.first else DataError("contains no record that can be used", path)
    figures = {
        "file": str(path),
        "kind": reader.name,
        "format": format_name,
        **_figures(found),
        "warnings": list(found.warnings),
        "problems": problems.count,
        "first_problems": [str(error) for error in problems.first],
    }
    lines = [str(error) for error in problems.first]
    if problems.count > len(lines):
        lines.append(f"... and {problems.count - len(lines):,} more problems")
    lines += (f"warning: {warning}" for warning in found.warnings)
    header = f"{path}: {reader.name}, format {format_name}"
    return Report(figures, (header, *_tables({"count": found}), *lines)), problems


def _figures(summary: Summary[Any]) -> JsonObject:
    counts = {name: dict(counter.most_common()) for name, counter in summary.counts.items()}
    return {**summary.figures, **counts}


def _tables(summaries: Mapping[str, Summary[Any]]) -> Iterator[Table | str]:
    """Yield a table of all figures and one of each kind of label, with a column per summary."""
    yield tabulate_figures({name: summary.figures for name, summary in summaries.items()})
    for kind in dict.fromkeys(kind for summary in summaries.values() for kind in summary.counts):
        counts = {name: summary.counts.get(kind, Counter()) for name, summary in summaries.items()}
        yield from tabulate_counts(kind, counts)
