"""Corpora: readers of file formats, and a catalogue of corpora by name.

Names are imported when they are first used, so prediction loads no catalogue. Type checkers read
`__init__.pyi`.

Example:
    >>> from seqnlp import corpora
    >>> corpora.load("sample/ner").train[0].words[:2]
    ('Tell', 'Harisa')
    >>> sentences = corpora.TAGGED.read("train.conll")  # an iterator: files are read in constant memory
"""

if __name__ != "seqnlp.corpora":
    raise ImportError("import seqnlp.corpora, not corpora: a file must not be loaded as two modules")

from importlib import import_module
from typing import Any

__all__ = [
    "CATALOGUE",
    "DOCUMENTS",
    "LABELLED",
    "PAIRS",
    "SENTIMENT_TREES",
    "TAGGED",
    "TREES",
    "AnyReader",
    "Corpus",
    "DocumentOptions",
    "Entry",
    "ErrorPolicy",
    "Format",
    "FormatOptions",
    "LabelledOptions",
    "OnError",
    "PairOptions",
    "Problems",
    "Reader",
    "SentimentTreeOptions",
    "Summary",
    "TaggedOptions",
    "TreeOptions",
    "check_file",
    "describe",
    "download",
    "entry",
    "fold",
    "held_out_numbers",
    "hold_out",
    "known",
    "list_corpora",
    "load",
    "load_split",
    "not_installed",
    "polarize",
    "read_conll",
    "read_conllu",
    "read_jsonl",
    "read_lines",
    "read_passages",
    "read_trees",
    "recognize",
    "split_document",
    "stop",
]

_NAMES = {
    "seqnlp.corpora.catalogue.entries": ("CATALOGUE",),
    "seqnlp.corpora.catalogue.entry": ("Entry",),
    "seqnlp.corpora.catalogue.lookup": (
        "entry",
        "known",
        "load",
        "load_split",
        "not_installed",
    ),
    "seqnlp.corpora.catalogue.nltk_corpora": ("download",),
    "seqnlp.corpora.checks.summary": ("Summary",),
    "seqnlp.corpora.corpus": ("Corpus",),
    "seqnlp.corpora.folds": ("fold",),
    "seqnlp.corpora.formats.brackets": ("read_trees",),
    "seqnlp.corpora.formats.conll": ("read_conll",),
    "seqnlp.corpora.formats.conllu": ("read_conllu",),
    "seqnlp.corpora.formats.documents": (
        "DOCUMENTS",
        "DocumentOptions",
        "read_passages",
        "split_document",
    ),
    "seqnlp.corpora.formats.jsonl": ("read_jsonl",),
    "seqnlp.corpora.formats.labelled": (
        "LABELLED",
        "LabelledOptions",
    ),
    "seqnlp.corpora.formats.lines": ("read_lines",),
    "seqnlp.corpora.formats.pairs": (
        "PAIRS",
        "PairOptions",
    ),
    "seqnlp.corpora.formats.reader": (
        "AnyReader",
        "Format",
        "Reader",
    ),
    "seqnlp.corpora.formats.recognition": ("recognize",),
    "seqnlp.corpora.formats.sentiment_trees": ("polarize",),
    "seqnlp.corpora.formats.tagged": (
        "TAGGED",
        "TaggedOptions",
    ),
    "seqnlp.corpora.formats.trees": (
        "SENTIMENT_TREES",
        "TREES",
        "SentimentTreeOptions",
        "TreeOptions",
    ),
    "seqnlp.corpora.held_out": ("held_out_numbers", "hold_out"),
    "seqnlp.corpora.problems": (
        "ErrorPolicy",
        "OnError",
        "Problems",
        "stop",
    ),
    "seqnlp.corpora.reports": (
        "check_file",
        "describe",
        "list_corpora",
    ),
    "seqnlp.data.format_options": ("FormatOptions",),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value
