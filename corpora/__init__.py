"""Corpora: readers of file formats and the corpora that seqnlp knows by name.

`load("conll2002/esp").train` and `load_split("conll2002/esp:testb")` give sentences of a corpus in the
catalogue; `read_records("train.conll")` reads a file of any known format, record by record.
"""

if __name__ != "seqnlp.corpora":
    raise ImportError("import seqnlp.corpora, not corpora: a file must not be loaded as two modules")

from seqnlp.corpora.catalogue.entries import CATALOGUE, Entry, entry, known, load, load_split, not_installed
from seqnlp.corpora.catalogue.nltk_corpora import download
from seqnlp.corpora.checks.pair_summary import PairSummary
from seqnlp.corpora.checks.recognition import task_of
from seqnlp.corpora.checks.summary import Summary
from seqnlp.corpora.corpus import Corpus
from seqnlp.corpora.folds import fold
from seqnlp.corpora.formats.conll import read_conll
from seqnlp.corpora.formats.conllu import read_conllu
from seqnlp.corpora.formats.jsonl import read_jsonl
from seqnlp.corpora.formats.labelled import READERS, LabelledOptions, guess_labelled_format, read_labelled
from seqnlp.corpora.formats.pairs import READERS as PAIR_READERS
from seqnlp.corpora.formats.pairs import PairOptions, guess_pair_format, read_pairs
from seqnlp.corpora.formats.sentiment_trees import polarised
from seqnlp.corpora.formats.tagged import FORMATS, ReadOptions, guess_format, read_records
from seqnlp.corpora.formats.trees import read_trees
from seqnlp.corpora.problems import ErrorPolicy, OnError, Problems, stop

__all__ = [
    "CATALOGUE",
    "FORMATS",
    "PAIR_READERS",
    "READERS",
    "Corpus",
    "Entry",
    "ErrorPolicy",
    "LabelledOptions",
    "OnError",
    "PairOptions",
    "PairSummary",
    "Problems",
    "ReadOptions",
    "Summary",
    "download",
    "entry",
    "fold",
    "guess_format",
    "guess_labelled_format",
    "guess_pair_format",
    "known",
    "load",
    "load_split",
    "not_installed",
    "polarised",
    "read_conll",
    "read_conllu",
    "read_jsonl",
    "read_labelled",
    "read_pairs",
    "read_records",
    "read_trees",
    "stop",
    "task_of",
]
