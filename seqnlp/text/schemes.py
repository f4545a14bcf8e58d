"""Tag schemes: how labelled spans of tokens are written as one tag a word, and read back.

A tag is `O`, outside any span, or a prefix and a label: `B-PER`. The schemes:

* `bio` (IOB2): `B-` begins every span, `I-` goes on.
* `iob1` (Ramshaw and Marcus 1995): `I-` everywhere, `B-` only where a span of the same label stands directly
  before.
* `iobes`: as `bio`, and `E-` ends a span, `S-` is a span of one word. Read in the spellings BIOES, BILOU
  (`L-`, `U-`) and BMES (`M-`), written with `B- I- E- S-`.
* `plain`: the tags are labels of words, such as parts of speech; there are no spans.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.records import Span, TaggedSentence

SCHEMES = ("bio", "iob1", "iobes", "plain")
OUTSIDE = "O"

_CANONICAL = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}


@dataclass(frozen=True, slots=True)
class _Grammar:
    """Which tag may follow which.

    Attributes:
        prefixes: The prefixes that may be written.
        continuing: The canonical prefixes that need a span of their label going on directly before them.
        closed: Whether a span that `B` or `I` leaves open has to go on.
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
    """Prefix (canonical) and label of a tag; two empty strings for a tag of no chunk scheme."""
    if tag == OUTSIDE:
        return OUTSIDE, ""
    prefix, _, label = tag.partition("-")
    return (_CANONICAL[prefix], label) if label and prefix in _CANONICAL else ("", "")


def _grammar(scheme: str) -> _Grammar:
    if scheme not in _GRAMMARS:
        raise ValueError(f"{scheme!r} is no scheme of spans; these are: {', '.join(_GRAMMARS)}")
    return _GRAMMARS[scheme]


def _malformed(tag: str, grammar: _Grammar) -> bool:
    return tag != OUTSIDE and (_split(tag) == ("", "") or tag[0] not in grammar.prefixes)


@lru_cache(maxsize=65536)
def _fault(before: str | None, tag: str | None, scheme: str) -> str | None:
    """Say why `tag` may not follow `before`; None stands for the edges of the sentence, and for no fault."""
    grammar = _grammar(scheme)
    if tag is not None and _malformed(tag, grammar):
        forms = ", ".join([OUTSIDE, *(f"{prefix}-LABEL" for prefix in grammar.prefixes)])
        return f"{tag!r} is no tag of {scheme} ({forms})"
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
    place = "begins the sentence" if before is None else f"follows {before}"
    return f"{tag} {place}, which {scheme} forbids"


def detect_scheme(sentences: Iterable[Sequence[str]]) -> str:
    """Find the scheme that the tags of a corpus follow: the one that the fewest tags break.

    A corpus in which a few tags are wrong is thus still recognised, and `check_tags` finds the wrong ones.
    Where two schemes are broken equally often, the first in the order of `SCHEMES` is meant; so a corpus
    without any span is `bio`.

    Args:
        sentences: The tags of each sentence; read once, in memory that depends on the number of
            different tags only.

    Returns:
        One of `SCHEMES`.
    """
    pairs: Counter[tuple[str | None, str | None]] = Counter()
    for tags in sentences:
        pairs.update(pairwise((None, *tags, None)))

    def faults(scheme: str) -> int:
        if scheme == "plain":
            return sum(n for (_, tag), n in pairs.items() if tag is not None and _split(tag)[1])
        return sum(n for (before, tag), n in pairs.items() if _fault(before, tag, scheme))

    return min(SCHEMES, key=faults)


def check_tags(tags: Sequence[str], scheme: str) -> tuple[int, str] | None:
    """Find the first place where a sentence's tags break their scheme.

    Args:
        tags: The tags of one sentence.
        scheme: One of `SCHEMES`; nothing breaks `plain`.

    Returns:
        The index of the tag and the reason in words, or None where all is well.
    """
    if scheme == "plain":
        return None
    for index, (before, tag) in enumerate(pairwise((None, *tags, None))):
        reason = _fault(before, tag, scheme)
        if reason is not None:
            return min(index, len(tags) - 1), reason
    return None


def check_sentence(sentence: TaggedSentence, scheme: str) -> None:
    """Refuse a sentence whose tags break their scheme.

    Args:
        sentence: The sentence as it was read.
        scheme: One of `SCHEMES`.

    Raises:
        DataError: Names the file and the line of the first wrong tag.
    """
    fault = check_tags(sentence.tags, scheme)
    if fault is None:
        return
    index, reason = fault
    origin = sentence.origin
    if origin is None:
        raise DataError(f"word {index + 1} ({sentence.words[index]!r}): {reason}")
    raise DataError(reason, origin.path, origin.line + index)


def to_spans(tags: Sequence[str], scheme: str) -> list[Span]:
    """Read the spans that the tags of a sentence write.

    Tags that follow their scheme have one reading. Others (a softmax tagger predicts such) are read as the
    `conlleval` script of the CoNLL shared tasks and `seqeval` by default do: a span begins at any tag that
    follows `O`, a closed span or a span of another label, and ends where the next begins, at `O`, or with the
    sentence.

    Args:
        tags: The tags of one sentence.
        scheme: One of `SCHEMES`.

    Returns:
        The spans in token offsets, in order; empty for `plain`.

    Raises:
        ValueError: A tag is malformed in every chunk scheme.
    """
    if scheme == "plain":
        return []
    _grammar(scheme)
    spans: list[Span] = []
    start, open_label = 0, ""
    for index, tag in enumerate(tags):
        prefix, label = _split(tag)
        if not prefix:
            raise ValueError(f"{tag!r} is no tag of {scheme}")
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
    """Write spans as tags.

    Args:
        spans: Spans in token offsets, in any order.
        length: How many tokens the sentence has.
        scheme: One of `SCHEMES` except `plain`.

    Returns:
        One tag a token.

    Raises:
        ValueError: A span is empty, overlaps another or reaches out of the sentence; or the scheme has
            no spans.
    """
    _grammar(scheme)
    tags = [OUTSIDE] * length
    before = Span("", 0, 0)
    for span in sorted(spans, key=lambda span: span.start):
        if not before.end <= span.start < span.end <= length:
            raise ValueError(f"{span} is empty, overlaps {before} or reaches out of {length} tokens")
        tags[span.start : span.end] = [f"I-{span.label}"] * (span.end - span.start)
        if scheme != "iob1" or (before.end == span.start and before.label == span.label):
            tags[span.start] = f"B-{span.label}"
        if scheme == "iobes":
            single = span.end - span.start == 1
            tags[span.end - 1] = f"S-{span.label}" if single else f"E-{span.label}"
        before = span
    return tags


def convert(tags: Sequence[str], source: str, target: str) -> list[str]:
    """Rewrite tags from one scheme to another.

    Tags that break their scheme come out repaired, as `to_spans` reads them; `BILOU` comes out as `iobes`.

    Args:
        tags: The tags of one sentence.
        source: The scheme that they are in.
        target: The scheme wanted; `plain` goes to `plain` only.

    Returns:
        As many tags.

    Raises:
        ValueError: A tag is malformed, or just one of the schemes is `plain`.
    """
    if source == target == "plain":
        return list(tags)
    _grammar(source)
    return to_tags(to_spans(tags, source), len(tags), target)


def legal_transitions(
    labels: Sequence[str], scheme: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which tag may follow which, for a decoder that rules out the rest.

    Args:
        labels: The K tags in the order of their ids, such as `["O", "B-PER", "I-PER"]`.
        scheme: One of `SCHEMES`; `plain` allows everything.

    Returns:
        `transitions`, bool [K, K]: whether tag j may follow tag i; `start`, bool [K]: whether a sentence may
        begin with the tag; `end`, bool [K]: whether one may end with it.

    Raises:
        ValueError: A tag is malformed.
    """
    count = len(labels)
    if scheme == "plain":
        return np.ones((count, count), bool), np.ones(count, bool), np.ones(count, bool)
    grammar = _grammar(scheme)
    for label in labels:
        if _malformed(label, grammar):
            raise ValueError(f"{label!r} is no tag of {scheme}")
    transitions = [[_fault(before, tag, scheme) is None for tag in labels] for before in labels]
    start = [_fault(None, tag, scheme) is None for tag in labels]
    end = [_fault(tag, None, scheme) is None for tag in labels]
    return np.array(transitions, bool).reshape(count, count), np.array(start, bool), np.array(end, bool)
