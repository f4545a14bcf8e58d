"""What a corpus yields: plain values that readers make and codecs encode."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stood, for messages: the file and its first line, counted from 1."""

    path: str
    line: int


class Span(NamedTuple):
    """A labelled stretch: of tokens or of characters, as its holder says; `end` is exclusive.

    Trees have so many that a tuple, which is made in half the time, shows.
    """

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """A sentence of words, each with one tag, as the file has it (scheme not yet converted).

    Attributes:
        words: The words; at least one, none of them empty.
        tags: One tag a word.
        starts_document: Whether a new document begins here.
        origin: The file and the line of the first word; word i stands at line `origin.line + i` in files
            that have one word a line without gaps.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts_document: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text with what the whole of it is labelled with.

    Attributes:
        text: The text; it may be empty.
        labels: Its label; where texts may have several, those it has, each once, or none.
        origin: The file and line.
    """

    text: str
    labels: tuple[str, ...]
    origin: Origin | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """Its one label."""
        (label,) = self.labels
        return label


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A text and what it is to become: its translation, its summary, its spelling.

    Attributes:
        source: The text; it may be empty.
        target: What it becomes; it may be empty.
        origin: The file and line of the source.
    """

    source: str
    target: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ParseTree:
    """A sentence and its tree, as the labelled spans of words that the tree's nodes are over.

    Attributes:
        words: The words; at least one, none of them empty.
        spans: The spans of all nodes in the order in which their brackets open: a node before those below
            it, left before right. Of several over the same words the upper one comes first. They cover a
            word at least, and none overlaps another but by holding it.
        origin: The file and the line where the tree begins.
    """

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """Raw text with labelled character spans, as annotation tools write it.

    Attributes:
        text: The text.
        spans: Spans in character offsets of `text`; they neither overlap nor reach beyond it.
        origin: The file and line.
    """

    text: str
    spans: tuple[Span, ...]
    origin: Origin | None = field(default=None, compare=False)
