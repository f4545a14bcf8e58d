"""`seqnlp evaluate`: how well a model does on labelled text."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from seqnlp.cli.options import AsJson, Device, ModelPath, Threads
from seqnlp.errors import ConfigError


def evaluate(
    model: ModelPath,
    data: Annotated[Path | None, typer.Option(help="A labelled file.", show_default=False)] = None,
    corpus: Annotated[
        str | None,
        typer.Option(help="A corpus by name, name[:split]; the split is test.", show_default=False),
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="conll, conllu or jsonl; else told by the ending.")
    ] = None,
    scheme: Annotated[
        Literal["auto", "bio", "iob1", "iobes", "plain"], typer.Option(help="How the file writes spans.")
    ] = "auto",
    on_error: Annotated[
        Literal["stop", "skip"], typer.Option(help="What a sentence that is wrong does.")
    ] = "stop",
    threads: Threads = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Score a model on labelled text: by label, by seen and unseen, by sentence length."""
    from seqnlp.cli.labelled import labelled_sentences
    from seqnlp.runtime import Tagger
    from seqnlp.runtime import evaluate as score

    if (data is None) == (corpus is None):
        raise ConfigError("give --data FILE or --corpus NAME[:SPLIT]")
    tagger = Tagger.open(model, threads, device)
    sentences = labelled_sentences(tagger, data, corpus, file_format, scheme, on_error)
    found = score(tagger, sentences).to_dict()
    if as_json:
        print(json.dumps(found))
    else:
        _show(found)


def _show(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    table = Table("", "precision", "recall", "f1", "support")
    for label, row in found["labels"].items():
        table.add_row(label, *_figures(row))
    if "f1" in found:
        table.add_section()
        table.add_row("all", *_figures(found))
    for name in ("by_novelty", "by_length"):
        table.add_section()
        for part, row in found.get(name, {}).items():
            if "precision" in row:
                table.add_row(part, *_figures(row))
            else:
                table.add_row(part, "", "", f"accuracy {row['accuracy']:.4f}", f"{row['support']:,}")
    console.print(table)
    console.print(
        f"{found['sentences']:,} sentences, {found['tokens']:,} tokens, "
        f"token accuracy {found['accuracy']:.4f}"
    )


def _figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (*(f"{row[name]:.4f}" for name in ("precision", "recall", "f1")), f"{row['support']:,}")
