"""What a file is to train, told by its format and, where that leaves it open, by how it begins."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from seqnlp.corpora.formats.endings import named_format
from seqnlp.corpora.formats.labelled import READERS, guess_labelled_format, read_labelled
from seqnlp.corpora.formats.pairs import READERS as PAIR_READERS
from seqnlp.corpora.formats.pairs import guess_pair_format, read_pairs
from seqnlp.corpora.formats.tagged import FORMATS, guess_format
from seqnlp.corpora.problems import OnError
from seqnlp.errors import ConfigError, DataError

_FIRST = 20


def task_of(path: Path | str, format_name: str | None = None) -> str:
    """Tell whether a file holds tagged sentences, labelled texts or pairs.

    Trees by name and folders are labelled texts, CoNLL by name and CoNLL-U are tagged sentences, two files
    line by line are pairs. What else a file may hold, it holds if one of its first records can be read so:
    CSV, TSV and JSON lines pairs; JSON lines and files that end in `.tsv` or `.txt` labelled texts.

    Args:
        path: The file, or a folder.
        format_name: The format, if it is not told by the ending.

    Returns:
        `tagger`, `classifier` or `translator`, as `seqnlp train` names what is trained.

    Raises:
        ConfigError: The format is unknown, or the ending speaks for none.
    """
    known = {**FORMATS, **READERS, **PAIR_READERS}
    if format_name is not None:
        named_format(format_name, known)
    if format_name == "aligned":
        return "translator"
    if _may_be(path, format_name, PAIR_READERS, guess_pair_format) and _begins(
        lambda some: read_pairs(path, format_name, on_error=some)
    ):
        return "translator"
    tagged = _may_be(path, format_name, FORMATS, guess_format)
    labelled = _may_be(path, format_name, READERS, guess_labelled_format)
    if not tagged and not labelled:
        raise ConfigError(f"{path}: no format is known by this ending; name one of {', '.join(known)}")
    if tagged and labelled:
        labelled = _begins(lambda some: read_labelled(path, format_name, on_error=some))
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


def _begins(read: Callable[[OnError], Iterator[object]]) -> bool:
    """Whether one of the first records can be read."""
    problems = []

    def some(error: DataError) -> None:
        problems.append(error)
        if len(problems) == _FIRST:
            raise error

    try:
        return next(read(some), None) is not None
    except DataError:
        return False
