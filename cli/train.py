"""`seqnlp train TASK`: train a model into a run directory."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp.cli.generated import Command, task_app, with_options
from seqnlp.cli.setting_options import Config, Json, Overrides, example_files, setting_options, values_of
from seqnlp.errors import ConfigError
from seqnlp.strict_json import dump_json
from seqnlp.tasks.task import AnyTask

SECTIONS = ("data", "format")


def _complete_run(incomplete: str) -> list[str]:
    """Return the run directories that begin with a text, and the directories that may contain some."""
    parent = incomplete.rpartition("/")[0] + "/" if "/" in incomplete else ""
    try:
        folders = [path for path in Path(parent or ".").iterdir() if path.is_dir()]
    except OSError:
        return []
    found = [
        f"{parent}{path.name}" if (path / "config.toml").exists() else f"{parent}{path.name}/"
        for path in sorted(folders)
        if not path.name.startswith(".")
    ]
    return [each for each in found if each.startswith(incomplete)]


def build_train(task: AnyTask) -> Command:
    """Return the command that trains a task."""

    def train(
        config: Config = None,
        overrides: Overrides = None,
        output: Annotated[
            Path | None, typer.Option(help="Run directory.", show_default=f"runs/{task.name}-N")
        ] = None,
        start_from: Annotated[
            Path | None,
            typer.Option(
                "--from",
                help="Finished run of the same task to start from: its weights, vocabularies and settings.",
                autocompletion=_complete_run,
            ),
        ] = None,
        resume: Annotated[bool, typer.Option("--resume", help="Resume the run in --output.")] = False,
        as_json: Json = False,
        **values: Any,
    ) -> None:
        from seqnlp.tasks.cross_validation import cross_validate
        from seqnlp.tasks.start import load_start_settings
        from seqnlp.tasks.training import resume_run, train_run
        from seqnlp.training.directory_lock import output_directory
        from seqnlp.training.run_directory import RunDirectory

        given = values_of(task, values)
        if resume:
            if output is None:
                raise ConfigError("--resume needs --output, the directory of the run")
            if start_from is not None:
                raise ConfigError("give --from or --resume, not both: a resumed run has its own weights")
            if config or overrides or given:
                raise ConfigError("--resume uses the settings of the run; give no others")
            metrics = resume_run(task, output, quiet=as_json).metrics
        else:
            if start_from is not None:
                given["training.start_from"] = start_from
            load = partial(task.settings().load, config, overrides or (), given)
            settings = load_start_settings(task, load)
            with output_directory(output, task.name) as directory:
                if settings.data.folds is not None and settings.data.fold is None:
                    metrics = cross_validate(task, settings, directory, settings.data.folds, quiet=as_json)
                else:
                    metrics = train_run(task, settings, RunDirectory(directory), quiet=as_json)
        if as_json:
            print(dump_json(metrics))

    sample = f" or on the embedded sample {task.sample}" if task.sample else ""
    train.__doc__ = f"""{task.description} Train on your data{sample}.

    The run directory contains model.onnx for `seqnlp predict` and any ONNX runtime, the settings, the scores,
    a model card and figures. Without --dev, a tenth of the training data is held out.

    `seqnlp init {task.name}` prints all settings; change one with --set. --from starts from the weights of
    another run, for more data, new labels or more epochs.

    Example: seqnlp train {task.name} {example_files(task)} --output runs/mine

    Example: seqnlp train {task.name} --from runs/mine {example_files(task)} --output runs/more
    """
    return with_options(train, setting_options(task, SECTIONS, ("training.epochs", "training.seed")))


app = task_app(build_train, "Train a model. `seqnlp train TASK --help` shows the options of a task.")
