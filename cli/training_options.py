"""The options that `train` and `prepare` share, and the settings that they make."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

_DATA = "Data"
_SETTINGS = "Settings"


def _complete_corpus(incomplete: str) -> list[str]:
    from seqnlp.corpora import known

    return [name for name in known() if name.startswith(incomplete)]


def _complete_setting(context: typer.Context, incomplete: str) -> list[str]:
    from seqnlp.tasks.task import TaskName, settings_class

    given: Any = context.params.get("task")
    task = given if given in get_args(TaskName) else "tagger"
    keys = (setting.key for setting in settings_class(task).describe())
    return [f"{key}=" for key in keys if key.startswith(incomplete)]


CorpusName = Annotated[
    str | None,
    typer.Option(
        "--corpus",
        help="A corpus by name: see `seqnlp corpora list`.",
        rich_help_panel=_DATA,
        autocompletion=_complete_corpus,
    ),
]
TrainFile = Annotated[Path | None, typer.Option("--train", help="The training file.", rich_help_panel=_DATA)]
DevFile = Annotated[
    Path | None, typer.Option("--dev", help="The file that chooses the best epoch.", rich_help_panel=_DATA)
]
TestFile = Annotated[
    Path | None, typer.Option("--test", help="The file that is scored at the end.", rich_help_panel=_DATA)
]
PreparedDirectory = Annotated[
    Path | None, typer.Option("--prepared", help="What `seqnlp prepare` wrote.", rich_help_panel=_DATA)
]
Format = Annotated[
    str | None,
    typer.Option("--format", help="The files' format; by default by the ending.", rich_help_panel=_DATA),
]
Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", help="What parts columns. Default: by the format.", rich_help_panel=_DATA),
]
WordColumn = Annotated[
    int | None, typer.Option("--word-column", help="The words' column, from 0.", rich_help_panel=_DATA)
]
TagColumn = Annotated[
    int | None, typer.Option("--tag-column", help="The tags' column; -1 is the last.", rich_help_panel=_DATA)
]
TextColumn = Annotated[
    str | None,
    typer.Option("--text-column", help="The texts' column or key. Default: text.", rich_help_panel=_DATA),
]
LabelColumn = Annotated[
    str | None,
    typer.Option("--label-column", help="The labels' column or key. Default: label.", rich_help_panel=_DATA),
]
LabelSeparator = Annotated[
    str | None,
    typer.Option(
        "--label-separator",
        help="What parts labels where a text may have several, or none. Default: each has one.",
        rich_help_panel=_DATA,
    ),
]
Pair = Annotated[
    str | None,
    typer.Option(
        "--pair",
        metavar="SOURCE-TARGET",
        help="The endings of two aligned files, as en-de: --train t is then t.en and t.de.",
        rich_help_panel=_DATA,
    ),
]
SourceColumn = Annotated[
    str | None,
    typer.Option(
        "--source-column", help="The sources' column or key. Default: source.", rich_help_panel=_DATA
    ),
]
TargetColumn = Annotated[
    str | None,
    typer.Option(
        "--target-column", help="The targets' column or key. Default: target.", rich_help_panel=_DATA
    ),
]
OnError = Annotated[
    Literal["stop", "skip"] | None,
    typer.Option("--on-error", help="What a wrong sentence does. Default: stop.", rich_help_panel=_DATA),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", help="A TOML file; `seqnlp init TASK` prints one.", rich_help_panel=_SETTINGS),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SECTION.KEY=VALUE",
        help="One setting; may be repeated.",
        rich_help_panel=_SETTINGS,
        autocompletion=_complete_setting,
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        min=3,
        help="Classifier: cross-validate on all texts; one run a fold, and their mean.",
        rich_help_panel=_DATA,
    ),
]
Epochs = Annotated[int | None, typer.Option("--epochs", help="The most epochs.", rich_help_panel=_SETTINGS)]
Seed = Annotated[int | None, typer.Option("--seed", help="Of all that is random.", rich_help_panel=_SETTINGS)]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object to stdout, nothing to stderr.")]
