"""The corpora that seqnlp knows by name.

A name reads `name[/part][:split]`, such as `conll2002/esp:testb`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, Protocol

from seqnlp.corpora.catalogue.data_folder import AlignedFiles
from seqnlp.corpora.catalogue.embedded import EmbeddedSample
from seqnlp.corpora.catalogue.nltk_corpora import (
    BLANK_LINE_LAYOUT,
    BRACKET_LAYOUT,
    LINE_LAYOUT,
    NltkCorpus,
    NltkTexts,
    NltkTrees,
    Split,
)
from seqnlp.corpora.corpus import Corpus
from seqnlp.corpora.formats.brackets import read_trees
from seqnlp.corpora.formats.conll import read_conll
from seqnlp.corpora.formats.labelled import LABELLED
from seqnlp.corpora.formats.pairs import PAIRS
from seqnlp.errors import CorpusError


class Source(Protocol):
    """Where the records of a corpus come from."""

    @property
    def splits(self) -> Iterable[str]:
        """The names of the splits."""

    @property
    def aliases(self) -> Mapping[str, str]:
        """Further names of splits."""

    @property
    def package(self) -> str | None:
        """The data package to download; None for what comes with seqnlp."""

    def location(self) -> str | None:
        """Where the files are; None if they are not installed."""

    def read(self, split: str) -> Iterable[Any]:
        """The records of a split."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A corpus in the catalogue.

    Attributes:
        task: The task that it is for, as `seqnlp train` names it.
        tags: What its tags, labels or targets say: `entities`, `chunks`, `pos`, `sentiment`,
            `translations` or `constituents`.
        language: The code of its language (ISO 639-1); of translations both, `en-de`.
        description: What it is, in a sentence.
        splits: Where its splits come from.
        licence: What its distributor says about its use.
        source: Reads it.
        by_hand: How to install it; None for what `seqnlp corpora download` fetches or what comes with seqnlp.
    """

    task: str
    tags: str
    language: str
    description: str
    splits: str
    licence: str
    source: Source
    by_hand: str | None = None

    def installed(self) -> bool:
        """Whether the corpus can be read here; False also if its files are damaged or NLTK is missing."""
        try:
            return self.source.location() is not None
        except CorpusError:
            return False


_CONLL2002_LICENCE = "research in the context of the CoNLL-2002 shared task only (its README)"
_TREEBANK_LICENCE = "Penn Treebank sample, (C) 1995 University of Pennsylvania; non-commercial use only"
_BY_NUMBER = "fixed here: of every ten texts of a label the ninth is dev, the tenth test"
_BY_FILE = "fixed here: files whose number ends in 3 are dev, in 6 test, the others train"


def _conll2002(language: str) -> NltkCorpus:
    return NltkCorpus(
        package="conll2002",
        sentences="iob_sents",
        layout=BLANK_LINE_LAYOUT,
        splits={
            "train": Split(rf"{language}\.train"),
            "dev": Split(rf"{language}\.testa"),
            "test": Split(rf"{language}\.testb"),
        },
        aliases={"testa": "dev", "testb": "test"},
    )


def _multi30k(source: str, target: str) -> Entry:
    return Entry(
        task="translator",
        tags="translations",
        language=f"{source}-{target}",
        description="English captions of 31,014 photographs, translated into German (Elliott et al. 2016).",
        splits="published: train, val (dev), test_2016_flickr (test)",
        licence="non-commercial research and education only (its README)",
        source=AlignedFiles(
            "multi30k",
            f"{source}-{target}",
            {"train": "train", "dev": "val", "test": "test_2016_flickr"},
        ),
        by_hand=(
            "put {train,val,test_2016_flickr}.{en,de}.gz of github.com/multi30k/dataset (data/task1/raw) "
            "into a folder multi30k, and let SEQNLP_DATA name the folder that it is in"
        ),
    )


CATALOGUE: Mapping[str, Entry] = {
    "sample/ner": Entry(
        task="tagger",
        tags="entities",
        language="en",
        description="The embedded sample: English sentences composed for seqnlp, with four kinds of names.",
        splits="fixed; no name of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("ner.{split}.conll", read_conll),
    ),
    "sample/reviews": Entry(
        task="classifier",
        tags="sentiment",
        language="en",
        description="The embedded sample: short English reviews composed for seqnlp, with three labels.",
        splits="fixed; no text of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("reviews.{split}.tsv", LABELLED.read),
    ),
    "sample/phrases": Entry(
        task="translator",
        tags="translations",
        language="en-de",
        description="The embedded sample: English sentences of everyday life and what they are in German.",
        splits="fixed; no sentence of dev or test occurs in train, on either side",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("phrases.{split}.tsv", PAIRS.read),
    ),
    "sample/trees": Entry(
        task="parser",
        tags="constituents",
        language="en",
        description="The embedded sample: English sentences composed for seqnlp, as trees.",
        splits="fixed; no sentence of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("trees.{split}.mrg", read_trees),
    ),
    "conll2002/esp": Entry(
        task="tagger",
        tags="entities",
        language="es",
        description="Spanish newswire of EFE, May 2000, with four kinds of names (Tjong Kim Sang 2002).",
        splits="published: train, testa (dev), testb (test)",
        licence=_CONLL2002_LICENCE,
        source=_conll2002("esp"),
    ),
    "conll2002/ned": Entry(
        task="tagger",
        tags="entities",
        language="nl",
        description="Dutch, four issues of De Morgen, 2000, with four kinds of names (Tjong Kim Sang 2002).",
        splits="published: train, testa (dev), testb (test)",
        licence=_CONLL2002_LICENCE,
        source=_conll2002("ned"),
    ),
    "conll2000": Entry(
        task="tagger",
        tags="chunks",
        language="en",
        description="Wall Street Journal sections 15-18 and 20 in chunks (Tjong Kim Sang and Buchholz 2000).",
        splits="train and test published; dev fixed here: the last 1,000 sentences of train, taken out of it",
        licence="none stated by its distributor",
        source=NltkCorpus(
            package="conll2000",
            sentences="iob_sents",
            layout=BLANK_LINE_LAYOUT,
            splits={
                "train": Split(r"train\.txt", stop=-1000),
                "dev": Split(r"train\.txt", start=-1000),
                "test": Split(r"test\.txt"),
            },
        ),
    ),
    "brown": Entry(
        task="tagger",
        tags="pos",
        language="en",
        description="American English of 1961, 500 texts of 15 genres (Francis and Kucera 1964).",
        splits=_BY_FILE,
        licence="non-commercial purposes only",
        source=NltkCorpus(
            package="brown",
            sentences="tagged_sents",
            layout=LINE_LAYOUT,
            splits={"train": Split(r"c.\d[^36]"), "dev": Split(r"c.\d3"), "test": Split(r"c.\d6")},
        ),
    ),
    "treebank/pos": Entry(
        task="tagger",
        tags="pos",
        language="en",
        description="Wall Street Journal, 199 articles, without the traces (Marcus et al. 1993).",
        splits=_BY_FILE,
        licence=_TREEBANK_LICENCE,
        source=NltkCorpus(
            package="treebank",
            sentences="tagged_sents",
            layout=BRACKET_LAYOUT,
            splits={
                "train": Split(r"wsj_\d{3}[^36]\.mrg"),
                "dev": Split(r"wsj_\d{3}3\.mrg"),
                "test": Split(r"wsj_\d{3}6\.mrg"),
            },
        ),
    ),
    "treebank/trees": Entry(
        task="parser",
        tags="constituents",
        language="en",
        description="Wall Street Journal, 199 articles, as trees (Marcus et al. 1993).",
        splits="fixed here: wsj_0001 to 0159 train, 0160 to 0179 dev, 0180 to 0199 test",
        licence=_TREEBANK_LICENCE,
        source=NltkTrees(
            "treebank",
            {
                "train": Split(r"wsj_0(0\d\d|1[0-5]\d)\.mrg"),
                "dev": Split(r"wsj_01[67]\d\.mrg"),
                "test": Split(r"wsj_01[89]\d\.mrg"),
            },
        ),
    ),
    "sentence_polarity": Entry(
        task="classifier",
        tags="sentiment",
        language="en",
        description="Sentences of film reviews, 5,331 for and 5,331 against (Pang and Lee 2005).",
        splits=_BY_NUMBER,
        licence="none stated by its distributor",
        source=NltkTexts("sentence_polarity", a_line=True),
    ),
    "movie_reviews": Entry(
        task="classifier",
        tags="sentiment",
        language="en",
        description="Film reviews, 1,000 for and 1,000 against (Pang and Lee 2004).",
        splits=_BY_NUMBER,
        licence="none stated by its distributor",
        source=NltkTexts("movie_reviews", a_line=False),
    ),
    "multi30k/en-de": _multi30k("en", "de"),
    "multi30k/de-en": _multi30k("de", "en"),
}
"""The one registry of corpora: a new one is one more entry."""


def known() -> tuple[str, ...]:
    """Name all corpora."""
    return tuple(CATALOGUE)


def entry(name: str) -> Entry:
    """Look a corpus up.

    Args:
        name: `name[/part]`, without a split.

    Raises:
        CorpusError: It is unknown; the message lists the known and names the nearest.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    parts = [full for full in CATALOGUE if full.startswith(f"{name}/")]
    near = parts or get_close_matches(name, CATALOGUE, 1)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise CorpusError(f"unknown corpus {name!r}; {hint}known are {', '.join(CATALOGUE)}")


def not_installed(name: str) -> CorpusError:
    """Say that a corpus is not installed, and how to install it."""
    how = entry(name).by_hand or f"fetch it with: seqnlp corpora download {name}"
    return CorpusError(f"{name} is not installed; {how}")


def load(name: str) -> Corpus[Any]:
    """Open a corpus.

    Args:
        name: `name[/part]`, without a split.

    Returns:
        The corpus; its splits are read when they are first asked for.

    Raises:
        CorpusError: It is unknown; or, when a split is read, not installed or damaged.
    """
    if ":" in name:
        raise CorpusError(f"{name!r} names one split; the whole corpus is meant here")
    source = entry(name).source
    return Corpus(name, {split: partial(_read, name, split) for split in source.splits}, source.aliases)


def load_split(name: str, default: str = "test") -> Sequence[Any]:
    """Read one split of a corpus.

    Args:
        name: `name[/part][:split]`.
        default: The split if the name has none.

    Returns:
        Its records.

    Raises:
        CorpusError: The corpus or the split is unknown, not installed or damaged.
    """
    corpus, _, split = name.partition(":")
    return load(corpus).split(split or default)


def _read(name: str, split: str) -> Iterable[Any]:
    source = entry(name).source
    if source.location() is None:
        raise not_installed(name)
    return source.read(split)
