"""Files of documents: plain texts, from which language models learn."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import isdir
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from seqnlp.corpora.checks.documents import DocumentSummary
from seqnlp.corpora.formats.json_objects import get_string, read_objects
from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines, read_text
from seqnlp.corpora.formats.reader import Format, Reader
from seqnlp.corpora.problems import OnError, parse_valid
from seqnlp.data.format_options import FormatOptions, gold_option, option
from seqnlp.errors import DataError
from seqnlp.records import Document, Origin
from seqnlp.text.json_values import JSON_ENDINGS

Unit: TypeAlias = Literal["file", "line", "paragraph"]
"""The text that is one document: a whole file, a line, or a paragraph between blank lines."""

_TUNE_ENDINGS = (".abc",)
_ENDINGS = (".txt", ".text", ".md", ".tokens", ".raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOptions(FormatOptions):
    """Options for files of documents."""

    format: str | None = gold_option(
        None, "File format: text, folder, jsonl or abc; the file ending selects it by default"
    )
    document: Literal["file", "line", "paragraph"] = gold_option(
        "file",
        "Text files: the text that is one document: file, line or paragraph (blank lines separate them)",
    )
    text_column: str = option("text", "JSON key of the text")


class _Block(NamedTuple):
    """The text of a document, which may contain bytes that are not UTF-8, and its first line."""

    path: Path | str
    line: int
    text: str


def _text(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    return _parse_blocks(_read_blocks(path, options.document), path, on_error)


def _folder(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    return _parse_blocks(_read_folder(path, options.document), path, on_error)


def _jsonl(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    def to_record(value: Any, origin: Origin) -> Document:
        text = get_string(value, options.text_column, "text")
        if _is_blank(text):
            raise ValueError("the text is blank")
        return Document(text, origin)

    return read_objects(path, to_record, on_error)


def _abc(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    return _parse_blocks(_read_tunes(path), path, on_error)


def _read_tunes(path: Path | str) -> Iterator[_Block | DataError]:
    from seqnlp.corpora.formats.tunes import read_tunes

    for tune in read_tunes(path):
        yield tune if isinstance(tune, DataError) else _Block(path, *tune)


def _parse_blocks(
    blocks: Iterator[_Block | DataError], path: Path | str, on_error: OnError
) -> Iterator[Document]:
    for _, document in parse_valid(blocks, _parse, on_error, DataError("contains no text", path)):
        yield document


def _parse(block: _Block | DataError) -> Document:
    if isinstance(block, DataError):
        raise block
    check_utf8((block.line, block.text), block.path)
    return Document(block.text, Origin(str(block.path), block.line))


def _read_blocks(path: Path | str, unit: Unit) -> Iterator[_Block]:
    """Read the documents of a text file that are not blank."""
    match unit:
        case "file":
            text = read_text(path)
            if not _is_blank(text):
                yield _Block(path, 1, text)
        case "line":
            for number, text in read_lines(path):
                if not _is_blank(text):
                    yield _Block(path, number, text)
        case "paragraph":
            for lines in _split_paragraphs(read_lines(path)):
                yield _Block(path, lines[0][0], "\n".join(text for _, text in lines))


def _split_paragraphs(lines: Iterator[Line]) -> Iterator[list[Line]]:
    paragraph = list[Line]()
    for line in lines:
        if not _is_blank(line[1]):
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _read_folder(path: Path | str, unit: Unit) -> Iterator[_Block | DataError]:
    """Read the documents of all text files below a folder. A file that cannot be read yields an error."""
    for file in _find_files(path):
        empty = True
        try:
            for block in _read_tunes(file) if _has_tunes(file.name) else _read_blocks(file, unit):
                empty = False
                yield block
        except DataError as error:
            yield error
        else:
            if empty:
                yield DataError("contains no text", file)


def _find_files(path: Path | str) -> Iterator[Path]:
    """Find the text files below a folder: those of each folder by name, then those of its subfolders."""

    def refuse(error: OSError) -> None:
        raise DataError(error.strerror or str(error), error.filename or path) from error

    for folder, subfolders, names in os.walk(path, onerror=refuse):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if _is_text_file(name))


def _is_text_file(name: str) -> bool:
    """Return whether a file name has an ending of text or tunes, or none. Hidden files have neither."""
    plain = name.lower().removesuffix(".gz")
    return not name.startswith(".") and (plain.endswith((*_ENDINGS, *_TUNE_ENDINGS)) or "." not in plain)


def _has_tunes(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(_TUNE_ENDINGS)


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


DOCUMENTS: Reader[Document, DocumentOptions] = Reader(
    "documents",
    DocumentOptions,
    {
        "text": Format("plain text", _ENDINGS, _text),
        "folder": Format(
            "text files in a folder and its subfolders", (), _folder, lambda path, _: isdir(path)
        ),
        "jsonl": Format("JSON with a text", JSON_ENDINGS, _jsonl),
        "abc": Format("tunes in ABC notation", _TUNE_ENDINGS, _abc),
    },
    lambda options, problems: DocumentSummary(),
)
"""The reader of `Document` records."""
