"""Options that `train`, `prepare` and `compare` share."""

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
        help="Corpus by name; `seqnlp corpora list` shows all names.",
        rich_help_panel=_DATA,
        autocompletion=_complete_corpus,
    ),
]
TrainFile = Annotated[Path | None, typer.Option("--train", help="Training file.", rich_help_panel=_DATA)]
DevFile = Annotated[
    Path | None,
    typer.Option(
        "--dev",
        help="File that selects the best epoch. Default: a tenth of the training data.",
        rich_help_panel=_DATA,
    ),
]
TestFile = Annotated[
    Path | None,
    typer.Option("--test", help="File that is scored once, after training.", rich_help_panel=_DATA),
]
PreparedDirectory = Annotated[
    Path | None,
    typer.Option("--prepared", help="Directory written by `seqnlp prepare`.", rich_help_panel=_DATA),
]
Format = Annotated[
    str | None,
    typer.Option("--format", help="File format. Default: by the file ending.", rich_help_panel=_DATA),
]
Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", help="Column delimiter. Default: by the format.", rich_help_panel=_DATA),
]
WordColumn = Annotated[
    int | None,
    typer.Option(
        "--word-column", help="Column of the words, counted from 0. Default: 0.", rich_help_panel=_DATA
    ),
]
TagColumn = Annotated[
    int | None,
    typer.Option(
        "--tag-column", help="Column of the tags; -1 is the last. Default: -1.", rich_help_panel=_DATA
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text-column", help="Column or JSON key of the texts. Default: text.", rich_help_panel=_DATA
    ),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        "--label-column", help="Column or JSON key of the labels. Default: label.", rich_help_panel=_DATA
    ),
]
LabelSeparator = Annotated[
    str | None,
    typer.Option(
        "--label-separator",
        help="Separator between the labels of a text with several. Default: one label per text.",
        rich_help_panel=_DATA,
    ),
]
Pair = Annotated[
    str | None,
    typer.Option(
        "--pair",
        metavar="SOURCE-TARGET",
        help="Endings of two aligned files, such as en-de: --train t then reads t.en and t.de.",
        rich_help_panel=_DATA,
    ),
]
SourceColumn = Annotated[
    str | None,
    typer.Option(
        "--source-column", help="Column or JSON key of the sources. Default: source.", rich_help_panel=_DATA
    ),
]
TargetColumn = Annotated[
    str | None,
    typer.Option(
        "--target-column", help="Column or JSON key of the targets. Default: target.", rich_help_panel=_DATA
    ),
]
OnError = Annotated[
    Literal["stop", "skip"] | None,
    typer.Option(
        "--on-error", help="What to do with an invalid record. Default: stop.", rich_help_panel=_DATA
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="TOML file with settings; `seqnlp init TASK` prints one.", rich_help_panel=_SETTINGS
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SECTION.KEY=VALUE",
        help="Set one setting, such as network.units=100. Repeat it for several.",
        rich_help_panel=_SETTINGS,
        autocompletion=_complete_setting,
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        min=3,
        help="Cross-validate a classifier with this many folds, one run each.",
        rich_help_panel=_DATA,
    ),
]
Epochs = Annotated[
    int | None, typer.Option("--epochs", help="Maximum number of epochs.", rich_help_panel=_SETTINGS)
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", help="Random seed for weights, dropout and batch order.", rich_help_panel=_SETTINGS
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object to stdout, nothing to stderr.")]
