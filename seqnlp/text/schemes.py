"""Tagging schemes: convert labelled spans of tokens to one tag per word, and back.

A tag is `O` (outside of all spans) or a prefix and a label, such as `B-PER`. The schemes are:

* `bio` (IOB2): `B-` starts every span, and `I-` continues it.
* `iob1` (Ramshaw and Marcus 1995): spans use `I-`. `B-` is used only if the span directly follows another
  span with the same label.
* `iobes`: like `bio`, but `E-` ends a span and `S-` is a span of one word. The variants BIOES, BILOU
  (`L-`, `U-`) and BMES (`M-`) can be read. Tags are written with `B- I- E- S-`.
* `plain`: the tags are labels of single words, such as parts of speech. There are no spans.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from seqnlp.errors import DataError
from seqnlp.records import Span, TaggedSentence
from seqnlp.types import Flags

Scheme: TypeAlias = Literal["bio", "iob1", "iobes", "plain"]
"""The name of a tagging scheme."""
TagPair: TypeAlias = tuple[str | None, str | None]
"""Two adjacent tags. None stands for an end of the sentence."""
SCHEMES: tuple[Scheme, ...] = ("bio", "iob1", "iobes", "plain")
OUTSIDE = "O"
UNUSUAL = "unusual tags, read as conlleval reads them, in"
"""The verb of a warning that counts sentences whose tags are readable but violate the scheme."""

_CANONICAL = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The rules of a scheme about consecutive tags.

    Attributes:
        prefixes: The allowed prefixes.
        continuing: The canonical prefixes that must directly follow an open span with the same label.
        closed: Whether a span must continue after `B` or `I`.
    """

    prefixes: str
    continuing: str
    closed: bool


_GRAMMARS = {
    "bio": _Grammar("BI", continuing="I", closed=False),
    "iob1": _Grammar("BI", continuing="B", closed=False),
    "iobes": _Grammar("BIESLUM", continuing="IE", closed=True),
}


@lru_cache(maxsize=4096)
def _split(tag: str) -> tuple[str, str]:
    """Return the canonical prefix and the label of a tag, or two empty strings if the tag is malformed."""
    if tag == OUTSIDE:
        return OUTSIDE, ""
    prefix, _, label = tag.partition("-")
    return (_CANONICAL[prefix], label) if label and prefix in _CANONICAL else ("", "")


def _grammar(scheme: str) -> _Grammar:
    if scheme not in _GRAMMARS:
        raise ValueError(f"{scheme!r} is not a scheme for spans; choose from {', '.join(_GRAMMARS)}")
    return _GRAMMARS[scheme]


def _malformed(tag: str, grammar: _Grammar) -> bool:
    return tag != OUTSIDE and (_split(tag) == ("", "") or tag[0] not in grammar.prefixes)


def _describe_malformed(tag: str, scheme: str) -> str:
    forms = ", ".join([OUTSIDE, *(f"{prefix}-LABEL" for prefix in _grammar(scheme).prefixes)])
    return f"{tag!r} is not a {scheme} tag ({forms})"


@lru_cache(maxsize=65536)
def _fault(before: str | None, tag: str | None, scheme: str) -> str | None:
    """Return why `tag` must not follow `before`, or None. A tag of None marks the sentence boundary."""
    grammar = _grammar(scheme)
    if tag is not None and _malformed(tag, grammar):
        return _describe_malformed(tag, scheme)
    open_prefix, open_label = _split(OUTSIDE if before is None else before)
    prefix, label = _split(OUTSIDE if tag is None else tag)
    is_open = open_prefix in ("B", "I")
    if prefix in grammar.continuing:
        legal = is_open and open_label == label
    else:
        legal = not (is_open and grammar.closed)
    if legal:
        return None
    if tag is None:
        return f"{before} ends the sentence, which {scheme} forbids"
    place = "starts the sentence" if before is None else f"follows {before}"
    return f"{tag} {place}, which {scheme} forbids"


def detect_scheme(sentences: Iterable[Sequence[str]]) -> Scheme:
    """Return the scheme of a corpus: the one that the fewest tags violate.

    A few invalid tags do not matter; `check_tags` finds them. If several schemes are violated equally often,
    the first one in `SCHEMES` is returned. A corpus without spans is `bio`.

    Args:
        sentences: The tags of each sentence. They are read once, and memory depends only on the number of
            distinct tags.

    Returns:
        One of `SCHEMES`.

    Example:
        >>> detect_scheme([["B-PER", "E-PER", "O"]])
        'iobes'
    """
    pairs: Counter[TagPair] = Counter()
    for tags in sentences:
        pairs.update(tag_pairs(tags))
    return scheme_of_pairs(pairs)


def tag_pairs(tags: Sequence[str]) -> Iterator[TagPair]:
    """Return the pairs of adjacent tags of a sentence. None stands for both ends of the sentence."""
    return pairwise((None, *tags, None))


def scheme_of_pairs(pairs: Mapping[TagPair, int]) -> Scheme:
    """Return the scheme of a corpus like `detect_scheme`, from the count of each result of `tag_pairs`."""

    def faults(scheme: str) -> int:
        if scheme == "plain":
            return sum(n for (_, tag), n in pairs.items() if tag is not None and _split(tag)[1])
        return sum(n for (before, tag), n in pairs.items() if _fault(before, tag, scheme))

    return min(SCHEMES, key=faults)


def check_tags(tags: Sequence[str], scheme: str) -> tuple[int, str] | None:
    """Find the first tag of a sentence that violates the scheme.

    Args:
        tags: The tags of one sentence.
        scheme: One of `SCHEMES`. No tag violates `plain`.

    Returns:
        The index of the tag and the reason, or None if all tags are valid.

    Example:
        >>> check_tags(["O", "I-PER"], "bio")
        (1, 'I-PER follows O, which bio forbids')
    """
    if scheme == "plain":
        return None
    for index, (before, tag) in enumerate(tag_pairs(tags)):
        reason = _fault(before, tag, scheme)
        if reason is not None:
            return min(index, len(tags) - 1), reason
    return None


def check_sentence(sentence: TaggedSentence, scheme: str) -> None:
    """Raise an error if the tags of a sentence violate the scheme.

    Args:
        sentence: The sentence.
        scheme: One of `SCHEMES`.

    Raises:
        DataError: A tag is invalid. The message names the file and line of the first one.
    """
    fault = check_tags(sentence.tags, scheme)
    if fault is not None:
        raise _locate(sentence, *fault)


def check_readable(sentence: TaggedSentence, scheme: str) -> None:
    """Raise an error if `to_spans` cannot read a tag of a sentence. Any order of tags is accepted.

    Args:
        sentence: The sentence.
        scheme: One of `SCHEMES`.

    Raises:
        DataError: A tag is malformed. The message names the file and line of the first one.
    """
    if scheme == "plain":
        return
    for index, tag in enumerate(sentence.tags):
        if not _split(tag)[0]:
            raise _locate(sentence, index, _describe_malformed(tag, scheme))


def _locate(sentence: TaggedSentence, index: int, reason: str) -> DataError:
    """Return an error about one word of a sentence."""
    origin, word = sentence.origin, f"word {index + 1} ({sentence.words[index]!r}): {reason}"
    if origin is None:
        return DataError(word)
    if not origin.word_lines:
        return DataError(word, origin.path, origin.line)
    return DataError(reason, origin.path, origin.line + index)


def to_spans(tags: Sequence[str], scheme: str) -> list[Span]:
    """Convert the tags of a sentence to spans.

    Tags that violate the scheme, as a softmax tagger may predict them, are read like the `conlleval` script
    of the CoNLL shared tasks and the default mode of `seqeval`. A span starts at any tag that follows `O`, a
    closed span or a span with another label. It ends before the next span, before `O`, or at the end of the
    sentence.

    Args:
        tags: The tags of one sentence.
        scheme: One of `SCHEMES`.

    Returns:
        The spans in token offsets, in order. Empty for `plain`.

    Raises:
        ValueError: A tag is malformed.

    Example:
        >>> to_spans(["B-PER", "I-PER", "O"], "bio")
        [Span(label='PER', start=0, end=2)]
    """
    if scheme == "plain":
        return []
    _grammar(scheme)
    spans: list[Span] = []
    start, open_label = 0, ""
    for index, tag in enumerate(tags):
        prefix, label = _split(tag)
        if not prefix:
            raise ValueError(f"{tag!r} is not a {scheme} tag")
        if open_label and (prefix in ("O", "B", "S") or label != open_label):
            spans.append(Span(open_label, start, index))
            open_label = ""
        if label and not open_label:
            start, open_label = index, label
        if prefix in ("E", "S"):
            spans.append(Span(open_label, start, index + 1))
            open_label = ""
    if open_label:
        spans.append(Span(open_label, start, len(tags)))
    return spans


def to_tags(spans: Iterable[Span], length: int, scheme: str) -> list[str]:
    """Convert spans to tags.

    Args:
        spans: Spans in token offsets, in any order.
        length: Number of tokens in the sentence.
        scheme: One of `SCHEMES` except `plain`.

    Returns:
        One tag per token.

    Raises:
        ValueError: A span is empty, overlaps another or is outside the sentence, or the scheme has no spans.

    Example:
        >>> to_tags([Span("PER", 0, 2)], 3, "iobes")
        ['B-PER', 'E-PER', 'O']
    """
    _grammar(scheme)
    tags = [OUTSIDE] * length
    before = Span("", 0, 0)
    for span in sorted(spans, key=lambda span: span.start):
        if not before.end <= span.start < span.end <= length:
            raise ValueError(f"{span} is empty, overlaps {before} or ends after {length} tokens")
        tags[span.start : span.end] = [f"I-{span.label}"] * (span.end - span.start)
        if scheme != "iob1" or (before.end == span.start and before.label == span.label):
            tags[span.start] = f"B-{span.label}"
        if scheme == "iobes":
            single = span.end - span.start == 1
            tags[span.end - 1] = f"S-{span.label}" if single else f"E-{span.label}"
        before = span
    return tags


def convert(tags: Sequence[str], source: str, target: str) -> list[str]:
    """Convert tags from one scheme to another.

    Tags that violate their scheme are repaired as in `to_spans`. BILOU is written as `iobes`.

    Args:
        tags: The tags of one sentence.
        source: The scheme of the tags.
        target: The scheme to convert to. `plain` can only be converted to `plain`.

    Returns:
        One tag per input tag.

    Raises:
        ValueError: A tag is malformed, or only one of the schemes is `plain`.

    Example:
        >>> convert(["I-PER", "O"], "iob1", "bio")
        ['B-PER', 'O']
    """
    if source == target == "plain":
        return list(tags)
    _grammar(source)
    return to_tags(to_spans(tags, source), len(tags), target)


def legal_transitions(labels: Sequence[str], scheme: str) -> tuple[Flags, Flags, Flags]:
    """Return masks of the allowed transitions between tags, for constrained decoding.

    Args:
        labels: The K tags in id order, such as `["O", "B-PER", "I-PER"]`.
        scheme: One of `SCHEMES`; `plain` allows all transitions.

    Returns:
        `transitions`, bool [K, K]: whether tag j may follow tag i. `start`, bool [K]: whether a sentence may
        start with the tag. `end`, bool [K]: whether a sentence may end with the tag.

    Raises:
        ValueError: A tag is malformed.

    Example:
        >>> transitions, start, end = legal_transitions(["O", "B-PER", "I-PER"], "bio")
        >>> start.tolist()
        [True, True, False]
    """
    count = len(labels)
    if scheme == "plain":
        return np.ones((count, count), bool), np.ones(count, bool), np.ones(count, bool)
    grammar = _grammar(scheme)
    for label in labels:
        if _malformed(label, grammar):
            raise ValueError(f"{label!r} is not a {scheme} tag")
    transitions = [[_fault(before, tag, scheme) is None for tag in labels] for before in labels]
    start = [_fault(None, tag, scheme) is None for tag in labels]
    end = [_fault(tag, None, scheme) is None for tag in labels]
    return np.array(transitions, bool).reshape(count, count), np.array(start, bool), np.array(end, bool)
