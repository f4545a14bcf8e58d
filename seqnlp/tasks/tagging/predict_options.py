"""The options of a tagger's predictions, and how they are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seqnlp.corpora import TaggedOptions
from seqnlp.corpora.inputs.columns import column_reader, conllu_reader
from seqnlp.corpora.inputs.objects import tagged_object_reader
from seqnlp.errors import DataError
from seqnlp.serving.items import InputFormat, Item
from seqnlp.serving.marking import coloured, marked, one_line
from seqnlp.serving.predict_options import Writer, output_option
from seqnlp.serving.rows import Rows
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.prediction import TaggedText
from seqnlp.tasks.word_predict_options import WordPredictOptions
from seqnlp.text.json_values import JSON_ENDINGS
from seqnlp.text.schemes import OUTSIDE

_NO_FIELDS = 6 * "\t_"


@dataclass(frozen=True, kw_only=True)
class TaggerPredictOptions(WordPredictOptions[Tagger]):
    """The options of a tagger's predictions.

    Attributes:
        tokens: Whether lines of JSON include the tokens with their tags.
    """

    tokens: bool = output_option(
        False, "JSON: include the tokens with their tags; plain tags always include them"
    )

    def input_formats(self, form: TaggedOptions) -> Mapping[str, InputFormat]:
        """Return the formats of words and texts; word columns are read as in the training files."""
        formats = super().input_formats(form)
        columns = column_reader(form.delimiter, form.word_column)
        return {
            **formats,
            "conll": InputFormat(columns, formats["conll"].endings),
            "conllu": InputFormat(conllu_reader(form.tag_field), formats["conllu"].endings),
            "jsonl": InputFormat(tagged_object_reader(form.tag_field), JSON_ENDINGS),
        }

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines, word columns and text."""
        return {
            "jsonl": self._write_json,
            "conll": write_columns,
            "conllu": write_conllu,
            "text": write_brackets,
        }

    def terminal_writer(self) -> Writer:
        """Return the writer of coloured text."""
        return write_colours

    def _write_json(self, item: Item, prediction: TaggedText) -> str:
        return prediction.to_json(item.fields, tokens=self.tokens)


def write_columns(item: Item, prediction: TaggedText) -> str:
    """Write one word per line with its tag.

    If the input has columns, write its lines with the tag as another column. Otherwise write words and tags
    with a tab between them, and a blank line between sentences.

    Raises:
        DataError: A word or a tag cannot be written in columns.
    """
    if item.rows is not None and item.rows.format == "conll":
        return _write_rows(item.rows, prediction)
    from seqnlp.corpora.formats.conll import DOCUMENT

    _check_columns(prediction.tags, " \t\r\n")
    words = [token.text for token in prediction.tokens]
    _check_columns(words, " \t\r\n")
    for word in words:
        if word.startswith(DOCUMENT):
            raise DataError(f"the word {word!r} cannot be written in columns, where it starts a document")
    lines = [f"{word}\t{tag}\n" for word, tag in zip(words, prediction.tags, strict=True)]
    return "\n".join("".join(lines[sentence]) for sentence in prediction.sentences)


def write_conllu(item: Item, prediction: TaggedText) -> str:
    """Write the lines of a CoNLL-U input with the tags in their field.

    If the input has another format, write the words with the tags as `upos`, and a blank line between
    sentences.

    Raises:
        DataError: A word or a tag cannot be written in CoNLL-U.
    """
    if item.rows is not None and item.rows.format == "conllu":
        return _write_rows(item.rows, prediction)
    words = [token.text for token in prediction.tokens]
    _check_columns([*words, *prediction.tags], "\t\r\n")
    return "\n".join(
        "".join(
            f"{number}\t{word}\t_\t{tag}{_NO_FIELDS}\n"
            for number, (word, tag) in enumerate(
                zip(words[sentence], prediction.tags[sentence], strict=True), 1
            )
        )
        for sentence in prediction.sentences
    )


def _write_rows(rows: Rows, prediction: TaggedText) -> str:
    return rows.with_tags(prediction.tags or [OUTSIDE] * len(rows.places))  # a document marker has no words


def _check_columns(values: Iterable[str], separators: str) -> None:
    """Check that values contain none of the characters that separate columns or lines."""
    for value in dict.fromkeys(values):
        if any(each in value for each in separators):
            raise DataError(f"{value!r} cannot be written in columns; write JSON lines instead")


def write_brackets(item: Item, prediction: TaggedText) -> str:
    """Write the text on one line, with its labels in brackets: `[Ada Lovelace PER]`."""
    return one_line(marked(prediction.text, prediction.spans(), lambda text, label: f"[{text} {label}]"))


def write_colours(item: Item, prediction: TaggedText) -> str:
    """Write the text with its labels in the colours of a terminal."""
    return marked(prediction.text, prediction.spans(), lambda text, label: coloured(text, label, note=label))
