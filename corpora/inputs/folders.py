"""The texts of a folder with one subfolder per label."""

from collections.abc import Iterator
from os.path import relpath
from pathlib import Path

from seqnlp.errors import OnError
from seqnlp.records import LabelledText
from seqnlp.serving.items import Item


def open_folder(path: Path, on_error: OnError) -> Iterator[Item]:
    """Read the texts of a folder as `read_folder` does. The field `file` has the path inside the folder."""
    from seqnlp.corpora.formats.folders import read_folder

    return (_to_item(text, path) for text in read_folder(path, on_error=on_error))


def _to_item(text: LabelledText, folder: Path) -> Item:
    file = text.origin.path if text.origin is not None else ""
    return Item(text.text, len(text.text), {"file": relpath(file, folder)})
