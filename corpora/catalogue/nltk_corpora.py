"""Corpora that NLTK distributes, read with NLTK's readers and fetched with its downloader.

NLTK searches `nltk.data.path`, which begins with the environment variable `NLTK_DATA`. Packages may stay
zipped. Only functions import NLTK, because the import is slow.

NLTK's readers drop `-DOCSTART-` lines and line numbers. This module restores them, as document boundaries and
as origins.
"""

import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from sys import intern
from typing import Any, ClassVar

from seqnlp.corpora.catalogue.numbering import SPLITS, select_split
from seqnlp.corpora.formats.brackets import parse_trees
from seqnlp.corpora.formats.documents import DOCUMENTS
from seqnlp.corpora.formats.labelled import LABELLED
from seqnlp.corpora.formats.reader import AnyReader
from seqnlp.corpora.formats.tagged import TAGGED
from seqnlp.corpora.formats.trees import TREES
from seqnlp.errors import CorpusError
from seqnlp.records import Document, LabelledText, Origin, ParseTree, TaggedSentence

_TRACE = "-NONE-"
"""The tag of empty elements in treebanks."""

_DAMAGED = (OSError, ValueError, IndexError, KeyError, zipfile.BadZipFile, zlib.error)

BLANK_LINE_LAYOUT = re.compile(r"(?:\A\s*|\n\s*\n)(?P<document>-DOCSTART-.*\n)?(?P<sentence>\S)")
"""Sentences between blank lines."""

LINE_LAYOUT = re.compile(r"(?:(?P<document>\A\s*)|^[^\S\n]*)(?P<sentence>\S)", re.MULTILINE)
"""One sentence per line, one document per file."""

BRACKET_LAYOUT = re.compile(r"(?:(?P<document>\A\s*)|^)(?P<sentence>\()", re.MULTILINE)
"""Each unindented bracket starts a sentence; one document per file."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The sentences of a split.

    Attributes:
        files: A regular expression that matches the full names of the files.
        start: Start of the slice of their sentences.
        stop: End of the slice, exclusive.
    """

    files: str
    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class NltkCorpus:
    """A corpus of tagged sentences in NLTK's data, or one part of it.

    Attributes:
        package: The name of the data package and of its reader in `nltk.corpus`.
        sentences: The method of the reader that returns the sentences of a file. Each token is a tuple that
            starts with the word and ends with its tag.
        layout: Matches the start of each sentence in a file. The group `sentence` starts at the first word.
            The group `document` matches if the sentence starts a document.
        splits: The sentences of each split.
        aliases: The name of a split for each alternative name.
    """

    package: str
    sentences: str
    layout: re.Pattern[str]
    splits: Mapping[str, Selection]
    aliases: Mapping[str, str] = field(default_factory=dict)
    reader: ClassVar[AnyReader] = TAGGED

    def location(self) -> str | None:
        """Return the location of the corpus, or None if NLTK cannot find it."""
        return _location(self.package)

    def read(self, split: str) -> Iterator[TaggedSentence]:
        """Read a split.

        Args:
            split: A key of `splits`.

        Returns:
            The sentences in the order of the files, with the tags of the corpus.

        Raises:
            CorpusError: NLTK or the corpus is not installed, or its files are damaged.
        """
        reader = _installed(self.package)
        selection = self.splits[split]
        files = _files(reader, self.package, selection, split)
        sentences = chain.from_iterable(self._read_file(reader, name) for name in files)
        if selection.start is selection.stop is None:
            return sentences
        return iter(list(sentences)[selection.start : selection.stop])

    def _read_file(self, reader: Any, name: str) -> Iterator[TaggedSentence]:
        path = f"{self.package}/{name}"
        try:
            # Read the whole file, because NLTK closes its stream only at the end. `list(sentences)` would
            # read it twice, since it asks for the number of sentences first.
            sentences = getattr(reader, self.sentences)(name)
            pairs = list(zip(sentences, self._origins(path, reader.raw(name)), strict=True))
        except _DAMAGED as error:
            raise CorpusError(f"{path}: NLTK cannot read it: {_first_line(error)}") from error
        for sentence, (starts_document, origin) in pairs:
            words = tuple(intern(token[0]) for token in sentence if token[-1] != _TRACE)
            tags = tuple(intern(token[-1]) for token in sentence if token[-1] != _TRACE)
            yield TaggedSentence(words, tags, starts_document, origin)

    def _origins(self, path: str, text: str) -> Iterator[tuple[bool, Origin]]:
        line, seen = 1, 0
        for match in self.layout.finditer(text):
            start = match.start("sentence")
            line += text.count("\n", seen, start)
            seen = start
            yield match["document"] is not None, Origin(path, line)


@dataclass(frozen=True, slots=True)
class NltkDocuments:
    """The texts of a corpus of tagged sentences in NLTK's data, without the tags.

    Each text is a document. It has one sentence per line, because models of words predict the end of each
    sentence, too. Spaces separate the words.

    Attributes:
        corpus: The corpus.
    """

    corpus: NltkCorpus
    reader: ClassVar[AnyReader] = DOCUMENTS

    @property
    def splits(self) -> Mapping[str, Selection]:
        """The sentences of each split."""
        return self.corpus.splits

    @property
    def aliases(self) -> Mapping[str, str]:
        """The name of a split for each alternative name."""
        return self.corpus.aliases

    @property
    def package(self) -> str:
        """The name of the data package."""
        return self.corpus.package

    def location(self) -> str | None:
        """Return the location of the corpus, or None if NLTK cannot find it."""
        return self.corpus.location()

    def read(self, split: str) -> Iterator[Document]:
        """Read a split.

        Raises:
            CorpusError: NLTK or the corpus is not installed, or its files are damaged.
        """
        lines, origin = list[str](), None
        for sentence in self.corpus.read(split):
            if sentence.starts_document and lines:
                yield Document("\n".join(lines), origin)
                lines = []
            if not lines:
                origin = sentence.origin
            lines.append(" ".join(sentence.words))
        if lines:
            yield Document("\n".join(lines), origin)


@dataclass(frozen=True, slots=True)
class NltkTrees:
    """A treebank in NLTK's data.

    Attributes:
        package: The name of the data package and of its reader in `nltk.corpus`.
        splits: The files of each split. `start` and `stop` are not used.
    """

    package: str
    splits: Mapping[str, Selection]
    aliases: ClassVar[dict[str, str]] = {}
    reader: ClassVar[AnyReader] = TREES

    def location(self) -> str | None:
        """Return the location of the corpus, or None if NLTK cannot find it."""
        return _location(self.package)

    def read(self, split: str) -> Iterator[ParseTree]:
        """Read the trees of a split in the order of its files.

        Raises:
            CorpusError: NLTK or the corpus is not installed, or its files are damaged.
        """
        reader = _installed(self.package)
        for name in _files(reader, self.package, self.splits[split], split):
            path = f"{self.package}/{name}"
            try:
                lines = reader.raw(name).splitlines()
            except _DAMAGED as error:
                raise CorpusError(f"{path}: NLTK cannot read it: {_first_line(error)}") from error
            yield from parse_trees(enumerate(lines, 1), path)


@dataclass(frozen=True, slots=True)
class NltkTexts:
    """A corpus of categorized texts in NLTK's data. The number of a text in its category selects its split.

    Attributes:
        package: The name of the data package and of its reader in `nltk.corpus`.
        line_per_text: Whether each line is a text. Otherwise each file is a text.
    """

    package: str
    line_per_text: bool
    splits: ClassVar[tuple[str, ...]] = SPLITS
    aliases: ClassVar[dict[str, str]] = {}
    reader: ClassVar[AnyReader] = LABELLED

    def location(self) -> str | None:
        """Return the location of the corpus, or None if NLTK cannot find it."""
        return _location(self.package)

    def read(self, split: str) -> Iterator[LabelledText]:
        """Read a split: of every ten texts of a category, the ninth is dev and the tenth is test.

        Raises:
            CorpusError: NLTK or the corpus is not installed, or its files are damaged.
        """
        reader = _installed(self.package)
        for label in reader.categories():
            yield from select_split(self._texts(reader, label), 10, split)

    def _texts(self, reader: Any, label: str) -> Iterator[LabelledText]:
        for name in reader.fileids(categories=[label]):
            path = f"{self.package}/{name}"
            try:
                text = reader.raw(name)
            except _DAMAGED as error:
                raise CorpusError(f"{path}: NLTK cannot read it: {_first_line(error)}") from error
            if not self.line_per_text:
                yield LabelledText(text, (label,), Origin(path, 1))
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if line.strip():
                    yield LabelledText(line.strip(), (label,), Origin(path, number))


def _files(reader: Any, package: str, selection: Selection, name: str) -> list[str]:
    """Return the names of the files of a split."""
    files = [file for file in reader.fileids() if re.fullmatch(selection.files, file)]
    if not files:
        raise CorpusError(f"{package}: the {name} files are missing in {reader.root}")
    return files


def _location(package: str) -> str | None:
    reader = _reader(package)
    return None if reader is None else str(reader.root)


def _installed(package: str) -> Any:
    reader = _reader(package)
    if reader is None:
        raise CorpusError(f"NLTK does not find {package} in its data")
    return reader


def _reader(package: str) -> Any | None:
    """Return the reader of a package in `nltk.corpus`, or None if the data are not installed."""
    reader = getattr(_nltk().corpus, package)
    try:
        reader.ensure_loaded()
    except LookupError:
        return None
    except _DAMAGED as error:
        raise CorpusError(f"{package}: NLTK cannot read it: {_first_line(error)}") from error
    return reader


def download(package: str, progress: Callable[[float], None]) -> str:
    """Fetch a data package with NLTK's downloader.

    The package is written to the first directory of `NLTK_DATA`, or to NLTK's default directory.

    Args:
        package: The name of the package.
        progress: Receives the completed fraction, from 0 to 1.

    Returns:
        The directory.

    Raises:
        CorpusError: NLTK is not installed, the download fails, or the directory is not writable.
    """
    downloader = _nltk().downloader.Downloader()
    chosen = os.environ.get("NLTK_DATA", "").split(os.pathsep)[0]
    directory = str(Path(chosen).expanduser()) if chosen else downloader.default_download_dir()
    with warnings.catch_warnings():
        # NLTK warns about a directory that others can write to, and then reports it as an error.
        warnings.simplefilter("ignore")
        for message in downloader.incr_download(package, directory):
            match type(message).__name__:
                case "ErrorMessage":
                    raise CorpusError(f"{package} could not be downloaded: {_first_line(message.message)}")
                case "ProgressMessage":
                    progress(message.progress / 100)
    progress(1.0)
    return directory


def _nltk() -> Any:
    try:
        import nltk.corpus
        import nltk.downloader
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "nltk":
            raise
        message = "NLTK is not installed; install seqnlp with its extra: pip install -e '.[train]'"
        raise CorpusError(message) from None
    return nltk


def _first_line(error: object) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
