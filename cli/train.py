"""`seqnlp train`: train a model into a run directory."""

import json
from pathlib import Path
from typing import Annotated

import typer

from seqnlp.cli.training_options import (
    Config,
    CorpusName,
    Delimiter,
    DevFile,
    Epochs,
    Folds,
    Format,
    Json,
    LabelColumn,
    LabelSeparator,
    OnError,
    Overrides,
    Pair,
    PreparedDirectory,
    Seed,
    SourceColumn,
    TagColumn,
    TargetColumn,
    TestFile,
    TextColumn,
    TrainFile,
    WordColumn,
)
from seqnlp.errors import ConfigError
from seqnlp.tasks.task import TaskName


def train(
    task: Annotated[TaskName, typer.Argument(help="What to train.")],
    corpus: CorpusName = None,
    train_file: TrainFile = None,
    dev_file: DevFile = None,
    test_file: TestFile = None,
    prepared: PreparedDirectory = None,
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
    folds: Folds = None,
    on_error: OnError = None,
    config: Config = None,
    overrides: Overrides = None,
    output: Annotated[
        Path | None, typer.Option(help="Run directory. Default: runs/TASK-N.", show_default=False)
    ] = None,
    epochs: Epochs = None,
    seed: Seed = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the run in --output.")] = False,
    as_json: Json = False,
) -> None:
    """Train a model on your data, or on the embedded sample of the task.

    The run directory contains model.onnx for `seqnlp predict` and any ONNX runtime, the settings, the scores,
    a model card and figures. Without --dev, every tenth training record is held out.

    Example: seqnlp train tagger --train train.conll --dev dev.conll --output runs/names
    """
    flags = {
        "data.corpus": corpus,
        "data.train": train_file,
        "data.dev": dev_file,
        "data.test": test_file,
        "data.prepared": prepared,
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
        "training.epochs": epochs,
        "training.seed": seed,
    }
    from seqnlp.tasks.task import load_settings, task_named
    from seqnlp.tasks.training import cross_validate, resume_run, train_run
    from seqnlp.training.run_directory import RunDirectory, free_directory

    if resume:
        if output is None:
            raise ConfigError("--resume needs --output, the directory of the run")
        if config or overrides or any(value is not None for value in (*flags.values(), folds)):
            raise ConfigError("--resume uses the settings of the run; give no others")
        metrics = resume_run(task, output, quiet=as_json).metrics
    else:
        directory = output or free_directory(Path("runs"), task)
        if folds is not None:
            metrics = cross_validate(
                task, directory, folds, config=config, overrides=overrides, values=flags, quiet=as_json
            )
        else:
            settings = load_settings(task, config, overrides, flags)
            metrics = train_run(task_named(task), settings, RunDirectory(directory), quiet=as_json)
    if as_json:
        print(json.dumps(metrics))
