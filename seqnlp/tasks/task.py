"""The tasks that seqnlp trains."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from seqnlp.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

    from seqnlp.metrics.metric import Metric
    from seqnlp.settings import Settings
    from seqnlp.training.loop import Epochs, Score
    from seqnlp.training.run_directory import RunDirectory

WordTaskName = Literal["tagger", "classifier"]
"""The tasks that read words, and so have an encoder and labels."""
TaskName = Literal[WordTaskName, "translator", "parser", "tree-classifier"]

_TASKS: Mapping[str, tuple[str, str]] = {
    "tagger": ("seqnlp.tasks.tagging.task:TaggerTask", "seqnlp.tasks.tagging.settings:TaggerSettings"),
    "classifier": (
        "seqnlp.tasks.classification.task:ClassifierTask",
        "seqnlp.tasks.classification.settings:ClassifierSettings",
    ),
    "translator": (
        "seqnlp.tasks.translation.task:TranslatorTask",
        "seqnlp.tasks.translation.settings:TranslatorSettings",
    ),
    "parser": ("seqnlp.tasks.parsing.task:ParserTask", "seqnlp.tasks.parsing.settings:ParserSettings"),
    "tree-classifier": (
        "seqnlp.tasks.tree_classification.task:TreeClassifierTask",
        "seqnlp.tasks.tree_classification.settings:TreeSettings",
    ),
}
"""The one registry: where each task is, and its settings."""


class Report(Protocol):
    """What is in a prepared corpus.

    Attributes:
        found: All figures, as JSON values.
    """

    found: dict[str, Any]

    def show(self, console: "Console") -> None:
        """Print them."""


class Task(Protocol):
    """What training needs to know of a task.

    What is `prepared` is the task's own: it has a `codec`, the settings `text` that it was made with, the
    `spec` of what prediction needs besides the codec, a `source`, and `held_out` parts by name; it can
    `write` itself into a directory.

    Attributes:
        name: Its name.
        records: What a corpus for it has many of: `sentences`, `texts`, `pairs` or `trees`.
    """

    name: str
    records: str

    def record(self, value: Any, settings: Any) -> Any:
        """Convert a value in memory to a record.

        Raises:
            TypeError: The value cannot be converted.
        """

    def prepare(self, settings: Any, memory: Mapping[str, Sequence[Any]] | None = None) -> Any:
        """Read the prepared directory that the settings name, or read and encode a corpus.

        Args:
            settings: The settings.
            memory: Records by split, instead of a corpus or files.

        Raises:
            ConfigError: The settings contradict each other, or the corpus lacks a part.
            DataError: A file is wrong.
        """

    def metric(self, prepared: Any, settings: Any) -> "Metric":
        """The score that decides between epochs, and that the task is judged by."""

    def batches(self, prepared: Any, settings: Any) -> "Epochs":
        """The training batches."""

    def report(self, prepared: Any, settings: Any) -> Report:
        """What is in the corpus."""

    def network(self, prepared: Any, settings: Any) -> Any:
        """A new network."""

    def describe(self, network: Any, settings: Any) -> str:
        """What a network is, in words."""

    def scorer(self, network: Any, prepared: Any, batches: Any) -> "Score":
        """Scores the network on dev."""

    def finish(self, network: Any, prepared: Any, batches: Any) -> dict[str, Any]:
        """What is left to do when the network is trained; returns figures for `metrics.json`."""

    def export(self, network: Any, prepared: Any, path: Path, metadata: Mapping[str, Any]) -> None:
        """Write the model file, held to the network on dev.

        Raises:
            ParityError: The file does not compute what the network computes.
        """

    def load(self, path: Path) -> Any:
        """Read the network that a run saved.

        Raises:
            ModelFileError: The file is missing or damaged.
        """

    def scores(self, path: Path, prepared: Any) -> dict[str, Any]:
        """Score the model file on each held-out part; a score has `to_dict`."""

    def draw(self, scores: Mapping[str, Any], prepared: Any, run: "RunDirectory") -> dict[str, Path]:
        """Draw what there is to see of a finished model; returns pictures by their titles."""


class WordTask(Task, Protocol):
    """What a comparison needs to know beyond that of a task that reads words.

    Each part of what it prepares has the `encoded` arrays and the `words` of its records, and there are
    `label_counts` of all parts.
    """

    def labeller(self, path: Path) -> Callable[[Sequence[Sequence[str]]], Any]:
        """Open the model file: what labels records that are cut into words."""

    def outputs(self, network: Any, states: Any) -> Any:
        """What each step of a record says, [batch, time, any], from its hidden states [time, batch, size]."""


def task_named(name: str) -> Task:
    """Give the task of a name; it may import what trains."""
    return _found(_TASKS[name][0])()  # type: ignore[no-any-return]


def word_task_named(name: str) -> WordTask:
    """Give the task of a name that reads words; it may import what trains.

    Raises:
        ConfigError: The task reads no words.
    """
    if name not in get_args(WordTaskName):
        raise ConfigError(f"a {name} cannot be compared; {' and '.join(get_args(WordTaskName))} can")
    return task_named(name)  # type: ignore[return-value]


def load_settings(
    task: str,
    config: Path | None = None,
    overrides: Iterable[str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Any:
    """Load the settings of a task.

    Args:
        task: The name of the task.
        config: A TOML file.
        overrides: Strings `SECTION.KEY=VALUE`, which take precedence over the file.
        values: Values by full name, which take precedence over both; None stands for a value not given.

    Raises:
        ConfigError: A setting is wrong.
    """
    given = {key: value for key, value in (values or {}).items() if value is not None}
    return settings_class(task).load(config, overrides or (), given)


def settings_class(name: str) -> "type[Settings]":
    """Give the class of a task's settings."""
    return _found(_TASKS[name][1])  # type: ignore[no-any-return]


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
