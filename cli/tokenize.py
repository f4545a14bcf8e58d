"""`seqnlp tokenize`: what a tokenizer makes of texts, as JSON lines."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from seqnlp.corpora.lines import Line, check_utf8, read_lines
from seqnlp.errors import ConfigError, DataError
from seqnlp.files import written_whole
from seqnlp.tokenizers import NAMES, Subwords, Tokenizer
from seqnlp.tokenizers import tokenizer as make_tokenizer

STANDARD = Path("-")

Texts = Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="Texts to cut.", show_default=False)]
Input = Annotated[Path, typer.Option("--input", help="A file with one text a line; - is standard input.")]
Output = Annotated[Path, typer.Option("--output", help="Where to write; - is standard output.")]
Name = Annotated[str, typer.Option("--tokenizer", help=f"One of {', '.join(NAMES)}.")]
VocabularyFile = Annotated[
    Path | None, typer.Option("--vocabulary", help="For subwords: a file with one piece a line.")
]
LowerCase = Annotated[bool, typer.Option("--lower-case", help="For subwords: ignore case and accents.")]


def tokenize(
    texts: Texts = None,
    source: Input = STANDARD,
    output: Output = STANDARD,
    tokenizer: Name = "words",
    vocabulary: VocabularyFile = None,
    lower_case: LowerCase = False,
) -> None:
    """Show the tokens of texts and where they stand, one JSON object a text."""
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    cutter = _cutter(tokenizer, vocabulary, lower_case)
    lines = _json_lines(cutter, texts or _lines(source))
    if output == STANDARD:
        _write(lines, sys.stdout.buffer)
        return
    try:
        with written_whole(output) as temporary, temporary.open("wb") as file:
            _write(lines, file)
    except OSError as error:
        raise DataError(error.strerror or str(error), output) from error


def _cutter(name: str, vocabulary: Path | None, lower_case: bool) -> Tokenizer:
    if name != Subwords.name:
        if vocabulary or lower_case:
            raise ConfigError("--vocabulary and --lower-case go with --tokenizer subwords only")
        return make_tokenizer(name)
    if vocabulary is None:
        raise ConfigError("--tokenizer subwords needs --vocabulary, a file with one piece a line")
    return Subwords.read(vocabulary, lower_case)


def _lines(source: Path) -> Iterator[str]:
    for line in _standard_input() if source == STANDARD else read_lines(source):
        check_utf8(line, source)
        yield line[1]


def _standard_input() -> Iterator[Line]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape")
        yield number, text.removesuffix("\n").removesuffix("\r")


def _json_lines(cutter: Tokenizer, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        tokens: list[dict[str, Any]] = [
            {"text": token.text, "start": token.start, "end": token.end} for token in cutter.tokenize(text)
        ]
        if isinstance(cutter, Subwords):
            for token, number in zip(tokens, cutter.encode(text).ids, strict=True):
                token["id"] = number
        yield json.dumps({"text": text, "tokens": tokens}, ensure_ascii=False)


def _write(lines: Iterable[str], file: BinaryIO) -> None:
    for line in lines:
        # Lone surrogates, from a command line that is no UTF-8, become JSON's own escapes.
        file.write(line.encode("utf-8", "backslashreplace") + b"\n")
    file.flush()
