"""The formats of input and output of `seqnlp predict`, chosen by name or by the endings of files."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from seqnlp.cli.streams import STANDARD
from seqnlp.data.format_options import FormatOptions
from seqnlp.errors import ConfigError
from seqnlp.serving.items import InputFormat
from seqnlp.serving.model import AnyModel
from seqnlp.tasks.format import corpus_format, recognizes, trained_format
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.task import AnyTask

_OUTPUT_ENDINGS = {".txt": "text", ".ndjson": "jsonl", ".htm": "html"}
"""Endings that differ from the name of their format."""
_OTHER_ENDINGS = (".csv", ".tsv", ".conll", ".conllu", ".mrg", ".ptb", ".html", ".htm")
"""Endings of formats that not every task writes."""


def choose_input(
    formats: Mapping[str, InputFormat],
    name: str | None,
    source: Path,
    task: AnyTask,
    model: AnyModel,
    form: FormatOptions,
) -> InputFormat:
    """Choose the format of an input.

    The ending of the file selects it. If the ending selects another format for corpus files, and the file
    contains gold data of the model, it is read like a corpus file.

    Args:
        formats: The formats by name; the first is the default.
        name: The name that the user gave, if any.
        source: The input file.
        task: The task.
        model: The model.
        form: The format options for the file.

    Raises:
        ConfigError: The name is unknown, or the ending is that of a format which the task does not read.
    """
    if name is not None:
        return formats[check_name(formats, name, f"a {task.name} reads")]
    if source == STANDARD:
        return next(iter(formats.values()))
    found = _by_ending(formats, source)
    trained = trained_format(task, model)
    corpus = corpus_format(task, form, source) or ""
    if found is None and trained.named and corpus == trained.name and corpus in formats:
        return formats[corpus]
    if corpus in formats and corpus != found:
        elsewhere = formats[corpus].open is not None
        if elsewhere or (source.is_file() and recognizes(task, model, form, source)):
            return formats[corpus]
    if found is None:
        _check_ending(formats, source, task.name)
    return formats[found or next(iter(formats))]


def _by_ending(formats: Mapping[str, InputFormat], source: Path) -> str | None:
    ending = source.name.lower().removesuffix(".gz")
    return next((name for name, each in formats.items() if ending.endswith(each.endings)), None)


def _check_ending(formats: Mapping[str, InputFormat], source: Path, task: str) -> None:
    """Raise an error if the ending of a file is that of a format which only other tasks read."""
    ending = source.name.lower().removesuffix(".gz")
    for other in (name for name in task_names() if name != task):
        for found, each in get_task(other).reader().formats.items():
            if each.endings and ending.endswith(each.endings):
                raise ConfigError(
                    f"{source}: the file ending selects {found}, but a {task} reads {' or '.join(formats)}; "
                    "choose one with --input-format"
                )


def choose_output(names: Sequence[str], name: str | None, target: Path, terminal: bool, task: AnyTask) -> str:
    """Return the name of the output format: the given one, that of the file's ending, or the default.

    Args:
        names: The names of the formats.
        name: The name that the user gave, if any.
        target: The output file.
        terminal: Whether the output is a terminal.
        task: The task. The ending of a corpus file selects its format, too.

    Raises:
        ConfigError: The name is unknown, or the ending is that of a format which the task does not write.
    """
    if name is not None:
        return check_name(names, name, f"a {task.name} writes")
    ending = target.suffix.lower()
    found = _OUTPUT_ENDINGS.get(ending, ending.removeprefix("."))
    reader = task.reader()
    corpus = reader.format_of(target, reader.options()) if reader.knows(target) else None
    for each in (found, corpus):
        if each in names:
            return str(each)
    if ending in _OTHER_ENDINGS:
        raise ConfigError(
            f"{target}: the file ending selects {found}, but a {task.name} writes {' or '.join(names)}; "
            "choose one with --output-format"
        )
    return "text" if terminal and "text" in names else "jsonl"


def check_name(known: Iterable[str], name: str, subject: str) -> str:
    """Return the name of a format.

    Raises:
        ConfigError: The name is unknown.
    """
    if name not in known:
        raise ConfigError(f"{subject} {' or '.join(known)}, not {name}")
    return name
