"""The registry of tasks: those of seqnlp and those of other distributions."""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from seqnlp.errors import ConfigError
from seqnlp.tasks.task import AnyTask

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "seqnlp.tasks"
"""The entry point group in which another distribution registers a task: `NAME = "MODULE:CLASS"`."""

_BUILT_IN = {
    "tagger": "seqnlp.tasks.tagging.task:TaggerTask",
    "parser": "seqnlp.tasks.parsing.task:ParserTask",
    "tree-classifier": "seqnlp.tasks.tree_classification.task:TreeClassifierTask",
    "classifier": "seqnlp.tasks.classification.task:ClassifierTask",
    "translator": "seqnlp.tasks.translation.task:TranslatorTask",
    "language-model": "seqnlp.tasks.language_modelling.task:LanguageModelTask",
}


@cache
def _external() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points  # slow, and models of seqnlp do not need it

    return {point.name: point for point in entry_points(group=GROUP)}


def task_names() -> list[str]:
    """Return the names of all tasks, those of seqnlp first."""
    return [*_BUILT_IN, *(name for name in _external() if name not in _BUILT_IN)]


@cache
def get_task(name: str) -> AnyTask:
    """Return the task with this name.

    Raises:
        ConfigError: The task is unknown. The message suggests a similar name.

    Example:
        >>> get_task("tagger").noun
        'sentence'
    """
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        task: AnyTask = getattr(import_module(module), attribute)()
        return task
    if name in _external():
        external: AnyTask = _external()[name].load()()
        return external
    near = get_close_matches(name, task_names(), n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError(f"unknown task {name!r}; {hint}known tasks: {', '.join(task_names())}")
