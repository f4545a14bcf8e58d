"""`seqnlp prepare`: encode, bucket and pad a corpus once, and say what is in it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from seqnlp.cli.training_options import (
    Config,
    CorpusName,
    Delimiter,
    DevFile,
    Format,
    Json,
    OnError,
    Overrides,
    TagColumn,
    TestFile,
    TrainFile,
    WordColumn,
    settings_of,
)


def prepare(
    task: Annotated[Literal["tagger"], typer.Argument(help="What the corpus is to train.")],
    output: Annotated[Path, typer.Option(help="The directory to write.", show_default=False)],
    corpus: CorpusName = None,
    train_file: TrainFile = None,
    dev_file: DevFile = None,
    test_file: TestFile = None,
    file_format: Format = None,
    delimiter: Delimiter = None,
    word_column: WordColumn = None,
    tag_column: TagColumn = None,
    on_error: OnError = None,
    config: Config = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Encode a corpus once, to arrays on disk that `seqnlp train --prepared` maps into memory.

    Prints how long the sentences are, how much of the batches is padding, and how many words of each part
    training does not know.
    """
    from seqnlp.cli.tagger_task import prepare_tagging
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
        "data.on_error": on_error,
    }
    settings = settings_of(task, config, overrides, flags)
    check_empty(output)
    prepared = prepare_tagging(settings)
    prepared.write(output)
    found = report(prepared, settings.training)
    if as_json:
        print(json.dumps(found))
    else:
        _show(found)


def report(prepared: Any, training: Any) -> dict[str, Any]:
    """Lengths, padding and unknown words of a prepared corpus.

    Args:
        prepared: A `seqnlp.tagging.prepared.Prepared`.
        training: The `TrainingSettings` that say how batches are made.
    """
    import numpy as np

    from seqnlp.batching import padding_share
    from seqnlp.training_batches import training_batches
    from seqnlp.vocabulary import UNKNOWN

    batches = training_batches(prepared.train, training, word_dropout=0.0)
    parts = {"train": prepared.train, **{name: split.encoded for name, split in prepared.held_out.items()}}
    found: dict[str, Any] = {
        "words": len(prepared.codec.words),
        "characters": len(prepared.codec.characters),
        "labels": list(prepared.codec.labels.entries),
        "buckets": list(batches.buckets.lengths),
        "batches": batches.steps,
        "padding": round(padding_share(batches.plan(0), prepared.train.windows.lengths), 4),
        "parts": {},
    }
    for name, encoded in parts.items():
        lengths = encoded.windows.lengths
        found["parts"][name] = {
            "rows": len(lengths),
            "tokens": len(encoded.words),
            "unknown": round(float(np.mean(encoded.words == UNKNOWN)), 4),
            "length": {
                "mean": round(float(lengths.mean()), 1),
                **{f"p{share}": int(np.percentile(lengths, share)) for share in (50, 90, 99)},
                "longest": int(lengths.max()),
            },
        }
    return found


def _show(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "part", "rows", "tokens", "unknown words", "mean length", "median", "90 %", "99 %", "longest"
    )
    for name, part in found["parts"].items():
        length = part["length"]
        table.add_row(
            name,
            f"{part['rows']:,}",
            f"{part['tokens']:,}",
            f"{part['unknown']:.1%}",
            *(str(length[key]) for key in ("mean", "p50", "p90", "p99", "longest")),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"{found['words']:,} words, {found['characters']:,} characters, {len(found['labels'])} labels\n"
        f"{found['batches']:,} batches an epoch, padded to {', '.join(map(str, found['buckets']))}: "
        f"{found['padding']:.1%} of the positions are padding"
    )
