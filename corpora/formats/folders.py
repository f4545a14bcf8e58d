"""Labelled texts in folders: one folder per label, one file per text, as in aclImdb."""

from collections.abc import Iterator
from pathlib import Path

from seqnlp.corpora.problems import OnError, parse_valid, stop
from seqnlp.errors import DataError
from seqnlp.records import LabelledText, Origin


def read_folder(path: Path | str, *, on_error: OnError = stop) -> Iterator[LabelledText]:
    """Read a folder with one subfolder of text files per label.

    Args:
        path: The folder. Files next to the subfolders and names that start with a dot are ignored.
        on_error: Receives each file that cannot be read; by default the first error is raised.

    Yields:
        The texts, sorted by the names of labels and files.

    Raises:
        DataError: The folder is missing or contains no text, or `on_error` raises.
    """
    root = Path(path)
    try:
        labels = sorted(each for each in root.iterdir() if each.is_dir() and not each.name.startswith("."))
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    files = (file for label in labels for file in sorted(label.glob("[!.]*")) if file.is_file())
    nothing = DataError("contains no subfolder with texts; one subfolder per label is needed", path)
    for _, text in parse_valid(files, _parse, on_error, nothing):
        yield text


def _parse(file: Path) -> LabelledText:
    return LabelledText(_text(file), (file.parent.name,), Origin(str(file), 1))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DataError(f"not UTF-8: byte 0x{error.object[error.start]:02X}", file, line) from None
    except OSError as error:
        raise DataError(error.strerror or str(error), file) from error
