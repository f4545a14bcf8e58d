"""`seqnlp tokenize`: show the tokens of texts as JSON lines."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from seqnlp.cli.streams import STANDARD, InputLines, encoded, output_file, read_argument
from seqnlp.errors import ConfigError
from seqnlp.serving.items import read_texts
from seqnlp.text.tokenizers import NAMES, Tokenizer, get_tokenizer
from seqnlp.text.tokenizers.subwords import Subwords

Texts = Annotated[
    list[str] | None, typer.Argument(metavar="TEXT", help="Texts to tokenize.", show_default=False)
]
Input = Annotated[
    Path, typer.Option("--input", help="Input file with one text per line; - is standard input.")
]
Output = Annotated[Path, typer.Option("--output", help="Output file; - is standard output.")]
Name = Annotated[str, typer.Option("--tokenizer", help=f"Tokenizer: one of {', '.join(NAMES)}.")]
VocabularyFile = Annotated[
    Path | None, typer.Option("--vocabulary", help="Subwords: vocabulary file with one subword per line.")
]
LowerCase = Annotated[bool, typer.Option("--lower-case", help="Subwords: ignore case and accents.")]


def tokenize(
    texts: Texts = None,
    source: Input = STANDARD,
    output: Output = STANDARD,
    tokenizer: Name = "words",
    vocabulary: VocabularyFile = None,
    lower_case: LowerCase = False,
) -> None:
    """Show the tokens of texts with their offsets, one JSON object per text.

    Example: seqnlp tokenize "It's 5 p.m."
    """
    if texts and source != STANDARD:
        raise ConfigError("texts come from the command line or from --input, not from both")
    chosen = _load_tokenizer(tokenizer, vocabulary, lower_case)
    lines = InputLines(source)
    found = map(read_argument, texts) if texts else (item.content for item in read_texts(lines, lines.name))
    with output_file(output) as file:
        for line in _json_lines(chosen, found):
            file.write(encoded(line))


def _load_tokenizer(name: str, vocabulary: Path | None, lower_case: bool) -> Tokenizer:
    if name != Subwords.name:
        if vocabulary or lower_case:
            raise ConfigError("--vocabulary and --lower-case go with --tokenizer subwords only")
        return get_tokenizer(name)
    if vocabulary is None:
        raise ConfigError("--tokenizer subwords needs --vocabulary, a file with one subword per line")
    return Subwords.load(vocabulary, lower_case)


def _json_lines(tokenizer: Tokenizer, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        tokens: list[dict[str, Any]] = [
            {"text": token.text, "start": token.start, "end": token.end} for token in tokenizer.tokenize(text)
        ]
        if isinstance(tokenizer, Subwords):
            for token, number in zip(tokens, tokenizer.encode(text).ids, strict=True):
                token["id"] = number
        yield json.dumps({"text": text, "tokens": tokens}, ensure_ascii=False)
