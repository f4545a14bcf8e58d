"""`seqnlp prepare`: encode, bucket and pad a corpus once, and say what is in it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp.cli.tasks import Task, TaskName, task_named
from seqnlp.cli.training_options import (
    Config,
    CorpusName,
    Delimiter,
    DevFile,
    Format,
    Json,
    LabelColumn,
    LabelSeparator,
    OnError,
    Overrides,
    TagColumn,
    TestFile,
    TextColumn,
    TrainFile,
    WordColumn,
    settings_of,
)


def prepare(
    task: Annotated[TaskName, typer.Argument(help="What the corpus is to train.")],
    output: Annotated[Path, typer.Option(help="The directory to write.", show_default=False)],
    corpus: CorpusName = None,
    train_file: TrainFile = None,
    dev_file: DevFile = None,
    test_file: TestFile = None,
    file_format: Format = None,
    delimiter: Delimiter = None,
    word_column: WordColumn = None,
    tag_column: TagColumn = None,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    label_separator: LabelSeparator = None,
    on_error: OnError = None,
    config: Config = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Encode a corpus once, to arrays on disk that `seqnlp train --prepared` maps into memory.

    Prints how long sentences or texts are, how much of the batches is padding, how many words of each part
    training does not know, and how often each part has each label.
    """
    from seqnlp.run_directory import check_empty

    flags = {
        "data.corpus": corpus,
        "data.train": train_file,
        "data.dev": dev_file,
        "data.test": test_file,
        "data.format": file_format,
        "data.delimiter": delimiter,
        "data.word_column": word_column,
        "data.tag_column": tag_column,
        "data.text_column": text_column,
        "data.label_column": label_column,
        "data.label_separator": label_separator,
        "data.on_error": on_error,
    }
    settings = settings_of(task, config, overrides, flags)
    check_empty(output)
    chosen = task_named(task)
    prepared = chosen.prepare(settings)
    prepared.write(output)
    found = report(chosen, prepared, settings)
    if as_json:
        print(json.dumps(found))
    else:
        _show(found, chosen.records)


def report(task: Task, prepared: Any, settings: Any) -> dict[str, Any]:
    """Lengths, padding, unknown words and labels of a prepared corpus.

    Args:
        task: The task.
        prepared: What it prepared.
        settings: Its settings, which say how batches are made.
    """
    import numpy as np

    from seqnlp.batching import padding_share
    from seqnlp.vocabulary import UNKNOWN

    batches = task.batches(prepared, settings)
    train = batches.encoded
    parts = {"train": train, **{name: split.encoded for name, split in prepared.held_out.items()}}
    counts = prepared.label_counts()
    found: dict[str, Any] = {
        "words": len(prepared.codec.words),
        "characters": len(prepared.codec.characters),
        "labels": list(prepared.codec.labels.entries),
        "buckets": list(batches.buckets.lengths),
        "batches": batches.steps,
        "padding": round(padding_share(batches.plan(0), train.windows.lengths), 4),
        "parts": {},
    }
    for name, encoded in parts.items():
        lengths = encoded.windows.whole
        found["parts"][name] = {
            task.records: len(lengths),
            "rows": len(encoded.windows.lengths),
            "tokens": len(encoded.words),
            "unknown": round(float(np.mean(encoded.words == UNKNOWN)), 4),
            "length": {
                "mean": round(float(lengths.mean()), 1),
                **{f"p{share}": int(np.percentile(lengths, share)) for share in (50, 90, 99)},
                "longest": int(lengths.max()),
            },
            "labels": dict(counts[name].most_common()),
        }
    return found


def _show(found: Mapping[str, Any], records: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from seqnlp.cli.label_rows import add_label_rows

    headings = ("tokens", "unknown words", "mean length", "median", "90 %", "99 %", "longest")
    table = Table("part", records, *headings, box=None)
    for name, part in found["parts"].items():
        length = part["length"]
        table.add_row(
            name,
            f"{part[records]:,}",
            f"{part['tokens']:,}",
            f"{part['unknown']:.1%}",
            *(str(length[key]) for key in ("mean", "p50", "p90", "p99", "longest")),
        )
    labels = Table("label", *found["parts"], box=None)
    rest = add_label_rows(labels, [part["labels"] for part in found["parts"].values()])
    console = Console(markup=False, highlight=False)
    console.print(table)
    console.print(labels)
    if rest:
        console.print(rest)
    console.print(
        f"{found['words']:,} words, {found['characters']:,} characters, {len(found['labels'])} labels\n"
        f"{found['batches']:,} batches an epoch, padded to {', '.join(map(str, found['buckets']))}: "
        f"{found['padding']:.1%} of the positions are padding"
    )
