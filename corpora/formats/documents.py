"""Files of documents: plain texts, from which language models learn."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from os.path import isdir, isfile
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from seqnlp.corpora.checks.documents import DocumentSummary
from seqnlp.corpora.formats.json_objects import get_string, read_objects
from seqnlp.corpora.formats.lines import Line, check_utf8, read_lines, read_text
from seqnlp.corpora.formats.reader import Format, Reader
from seqnlp.corpora.problems import OnError, parse_valid, stop
from seqnlp.data.format_options import FormatOptions, gold_option, option
from seqnlp.errors import DataError
from seqnlp.records import Document, Origin, Passage
from seqnlp.text.json_values import JSON_ENDINGS
from seqnlp.text.passages import cut_passages

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
    """A text that may contain bytes that are not UTF-8, and its first line.

    It is a document, or a passage of one; `last` says whether the document ends with it.
    """

    path: Path | str
    line: int
    text: str
    last: bool = True


def read_passages(
    path: Path | str, options: DocumentOptions | None = None, on_error: OnError = stop
) -> Iterator[Passage]:
    """Read the documents of a file passage by passage, in constant memory.

    A pipe with one document, and a document in JSON, is read as a whole.

    Args:
        path: A file or a folder, as for `DOCUMENTS`.
        options: The options; None for the defaults.
        on_error: Receives each document that cannot be read; by default the first error is raised. No
            passage of such a document is returned.

    Returns:
        The passages in the order of the file.

    Raises:
        ConfigError: As for `Reader.read`.
        DataError: As for `Reader.read`.
    """
    options = options or DocumentOptions()
    read = {"text": _text_passages, "folder": _folder_passages}.get(DOCUMENTS.format_of(path, options))
    if read is not None:
        return read(path, options, on_error)
    return chain.from_iterable(map(split_document, DOCUMENTS.read(path, options, on_error)))


def split_document(document: Document) -> Iterator[Passage]:
    """Yield the passages of a document. All have its origin."""
    text = ""
    for number, passage in enumerate(cut_passages([document.text])):
        if number:
            yield Passage(text, False, document.origin)
        text = passage
    yield Passage(text, True, document.origin)


def join_passages(passages: Iterable[Passage]) -> Iterator[Document]:
    """Yield the documents of passages."""
    parts = list[Passage]()
    for passage in passages:
        parts.append(passage)
        if passage.last:
            yield Document("".join(each.text for each in parts), parts[0].origin)
            parts = []


def _text(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    return join_passages(_text_passages(path, options, on_error))


def _folder(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    return join_passages(_folder_passages(path, options, on_error))


def _text_passages(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Passage]:
    return _parse_blocks(_read_blocks(path, options.document), path, on_error)


def _folder_passages(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Passage]:
    return _parse_blocks(_read_folder(path, options.document), path, on_error)


def _jsonl(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    def to_record(value: Any, origin: Origin) -> Document:
        text = get_string(value, options.text_column, "text")
        if _is_blank(text):
            raise ValueError("the text is blank")
        return Document(text, origin)

    return read_objects(path, to_record, on_error)


def _abc(path: Path | str, options: DocumentOptions, on_error: OnError) -> Iterator[Document]:
    return join_passages(_parse_blocks(_read_tunes(path), path, on_error))


def _read_tunes(path: Path | str) -> Iterator[_Block | DataError]:
    from seqnlp.corpora.formats.tunes import read_tunes

    for tune in read_tunes(path):
        yield tune if isinstance(tune, DataError) else _Block(path, *tune)


def _parse_blocks(
    blocks: Iterator[_Block | DataError], path: Path | str, on_error: OnError
) -> Iterator[Passage]:
    for _, passage in parse_valid(blocks, _parse, on_error, DataError("contains no text", path)):
        if passage.last:
            yield from split_document(Document(passage.text, passage.origin))
        else:
            yield passage


def _parse(block: _Block | DataError) -> Passage:
    if isinstance(block, DataError):
        raise block
    check_utf8((block.line, block.text), block.path)
    return Passage(block.text, block.last, Origin(str(block.path), block.line))


def _read_blocks(path: Path | str, unit: Unit) -> Iterator[_Block]:
    """Read the documents of a text file that are not blank."""
    match unit:
        case "file":
            yield from _read_whole(path)
        case "line":
            for number, text in read_lines(path):
                if not _is_blank(text):
                    yield _Block(path, number, text)
        case "paragraph":
            for lines in _split_paragraphs(read_lines(path)):
                yield _Block(path, lines[0][0], "\n".join(text for _, text in lines))


def _read_whole(path: Path | str) -> Iterator[_Block]:
    """Read a file as one document, passage by passage. A long file is checked first, so it is read twice.

    Raises:
        DataError: The file cannot be read, or a long file is not UTF-8.
    """
    passages = cut_passages(read_text(path))
    first, second = next(passages, ""), next(passages, None)
    if second is None:
        if not _is_blank(first):
            yield _Block(path, 1, first)
        return
    rest = passages if isfile(path) else list(passages)
    blank, line = True, 1
    for piece in read_text(path) if isfile(path) else [first, second, *rest]:
        check_utf8((line, piece), path)
        blank, line = blank and _is_blank(piece), line + piece.count("\n")
    if blank:
        return
    line, text = 1, first
    for passage in chain([second], rest):
        yield _Block(path, line, text, False)
        line, text = line + text.count("\n"), passage
    yield _Block(path, line, text)


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
    rank=2,  # a document is any text
)
"""The reader of `Document` records."""
