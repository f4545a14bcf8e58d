"""Corpora that NLTK distributes, read by NLTK's own readers and fetched by its downloader.

NLTK finds its data along `nltk.data.path`, which begins with the environment variable `NLTK_DATA`; packages
may stay zipped. It is slow to import, so that only the functions here import it.

What NLTK's readers drop is put back: `-DOCSTART-` lines, as document boundaries, and the lines at which
sentences stand.
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

from seqnlp.corpora.formats.brackets import trees_in
from seqnlp.errors import CorpusError
from seqnlp.records import LabelledText, Origin, ParseTree, TaggedSentence

_TRACE = "-NONE-"
"""The tag of what treebanks write where nothing was said."""

_DAMAGED = (OSError, ValueError, IndexError, KeyError, zipfile.BadZipFile, zlib.error)

BLANK_LINE_LAYOUT = re.compile(r"(?:\A\s*|\n\s*\n)(?P<document>-DOCSTART-.*\n)?(?P<sentence>\S)")
"""Sentences set apart by blank lines."""

LINE_LAYOUT = re.compile(r"(?:(?P<document>\A\s*)|^[^\S\n]*)(?P<sentence>\S)", re.MULTILINE)
"""A sentence a line, a document a file."""

BRACKET_LAYOUT = re.compile(r"(?:(?P<document>\A\s*)|^)(?P<sentence>\()", re.MULTILINE)
"""A sentence from an unindented bracket on, a document a file."""


@dataclass(frozen=True, slots=True)
class Split:
    """Which sentences make up a split.

    Attributes:
        files: Matches the whole names of its files.
        start: The first of their sentences that belongs to it, as in a slice.
        stop: The first that does not, as in a slice.
    """

    files: str
    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class NltkCorpus:
    """One corpus, or a part of one, among NLTK's data.

    Attributes:
        package: The name of the data package and of its reader in `nltk.corpus`.
        sentences: The reader's method that gives the sentences of a file: tuples that begin with the word and
            end with its tag.
        layout: Finds where the sentences of a file begin; group `sentence` stands at its first word, group
            `document` is there if a document begins with it.
        splits: The splits by name.
        aliases: Further names of splits.
    """

    package: str
    sentences: str
    layout: re.Pattern[str]
    splits: Mapping[str, Split]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def location(self) -> str | None:
        """Say where NLTK finds the corpus; None where it does not."""
        return _location(self.package)

    def read(self, split: str) -> Iterator[TaggedSentence]:
        """Read a split.

        Args:
            split: A key of `splits`.

        Returns:
            The sentences in the order of the files; tags as the corpus has them.

        Raises:
            CorpusError: NLTK or the corpus is not installed, or its files are damaged.
        """
        reader = _installed(self.package)
        wanted = self.splits[split]
        files = _files(reader, self.package, wanted, split)
        sentences = chain.from_iterable(self._read_file(reader, name) for name in files)
        if wanted.start is wanted.stop is None:
            return sentences
        return iter(list(sentences)[wanted.start : wanted.stop])

    def _read_file(self, reader: Any, name: str) -> Iterator[TaggedSentence]:
        path = f"{self.package}/{name}"
        try:
            # The whole file at once: NLTK closes its stream only at the end. (`list` of the sentences alone
            # would ask for their number first, for which NLTK reads the file once more.)
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
class NltkTrees:
    """A treebank among NLTK's data.

    Attributes:
        package: The name of the data package and of its reader in `nltk.corpus`.
        splits: The splits by name, of whole files.
    """

    package: str
    splits: Mapping[str, Split]
    aliases: ClassVar[dict[str, str]] = {}

    def location(self) -> str | None:
        """Say where NLTK finds the corpus; None where it does not."""
        return _location(self.package)

    def read(self, split: str) -> Iterator[ParseTree]:
        """Read the trees of a split in the order of its files, as the files have them.

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
            yield from trees_in(enumerate(lines, 1), path)


@dataclass(frozen=True, slots=True)
class NltkTexts:
    """Texts in categories among NLTK's data, dealt out to the splits by their number within their category.

    Attributes:
        package: The name of the data package and of its reader in `nltk.corpus`.
        a_line: Whether each line is a text; else each file is one.
    """

    package: str
    a_line: bool
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    aliases: ClassVar[dict[str, str]] = {}

    def location(self) -> str | None:
        """Say where NLTK finds the corpus; None where it does not."""
        return _location(self.package)

    def read(self, split: str) -> Iterator[LabelledText]:
        """Read a split: of every ten texts of a category the ninth is dev, the tenth test.

        Raises:
            CorpusError: NLTK or the corpus is not installed, or its files are damaged.
        """
        reader = _installed(self.package)
        for label in reader.categories():
            for number, text in enumerate(self._texts(reader, label)):
                if split == {8: "dev", 9: "test"}.get(number % 10, "train"):
                    yield text

    def _texts(self, reader: Any, label: str) -> Iterator[LabelledText]:
        for name in reader.fileids(categories=[label]):
            path = f"{self.package}/{name}"
            try:
                text = reader.raw(name)
            except _DAMAGED as error:
                raise CorpusError(f"{path}: NLTK cannot read it: {_first_line(error)}") from error
            if not self.a_line:
                yield LabelledText(text, (label,), Origin(path, 1))
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if line.strip():
                    yield LabelledText(line.strip(), (label,), Origin(path, number))


def _files(reader: Any, package: str, wanted: Split, name: str) -> list[str]:
    """The names of the files of a split."""
    files = [file for file in reader.fileids() if re.fullmatch(wanted.files, file)]
    if not files:
        raise CorpusError(f"{package}: its {name} files are missing in {reader.root}")
    return files


def _location(package: str) -> str | None:
    reader = _reader(package)
    return None if reader is None else str(reader.root)


def _installed(package: str) -> Any:
    reader = _reader(package)
    if reader is None:
        raise CorpusError(f"{package} is not among NLTK's data")
    return reader


def _reader(package: str) -> Any | None:
    """The reader that `nltk.corpus` has for the package; None where NLTK has no such data."""
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

    It goes to the first directory that `NLTK_DATA` names, else where NLTK would put it.

    Args:
        package: The package.
        progress: Told how much is done, from 0 to 1.

    Returns:
        The directory.

    Raises:
        CorpusError: NLTK is not installed, the network or the server fails, or nothing can be written there.
    """
    downloader = _nltk().downloader.Downloader()
    chosen = os.environ.get("NLTK_DATA", "").split(os.pathsep)[0]
    directory = str(Path(chosen).expanduser()) if chosen else downloader.default_download_dir()
    with warnings.catch_warnings():
        # It warns of a directory that others can write to, and then refuses it with a message.
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
