"""CoNLL-U, the format of Universal Dependencies (https://universaldependencies.org/format.html)."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from sys import intern

from seqnlp.corpora.formats.blocks import Block, Rows, parse_sentences, read_blocks
from seqnlp.corpora.formats.lines import Line, check_utf8
from seqnlp.corpora.problems import OnError, stop
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import TaggedSentence

TAG_FIELDS = {"upos": 3, "xpos": 4, "feats": 5, "deprel": 7}
"""The column of each field that can be used as tag."""

FIELDS = 10
"""The number of fields of a word."""
FORM = 1
"""The column of the form of a word."""
_NOT_A_WORD = re.compile(r"[0-9]+[-.][0-9]+")
_DOCUMENT = re.compile(r"#\s*newdoc\b")


def read_conllu(
    path: Path | str, *, tag_field: str = "upos", on_error: OnError = stop
) -> Iterator[TaggedSentence]:
    """Read a CoNLL-U file, sentence by sentence.

    Syntactic words become words. Lines of multiword tokens (`1-2`) and empty nodes (`1.1`) are skipped. The
    sentence after a comment `# newdoc` starts a document.

    Args:
        path: A file, plain or gzipped, in UTF-8.
        tag_field: The field of the tags, one of `TAG_FIELDS`.
        on_error: Receives each sentence that cannot be read; by default the first error is raised. A sentence
            is invalid if a line does not have ten fields, has an empty form or tag or an id out of order,
            or is not UTF-8.

    Yields:
        The sentences in the order of the file.

    Raises:
        ConfigError: The field is unknown.
        DataError: The file cannot be read or contains no sentence, or `on_error` raises.
    """
    parse = partial(_parse, path=path, tag_column=find_tag_column(tag_field))
    return parse_sentences(path, read_blocks(path, "#", _DOCUMENT), parse, on_error)


def find_tag_column(tag_field: str) -> int:
    """Return the column of a field of tags.

    Raises:
        ConfigError: The field is unknown.
    """
    if tag_field not in TAG_FIELDS:
        raise ConfigError(f"unknown CoNLL-U field {tag_field!r}; fields of tags: {', '.join(TAG_FIELDS)}")
    return TAG_FIELDS[tag_field]


def read_fields(lines: Iterable[Line], path: Path | str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the fields of each word of a sentence.

    Args:
        lines: The lines of the sentence without comments.
        path: The file, for messages.

    Raises:
        DataError: A line is not UTF-8 or does not have ten fields, a form is empty, or an id is out of order.
    """
    count = 0
    for line in lines:
        check_utf8(line, path)
        number, text = line
        fields = text.split("\t")
        if len(fields) != FIELDS:
            raise DataError(f"{len(fields)} fields between tabs, but CoNLL-U has {FIELDS}", path, number)
        if _NOT_A_WORD.fullmatch(fields[0]):
            continue
        count += 1
        if fields[0] != str(count):
            raise DataError(f"word id {fields[0]!r}, but {count} is next", path, number)
        if not fields[FORM]:
            raise DataError("empty form", path, number)
        yield number, fields


def _parse(block: Block, path: Path | str, tag_column: int) -> Rows:
    first, words, tags = 0, list[str](), list[str]()
    for number, fields in read_fields(block.lines, path):
        if not fields[tag_column]:
            raise DataError("empty tag", path, number)
        first = first or number
        words.append(intern(fields[FORM]))
        tags.append(intern(fields[tag_column]))
    if not words:
        raise DataError("the sentence has no word", path, block.lines[0][0])
    return first, tuple(words), tuple(tags)
