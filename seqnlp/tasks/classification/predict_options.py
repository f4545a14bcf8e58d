"""The options of a classifier's predictions, and how they are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from seqnlp.corpora import LABELLED, LabelledOptions
from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect
from seqnlp.corpora.inputs.folders import open_folder
from seqnlp.corpora.inputs.tables import table_reader
from seqnlp.corpora.inputs.trees import tree_reader
from seqnlp.corpora.outputs.tables import tables
from seqnlp.records import ParseTree
from seqnlp.serving.items import InputFormat, Item, ItemReader, read_texts, text_object_reader
from seqnlp.serving.marking import NO_LABEL, coloured, one_line
from seqnlp.serving.predict_options import NewTable, Writer, output_option, write_json
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.prediction import Classification
from seqnlp.tasks.word_predict_options import WordPredictOptions
from seqnlp.text.json_values import JSON_ENDINGS

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation


@dataclass(frozen=True, kw_only=True)
class ClassifierPredictOptions(WordPredictOptions[Classifier]):
    """The options of a classifier's predictions.

    Attributes:
        explain: Whether to return the attention weight of each word.
    """

    explain: bool = output_option(False, "Highlight the words with the highest attention weights")

    def check(self, model: Classifier) -> None:
        """Check that the model has attention weights if `explain` is set.

        Raises:
            ModelFileError: It does not have them.
        """
        if self.explain:
            model.require_attention()

    def predict(self, model: Classifier, contents: Sequence[Any]) -> Sequence[Any]:
        """Return the classifications or explanations of texts."""
        return model.explain(contents) if self.explain else model.predict(contents)

    def input_formats(self, form: LabelledOptions) -> Mapping[str, InputFormat]:
        """Return the formats of words, texts, tables, trees and folders, read as in training."""
        formats = super().input_formats(form)
        return {
            "text": formats["text"],
            "csv": InputFormat(_table_reader(form, CSV), LABELLED.formats["csv"].endings),
            "tsv": InputFormat(_table_reader(form, TSV), LABELLED.formats["tsv"].endings),
            **formats,  # after the tables, because word columns may have the ending .tsv
            "jsonl": InputFormat(text_object_reader(form.text_column), JSON_ENDINGS),
            "trees": InputFormat(tree_reader(_join_words), (".mrg", ".ptb")),
            "folder": InputFormat(read_texts, open=open_folder),
        }

    def writers(self) -> Mapping[str, Writer]:
        """Return the writer of each output format."""
        if self.explain:
            return {"jsonl": write_json, "text": _write_explanation, "html": _write_article}
        return {"jsonl": write_json, "text": _write_labels}

    def tables(self, form: LabelledOptions, model: Classifier) -> Mapping[str, NewTable]:
        """Return tables with the labels and a column for the probability of each label."""
        decided = ["labels"] if model.codec.multi_label else ["label", "score"]
        scores = (f"scores.{label}" for label in model.codec.labels.entries)
        columns = ["text", *decided, *scores, *(["words"] if self.explain else [])]
        return tables(form, columns, methodcaller("to_dict"))

    def terminal_writer(self) -> Writer:
        """Return the writer of text with coloured labels and words."""
        return _write_coloured_explanation if self.explain else _write_coloured_labels

    def page_start(self, model: str) -> str:
        """Return the start of a page of explanations."""
        from seqnlp.tasks.classification.explanation_html import write_page_start

        return write_page_start(model)


def _table_reader(form: LabelledOptions, dialect: Dialect) -> ItemReader:
    return table_reader(form.dialect(dialect), {"text_column": form.text_column}, form.has_header)


def _join_words(tree: ParseTree) -> str:
    return " ".join(tree.words)


def _write_labels(item: Item, found: Classification) -> str:
    """Write the labels, each with its probability, and the text."""
    return _write_line(found, one_line(found.text), _plain)


def _write_coloured_labels(item: Item, found: Classification) -> str:
    return _write_line(found, found.text, _coloured)


def _write_explanation(item: Item, explanation: "Explanation") -> str:
    """Write the labels, and the text with the highest weights in brackets."""
    from seqnlp.tasks.classification.highlights import write_brackets

    return _write_line(explanation.classification, one_line(write_brackets(explanation)), _plain)


def _write_coloured_explanation(item: Item, explanation: "Explanation") -> str:
    from seqnlp.tasks.classification.highlights import write_colours

    return _write_line(explanation.classification, write_colours(explanation), _coloured)


def _write_article(item: Item, explanation: "Explanation") -> str:
    from seqnlp.tasks.classification.explanation_html import write_article

    return write_article(explanation)


def _write_line(found: Classification, text: str, write_label: Callable[[str, str], str]) -> str:
    labels = (write_label(label, f"{found.scores[label]:.3f}") for label in found.labels)
    return f"{', '.join(labels) or NO_LABEL}  {text}"


def _plain(label: str, score: str) -> str:
    return f"{label} {score}"


def _coloured(label: str, score: str) -> str:
    return coloured(label, label, score)
