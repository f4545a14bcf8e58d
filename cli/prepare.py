"""`seqnlp prepare TASK`: encode a corpus once and report what it contains."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp.cli.generated import Command, task_app, with_options
from seqnlp.cli.setting_options import Config, Json, Overrides, example_files, setting_options, values_of
from seqnlp.strict_json import dump_json
from seqnlp.tasks.task import AnyTask


def build_prepare(task: AnyTask) -> Command:
    """Return the command that prepares a corpus for a task."""

    def prepare(
        output: Annotated[Path, typer.Option(help="Directory to write.", show_default=False)],
        config: Config = None,
        overrides: Overrides = None,
        as_json: Json = False,
        **values: Any,
    ) -> None:
        from seqnlp.tasks.corpus import prepare as prepare_corpus
        from seqnlp.tasks.prepared import prepared_report
        from seqnlp.training.directory_lock import lock_directory
        from seqnlp.training.run_directory import check_empty

        settings = task.settings().load(config, overrides or (), values_of(task, values))
        with lock_directory(output):
            check_empty(output)
            prepared = prepare_corpus(task, settings)
            prepared.write(output, task)
        report = prepared_report(task, prepared, settings)
        print(dump_json(report.to_dict()) if as_json else report)

    prepare.__doc__ = f"""Encode a corpus once, for `seqnlp train {task.name} --prepared DIRECTORY`.

    Prints the lengths of the records, the share of padding in batches, the share of unknown words and the
    number of each label by split.

    Example: seqnlp prepare {task.name} {example_files(task)} --output prepared
    """
    options = setting_options(task, ("data", "format"))
    return with_options(prepare, (each for each in options if each.name != "prepared"))


app = task_app(build_prepare, "Encode a corpus once. `seqnlp prepare TASK --help` shows all options.")
