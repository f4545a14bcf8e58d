"""The options of a translator's predictions, and how they are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import methodcaller

from seqnlp.corpora import PAIRS, PairOptions
from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect
from seqnlp.corpora.inputs.aligned import source_opener
from seqnlp.corpora.inputs.tables import table_reader
from seqnlp.corpora.outputs.tables import tables
from seqnlp.data.format_options import option
from seqnlp.errors import ConfigError
from seqnlp.serving.items import InputFormat, Item, ItemReader, read_texts, text_object_reader
from seqnlp.serving.marking import one_line
from seqnlp.serving.predict_options import NewTable, Writer, output_option, write_json
from seqnlp.serving.prediction import to_line
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.prediction import Translation
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.tasks.word_predict_options import WordPredictOptions
from seqnlp.text.json_values import JSON_ENDINGS
from seqnlp.types import JsonObject

_SHADES = " ░▒▓█"


@dataclass(frozen=True, kw_only=True)
class TranslatorPredictOptions(WordPredictOptions[Translator]):
    """The options of the search (see `SearchOptions`), and whether to show the attention."""

    beam_size: int = option(SearchOptions.beam_size, "Beam size; 1 is greedy search")
    n_best: int = option(SearchOptions.n_best, "Number of translations to return, at most the beam size")
    min_length: int = option(SearchOptions.min_length, "Minimum length in subwords, including the end symbol")
    max_length: int = option(
        SearchOptions.max_length, "Maximum length in subwords; 0 for twice the length of the source plus 20"
    )
    length_penalty: float = option(
        SearchOptions.length_penalty, "Length penalty (GNMT alpha); higher values favour longer output"
    )
    coverage_penalty: float = option(
        SearchOptions.coverage_penalty,
        "Coverage penalty (GNMT beta); higher values favour output that covers the source",
    )
    no_repeat_ngram_size: int = option(
        SearchOptions.no_repeat_ngram_size, "Block repeated n-grams of this size; 0 allows them"
    )
    show_attention: bool = output_option(False, "Show the attention of each subword")

    def search(self) -> SearchOptions:
        """Return the options of the search.

        Raises:
            ConfigError: A value is out of range.
        """
        return SearchOptions(**{each.name: getattr(self, each.name) for each in fields(SearchOptions)})

    def check(self, model: Translator) -> None:
        """Check the options of the search.

        Raises:
            ConfigError: A value is out of range.
        """
        self.search()

    def predict(self, model: Translator, contents: Sequence[str | Sequence[str]]) -> list[Translation]:
        """Return the translations of texts."""
        return model.predict(contents, self.search(), attention=self.show_attention)

    def input_formats(self, form: PairOptions) -> Mapping[str, InputFormat]:
        """Return the formats of words, texts, tables and aligned files, read as in the training files."""
        formats = super().input_formats(form)
        return {
            "text": formats["text"],
            "csv": InputFormat(_table_reader(form, CSV), PAIRS.formats["csv"].endings),
            "tsv": InputFormat(_table_reader(form, TSV), PAIRS.formats["tsv"].endings),
            **formats,  # after the tables, because word columns may have the ending .tsv
            "jsonl": InputFormat(text_object_reader(form.source_column), JSON_ENDINGS),
            "aligned": InputFormat(read_texts, open=source_opener(form.pair)),
        }

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of text, with or without the attention."""
        if self.show_attention:
            return {"jsonl": _write_json_with_attention, "text": _write_text_with_attention}
        return {"jsonl": write_json, "text": _write_text}

    def tables(self, form: PairOptions, model: Translator) -> Mapping[str, NewTable]:
        """Return tables with the translation, and with what the options add to it."""
        several = ["hypotheses"] if self.n_best > 1 else []
        if self.show_attention:
            columns = ["source_subwords", "subwords", "alignment", "attention"]
            return tables(form, ["text", "translation", "score", *several, *columns], _with_attention)
        return tables(form, ["text", "translation", "score", *several], methodcaller("to_dict"))

    def check_drawing(self) -> None:
        """Check that the attention is shown.

        Raises:
            ConfigError: `show_attention` is off.
        """
        if not self.show_attention:
            raise ConfigError("a picture of a translation shows its attention; add --show-attention")


def _table_reader(form: PairOptions, dialect: Dialect) -> ItemReader:
    column = {"source_column": form.source_column}
    return table_reader(form.dialect(dialect), column, form.has_header, form.find_columns)


def _write_text(item: Item, found: Translation) -> str:
    """Write the translation, or several with their scores, one per line, followed by a blank line."""
    if len(found.hypotheses) == 1:
        return one_line(found.text)
    return "".join(f"{each.score:8.4f}  {one_line(each.text)}\n" for each in found.hypotheses)


def _write_json_with_attention(item: Item, found: Translation) -> str:
    """Write the translation with its attention."""
    return to_line(_with_attention(found), item.fields)


def _with_attention(found: Translation) -> JsonObject:
    """Return the translation, and the subwords of both sides and the attention of the best one.

    `attention` has a row per target subword, with one weight per source subword. `alignment` has the index of
    the highest weight of each row.
    """
    best = found.hypotheses[0]
    return {
        **found.to_dict(),
        "source_subwords": list(found.subwords),
        "subwords": list(best.subwords),
        "alignment": best.alignment,
        "attention": [[round(weight, 4) for weight in row] for row in best.attention.tolist()],
    }


def _write_text_with_attention(item: Item, found: Translation) -> str:
    return f"{_write_text(item, found)}\n{shade_attention(found)}"


def shade_attention(found: Translation) -> str:
    """Return the attention of the best translation as text, darker for higher weights.

    There is one line per source subword, and one column per target subword. The target subwords are written
    above the columns, from top to bottom.
    """
    best = found.hypotheses[0]
    names = [subword.strip() or subword for subword in best.subwords]
    height = max(map(len, names), default=0)
    margin = max(map(len, found.subwords), default=0) + 1
    above = [" " * margin + "  ".join(name.rjust(height)[line] for name in names) for line in range(height)]
    rows = [
        subword.strip().ljust(margin)
        + "  ".join(_SHADES[min(int(weight * len(_SHADES)), len(_SHADES) - 1)] for weight in weights)
        for subword, weights in zip(found.subwords, best.attention.T.tolist(), strict=True)
    ]
    return "\n".join(line.rstrip() for line in (*above, *rows)) + "\n"
