"""Corpora: readers of file formats, and a catalogue of corpora by name.

Example:
    >>> from seqnlp import corpora
    >>> corpora.load("sample/ner").train[0].words[:2]
    ('Tell', 'Harisa')
    >>> sentences = corpora.TAGGED.read("train.conll")  # an iterator: files are read in constant memory
"""

if __name__ != "seqnlp.corpora":
    raise ImportError("import seqnlp.corpora, not corpora: a file must not be loaded as two modules")

from seqnlp.corpora.catalogue.entries import CATALOGUE
from seqnlp.corpora.catalogue.entry import Entry
from seqnlp.corpora.catalogue.lookup import entry, known, load, load_split, not_installed
from seqnlp.corpora.catalogue.nltk_corpora import download
from seqnlp.corpora.checks.summary import Summary
from seqnlp.corpora.corpus import Corpus
from seqnlp.corpora.folds import fold
from seqnlp.corpora.formats.brackets import read_trees
from seqnlp.corpora.formats.conll import read_conll
from seqnlp.corpora.formats.conllu import read_conllu
from seqnlp.corpora.formats.jsonl import read_jsonl
from seqnlp.corpora.formats.labelled import LABELLED, LabelledOptions
from seqnlp.corpora.formats.lines import read_lines
from seqnlp.corpora.formats.pairs import PAIRS, PairOptions
from seqnlp.corpora.formats.reader import AnyReader, Format, Reader
from seqnlp.corpora.formats.recognition import recognize
from seqnlp.corpora.formats.sentiment_trees import polarize
from seqnlp.corpora.formats.tagged import TAGGED, TaggedOptions
from seqnlp.corpora.formats.trees import SENTIMENT_TREES, TREES, SentimentTreeOptions, TreeOptions
from seqnlp.corpora.held_out import hold_out
from seqnlp.corpora.problems import ErrorPolicy, OnError, Problems, stop
from seqnlp.corpora.reports import check_file, describe, list_corpora
from seqnlp.data.format_options import FormatOptions

__all__ = [
    "CATALOGUE",
    "LABELLED",
    "PAIRS",
    "SENTIMENT_TREES",
    "TAGGED",
    "TREES",
    "AnyReader",
    "Corpus",
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
    "read_trees",
    "recognize",
    "stop",
]
