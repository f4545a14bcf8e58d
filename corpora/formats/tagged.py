"""Files of tagged sentences. What reads a format is imported when a file of this format is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seqnlp.corpora.formats.endings import CONLL_ENDINGS, CONLLU_ENDINGS
from seqnlp.corpora.formats.reader import Format, Reader
from seqnlp.corpora.problems import OnError, Problems
from seqnlp.data.format_options import FormatOptions, gold_option, option, unescape_delimiter
from seqnlp.errors import ConfigError
from seqnlp.text.json_values import JSON_ENDINGS

if TYPE_CHECKING:
    from seqnlp.corpora.checks.tagged import TaggedRecord, TaggedSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedOptions(FormatOptions):
    """Options for files of tagged sentences.

    Raises:
        ConfigError: The delimiter is empty.
    """

    format: str | None = gold_option(
        None, "File format: conll, conllu or jsonl; the file ending selects it by default"
    )
    delimiter: str | None = option(
        None, "CoNLL columns: delimiter of the columns; any run of spaces and tabs by default"
    )
    word_column: int = option(0, "CoNLL columns: column of the words, from 0, or from -1 backwards")
    tag_column: int = gold_option(-1, "CoNLL columns: column of the tags, from 0, or from -1 backwards")
    tag_field: str = option(
        "upos",
        "CoNLL-U: field of the tags: upos, xpos, feats or deprel; JSON lines: key of the tags of words",
    )
    tag_names: str | None = gold_option(
        None, "JSON lines: names of tags that are numbers, in order, such as O,B-PER,I-PER"
    )
    scheme: Literal["auto", "bio", "iob1", "iobes", "plain"] = gold_option(
        "auto",
        "Tagging scheme of the files: bio, iob1, iobes or plain (tags without spans); auto detects it",
    )
    tag_form: Literal["auto", "prefix", "underscore", "suffix", "bare", "label"] = gold_option(
        "auto",
        "Form of the tags of spans: prefix (B-PER), underscore (B_PER), suffix (PER-B), bare (B) or label "
        "(PER); auto detects all of them but label",
    )
    strict_tags: bool = gold_option(
        False,
        "Refuse unusual tag sequences, such as I-PER after O in bio; by default they are read as conlleval "
        "reads them, with a warning",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "delimiter", unescape_delimiter(self.delimiter))
        if self.delimiter == "":
            raise ConfigError("the delimiter is empty; omit it for spaces and tabs")


def _read_conll(path: Path | str, options: TaggedOptions, on_error: OnError) -> "Iterator[TaggedRecord]":
    from seqnlp.corpora.formats.conll import read_conll

    return read_conll(
        path,
        delimiter=options.delimiter,
        word_column=options.word_column,
        tag_column=options.tag_column,
        on_error=on_error,
    )


def _read_conllu(path: Path | str, options: TaggedOptions, on_error: OnError) -> "Iterator[TaggedRecord]":
    from seqnlp.corpora.formats.conllu import read_conllu

    return read_conllu(path, tag_field=options.tag_field, on_error=on_error)


def _read_jsonl(path: Path | str, options: TaggedOptions, on_error: OnError) -> "Iterator[TaggedRecord]":
    from seqnlp.corpora.formats.jsonl import read_jsonl

    names = () if options.tag_names is None else tuple(map(str.strip, options.tag_names.split(",")))
    return read_jsonl(path, tag_key=options.tag_field, tag_names=names, on_error=on_error)


def _summary(options: TaggedOptions, problems: Problems) -> "TaggedSummary":
    from seqnlp.corpora.checks.tagged import TaggedSummary

    return TaggedSummary(problems, options.scheme, options.tag_form, options.strict_tags)


TAGGED: "Reader[TaggedRecord, TaggedOptions]" = Reader(
    "tagged sentences",
    TaggedOptions,
    {
        "conll": Format("one word per line, word and tag in columns", CONLL_ENDINGS, _read_conll),
        "conllu": Format("CoNLL-U of Universal Dependencies", CONLLU_ENDINGS, _read_conllu),
        "jsonl": Format("JSON with a text and its entities, or words and tags", JSON_ENDINGS, _read_jsonl),
    },
    _summary,
    rank=1,  # columns of words are almost any text
)
"""The reader of `TaggedSentence` records, and of `AnnotatedText` records in JSON lines."""
