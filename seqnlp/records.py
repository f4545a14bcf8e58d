"""Records: the plain values that corpus readers return and codecs encode."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of a record in a file. Error messages use it.

    Attributes:
        path: The file.
        line: The first line of the record, counted from 1.
        word_lines: Whether word i of a sentence is at line `line + i`. Otherwise its line is unknown.
    """

    path: str
    line: int
    word_lines: bool = field(default=True, compare=False)


class Span(NamedTuple):
    """A labelled span of tokens or characters, depending on the record. `end` is exclusive.

    It is a named tuple because trees have many spans and tuples are created faster than data classes.

    Example:
        >>> Span("PER", 0, 2).label
        'PER'
    """

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence of words with one tag each, as written in the file (the scheme is not converted yet).

    Attributes:
        words: The words. There is at least one, and no word is empty.
        tags: One tag per word.
        starts_document: Whether this sentence starts a new document.
        origin: The file and the line of the first word.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts_document: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with labels for the whole text.

    Attributes:
        text: The text. It may be empty.
        labels: The label of the text. In multi-label data, its distinct labels, possibly none.
        origin: The file and line.
    """

    text: str
    labels: tuple[str, ...]
    origin: Origin | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """The label of a text with exactly one label."""
        (label,) = self.labels
        return label


@dataclass(frozen=True, slots=True)
class Document:
    """A text that a language model learns from, such as a chapter, a review or a line.

    Attributes:
        text: The text. It contains at least one character that is not white space.
        origin: The file and the line where the text begins.
    """

    text: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document. A long document is read passage by passage, so that any length fits in memory.

    Attributes:
        text: The text of the passage.
        last: Whether it is the last one of its document.
        origin: The file and the line where the passage begins.
    """

    text: str
    last: bool
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A source text and its target text, such as a translation, a summary or a corrected spelling.

    Attributes:
        source: The source text. It may be empty.
        target: The target text. It may be empty.
        origin: The file and line of the source.
    """

    source: str
    target: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ParseTree:
    """A sentence and its tree, stored as one labelled span of words per node.

    Attributes:
        words: The words. There is at least one, and no word is empty.
        spans: The spans of all nodes in preorder: a node before its descendants, left before right. If
            several nodes cover the same words, the upper one comes first. Every span covers at least one
            word. Two spans overlap only if one contains the other.
        origin: The file and the line where the tree begins.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """Raw text with labelled character spans, as written by annotation tools.

    Attributes:
        text: The text.
        spans: Spans in character offsets of `text`. They do not overlap and lie within the text.
        origin: The file and line.
    """

    text: str
    spans: tuple[Span, ...]
    origin: Origin | None = field(default=None, compare=False)
