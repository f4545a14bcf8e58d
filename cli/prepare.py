"""`seqnlp prepare`: encode, bucket and pad a corpus once, and say what is in it."""

import json
from pathlib import Path
from typing import Annotated

import typer

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
    Pair,
    SourceColumn,
    TagColumn,
    TargetColumn,
    TestFile,
    TextColumn,
    TrainFile,
    WordColumn,
)
from seqnlp.tasks.task import TaskName, load_settings, task_named


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
    pair: Pair = None,
    source_column: SourceColumn = None,
    target_column: TargetColumn = None,
    on_error: OnError = None,
    config: Config = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Encode a corpus once, to arrays on disk that `seqnlp train --prepared` maps into memory.

    Prints how long sentences or texts are, how much of the batches is padding, how many words of each part
    training does not know, and how often each part has each label; or what pairs were left out.
    """
    from seqnlp.training.run_directory import check_empty

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
        "data.pair": pair,
        "data.source_column": source_column,
        "data.target_column": target_column,
        "data.on_error": on_error,
    }
    settings = load_settings(task, config, overrides, flags)
    check_empty(output)
    chosen = task_named(task)
    prepared = chosen.prepare(settings)
    prepared.write(output)
    report = chosen.report(prepared, settings)
    if as_json:
        print(json.dumps(report.found))
        return
    from rich.console import Console

    report.show(Console(markup=False, highlight=False))
