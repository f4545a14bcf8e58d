"""Sentences with their constituents: what a parser learns from a tree, and what it finds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from seqnlp.records import ParseTree, Span
from seqnlp.trees.binary import Chain, chained

TRACE = "-NONE-"
"""The part of speech of what treebanks write where nothing was said."""

_FUNCTION = re.compile(r"(?<=.)[-=|].*")


class NoPartOfSpeechError(ValueError):
    """A word of a tree has no bracket of its own."""


@dataclass(frozen=True, slots=True)
class Constituents:
    """A sentence, the part of speech of each word, and its constituents.

    Attributes:
        words: The words, at least one.
        tags: The part of speech of each.
        chains: The labels of the constituents over the same words, the upper first, by the first of the words
            and the one behind the last.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    chains: Mapping[tuple[int, int], Chain]

    @classmethod
    def of(cls, tree: ParseTree) -> "Constituents":
        """Take a tree apart.

        Raises:
            NoPartOfSpeechError: A word has none.
        """
        tags = []
        chains = dict(chained(tree.spans))
        for place, word in enumerate(tree.words):
            bounds = place, place + 1
            if bounds not in chains:
                raise NoPartOfSpeechError(f"the word {word!r} has no part of speech of its own: (TAG {word})")
            *labels, tag = chains.pop(bounds)
            tags.append(tag)
            if labels:
                chains[bounds] = tuple(labels)
        return cls(tree.words, tuple(tags), chains)

    def tree(self) -> ParseTree:
        """The tree of the constituents; those that overlap must hold one another."""
        spans = []
        for (start, end), labels in sorted(
            {**{(place, place + 1): () for place in range(len(self.words))}, **self.chains}.items(),
            key=lambda item: (item[0][0], -item[0][1]),
        ):
            spans += [Span(label, start, end) for label in labels]
            if end == start + 1:
                spans.append(Span(self.tags[start], start, end))
        return ParseTree(self.words, tuple(spans))


def bare(tree: ParseTree) -> ParseTree | None:
    """A tree as parsers are trained and scored on: without traces, and labels without their functions.

    A word whose part of speech is `-NONE-` is left out, and so are constituents that are over nothing else.
    Of `NP-SBJ-1` and `NP=2` stays `NP`; labels that begin with such a sign, as `-LRB-` does, stay.

    Returns:
        The tree; None where nothing is left of it.
    """
    traces = {span.start for span in tree.spans if span.label == TRACE and span.end == span.start + 1}
    spoken = [place not in traces for place in range(len(tree.words))]
    before = [0, *accumulate(map(int, spoken))]
    spans = tuple(_bare_spans(tree, before))
    words = tuple(word for word, stays in zip(tree.words, spoken, strict=True) if stays)
    return ParseTree(words, spans, tree.origin) if words else None


def _bare_spans(tree: ParseTree, before: list[int]) -> Iterator[Span]:
    for span in tree.spans:
        start, end = before[span.start], before[span.end]
        if start < end and span.label != TRACE:
            yield Span(_bare_label(span.label), start, end)


def _bare_label(label: str) -> str:
    return label if label[:1] in "-=|" else _FUNCTION.sub("", label)
