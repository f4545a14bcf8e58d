"""What a file is to train, told by its format and, where that leaves it open, by how it begins."""

from collections.abc import Callable, Mapping
from pathlib import Path

from seqnlp.corpora.endings import named_format
from seqnlp.corpora.formats import FORMATS, guess_format
from seqnlp.corpora.labelled import READERS, guess_labelled_format, read_labelled
from seqnlp.errors import ConfigError, DataError

_FIRST = 20


def task_of(path: Path | str, format_name: str | None = None) -> str:
    """Tell whether a file holds tagged sentences or labelled texts.

    CSV, trees by name and folders are labelled texts, CoNLL by name and CoNLL-U are tagged sentences. JSON
    lines and files that end in `.tsv` or `.txt` may be either: labelled texts, if one of the first records
    can be read as one.

    Args:
        path: The file, or a folder.
        format_name: The format, if it is not told by the ending.

    Returns:
        `tagger` or `classifier`, as `seqnlp train` names what is trained.

    Raises:
        ConfigError: The format is unknown, or the ending speaks for none.
    """
    known = {**FORMATS, **READERS}
    if format_name is not None:
        named_format(format_name, known)
    tagged = _may_be(path, format_name, FORMATS, guess_format)
    labelled = _may_be(path, format_name, READERS, guess_labelled_format)
    if not tagged and not labelled:
        raise ConfigError(f"{path}: no format is known by this ending; name one of {', '.join(known)}")
    if tagged and labelled:
        labelled = _begins_labelled(path, format_name)
    return "classifier" if labelled else "tagger"


def _may_be(
    path: Path | str, name: str | None, known: Mapping[str, object], guess: Callable[[Path | str], str]
) -> bool:
    if name is not None:
        return name in known
    try:
        guess(path)
    except ConfigError:
        return False
    return True


def _begins_labelled(path: Path | str, format_name: str | None) -> bool:
    problems = []

    def some(error: DataError) -> None:
        problems.append(error)
        if len(problems) == _FIRST:
            raise error

    try:
        return next(read_labelled(path, format_name, on_error=some), None) is not None
    except DataError:
        return False
