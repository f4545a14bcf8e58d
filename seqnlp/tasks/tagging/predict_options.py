"""The options of a tagger's predictions, and how they are written."""

from collections.abc import Mapping
from dataclasses import dataclass

from seqnlp.serving.items import Item
from seqnlp.serving.marking import coloured, marked
from seqnlp.serving.predict_options import WordPredictOptions, Writer, output_option
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.prediction import TaggedText
from seqnlp.text.schemes import OUTSIDE


@dataclass(frozen=True, kw_only=True)
class TaggerPredictOptions(WordPredictOptions[Tagger]):
    """The options of a tagger's predictions.

    Attributes:
        tokens: Whether lines of JSON include the tokens with their tags.
    """

    tokens: bool = output_option(
        False, "JSON: include the tokens with their tags; plain tags always include them"
    )

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines, CoNLL columns and text."""
        return {"jsonl": self._write_json, "conll": write_columns, "text": write_brackets}

    def terminal_writer(self) -> Writer:
        """Return the writer of coloured text."""
        return write_colours

    def _write_json(self, item: Item, prediction: TaggedText) -> str:
        return prediction.to_json(item.fields, tokens=self.tokens)


def write_columns(item: Item, prediction: TaggedText) -> str:
    """Write one word per line with its tag.

    If the input has columns, write its lines with the tag as another column. Otherwise write words and tags,
    with a blank line between sentences.
    """
    if item.rows:
        tags = prediction.tags or [OUTSIDE]  # a document marker has no words
        delimited = ((row, "\t" if "\t" in row else " ") for row in item.rows)
        return "".join(
            f"{row}{delimiter}{tag}\n" for (row, delimiter), tag in zip(delimited, tags, strict=True)
        )
    lines = [f"{token.text}\t{tag}\n" for token, tag in zip(prediction.tokens, prediction.tags, strict=True)]
    return "\n".join("".join(lines[sentence]) for sentence in prediction.sentences)


def write_brackets(item: Item, prediction: TaggedText) -> str:
    """Write the text with its labels in brackets: `[Ada Lovelace PER]`."""
    return marked(prediction.text, prediction.spans(), lambda text, label: f"[{text} {label}]")


def write_colours(item: Item, prediction: TaggedText) -> str:
    """Write the text with its labels in the colours of a terminal."""
    return marked(prediction.text, prediction.spans(), lambda text, label: coloured(text, label, note=label))
