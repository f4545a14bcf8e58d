"""Labelled texts in folders: one for each label, one file for each text, as aclImdb has them."""

from collections.abc import Iterator
from pathlib import Path

from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import DataError
from seqnlp.records import LabelledText, Origin


def read_folder(path: Path | str, *, on_error: OnError = stop) -> Iterator[LabelledText]:
    """Read a folder whose folders are named by labels and hold text files.

    Args:
        path: The folder. Names that begin with a dot do not count, nor do files beside the labels' folders.
        on_error: Told of each file that cannot be read; by default raises the error.

    Yields:
        The texts, labels and files in the order of their names.

    Raises:
        DataError: The folder is missing or holds no text; or, if `on_error` lets it pass, a file is no UTF-8.
    """
    root = Path(path)
    try:
        labels = sorted(each for each in root.iterdir() if each.is_dir() and not each.name.startswith("."))
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    empty = True
    first: DataError | None = None
    for label in labels:
        for file in sorted(each for each in label.glob("[!.]*") if each.is_file()):
            try:
                text = _text(file)
            except DataError as error:
                first = first or error
                on_error(error)
                continue
            empty = False
            yield LabelledText(text, (label.name,), Origin(str(file), 1))
    if empty:
        raise first or DataError("holds no folder with texts; one for each label is wanted", path)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DataError(f"not UTF-8: byte 0x{error.object[error.start]:02X}", file, line) from None
    except OSError as error:
        raise DataError(error.strerror or str(error), file) from error
