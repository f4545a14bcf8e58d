"""Sentences with parts of speech and constituents: the trees that parsers learn from and predict."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from seqnlp.records import Origin, ParseTree, Span
from seqnlp.trees.binary import Chain, merge_chains

TRACE = "-NONE-"
"""The part of speech that treebanks give to traces and other empty elements."""

_FUNCTION = re.compile(r"(?<=.)[-=|].*")


class NoPartOfSpeechError(ValueError):
    """A word of a tree has no bracket of its own."""


@dataclass(frozen=True, slots=True)
class Constituents:
    """A sentence, the part of speech of each word, and its constituents.

    Attributes:
        words: The words. There is at least one.
        tags: The part of speech of each word.
        chains: The labels of the constituents with the same words, from top to bottom. The keys are the first
            word and the end (exclusive).
        origin: The file and the line where the tree begins.

    Example:
        >>> tree = ParseTree(("Birds",), (Span("NP", 0, 1), Span("N", 0, 1)))
        >>> Constituents.from_tree(tree)
        Constituents(words=('Birds',), tags=('N',), chains={(0, 1): ('NP',)})
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    chains: Mapping[tuple[int, int], Chain]
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_tree(cls, tree: ParseTree) -> "Constituents":
        """Split a tree into parts of speech and constituents.

        Raises:
            NoPartOfSpeechError: A word has no part of speech.
        """
        tags = []
        chains = dict(merge_chains(tree.spans))
        for place, word in enumerate(tree.words):
            bounds = place, place + 1
            if bounds not in chains:
                raise NoPartOfSpeechError(f"the word {word!r} has no part of speech of its own: (TAG {word})")
            *labels, tag = chains.pop(bounds)
            tags.append(tag)
            if labels:
                chains[bounds] = tuple(labels)
        return cls(tree.words, tuple(tags), chains, tree.origin)

    def to_tree(self) -> ParseTree:
        """Return the tree. Two constituents must not overlap unless one contains the other."""
        spans = []
        for (start, end), labels in sorted(
            {**{(place, place + 1): () for place in range(len(self.words))}, **self.chains}.items(),
            key=lambda item: (item[0][0], -item[0][1]),
        ):
            spans += [Span(label, start, end) for label in labels]
            if end == start + 1:
                spans.append(Span(self.tags[start], start, end))
        return ParseTree(self.words, tuple(spans))


def simplify_tree(tree: ParseTree) -> ParseTree | None:
    """Remove traces and function labels, as is usual for training and scoring parsers.

    Words with the part of speech `-NONE-` are removed, and so are constituents that contain only such words.
    `NP-SBJ-1` and `NP=2` become `NP`. Labels that start with `-`, `=` or `|`, such as `-LRB-`, do not change.

    Returns:
        The tree, or None if no word is left.

    Example:
        >>> tree = ParseTree(("Birds",), (Span("NP-SBJ", 0, 1), Span("N", 0, 1)))
        >>> simplify_tree(tree).spans[0].label
        'NP'
    """
    traces = {span.start for span in tree.spans if span.label == TRACE and span.end == span.start + 1}
    kept = [place not in traces for place in range(len(tree.words))]
    kept_before = [0, *accumulate(map(int, kept))]
    spans = tuple(_simplify_spans(tree, kept_before))
    words = tuple(word for word, keep in zip(tree.words, kept, strict=True) if keep)
    return ParseTree(words, spans, tree.origin) if words else None


def _simplify_spans(tree: ParseTree, kept_before: list[int]) -> Iterator[Span]:
    for span in tree.spans:
        start, end = kept_before[span.start], kept_before[span.end]
        if start < end and span.label != TRACE:
            yield Span(_remove_function(span.label), start, end)


def _remove_function(label: str) -> str:
    return label if label[:1] in "-=|" else _FUNCTION.sub("", label)
