"""Forms of tags: other ways to write the prefix and the label of `B-PER`.

* `prefix`: `B-PER`, the form that tagging schemes use.
* `underscore`: `B_PER`.
* `suffix`: `PER-B` or `PER_B`.
* `bare`: `B` without a label. All spans get the label `SPAN`.
* `label`: `PER` without a prefix. A run of equal tags is one span.

`O` is outside of all spans in every form.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

TagForm: TypeAlias = Literal["prefix", "underscore", "suffix", "bare", "label"]
"""The name of a form."""

BARE_LABEL = "SPAN"
"""The label of spans whose tags have none."""

_OUTSIDE = "O"
_PREFIXES = "BIESLUM"
_PATTERNS: dict[TagForm, re.Pattern[str]] = {
    "prefix": re.compile(rf"(?P<prefix>[{_PREFIXES}])-(?P<label>.+)", re.DOTALL),
    "underscore": re.compile(rf"(?P<prefix>[{_PREFIXES}])_(?P<label>.+)", re.DOTALL),
    "suffix": re.compile(rf"(?P<label>.+)[-_](?P<prefix>[{_PREFIXES}])", re.DOTALL),
    "bare": re.compile(rf"(?P<prefix>[{_PREFIXES}])(?P<label>)"),
    "label": re.compile(r"(?P<prefix>)(?P<label>.+)", re.DOTALL),
}
FORMS: tuple[TagForm, ...] = ("prefix", "underscore", "suffix", "bare")
"""The forms that are detected."""

_SIMILAR = re.compile(rf"[{_PREFIXES}O][-_:/.|].+|.+[-_:/.|][{_PREFIXES}]|[{_PREFIXES}]", re.IGNORECASE)


@lru_cache(maxsize=65536)
def to_prefix(tag: str, form: TagForm) -> str:
    """Return a tag in the form `prefix`. A tag that does not have the given form is returned as it is.

    Example:
        >>> to_prefix("PER-B", "suffix")
        'B-PER'
    """
    match = None if tag == _OUTSIDE or form == "prefix" else _PATTERNS[form].fullmatch(tag)
    return tag if match is None else f"{match['prefix'] or 'I'}-{match['label'] or BARE_LABEL}"


def to_prefixes(tags: Sequence[str], form: TagForm) -> tuple[str, ...]:
    """Return the tags of a sentence in the form `prefix`."""
    return tuple(tags) if form == "prefix" else tuple(to_prefix(tag, form) for tag in tags)


def possible_forms(tags: Collection[str]) -> tuple[TagForm, ...]:
    """Return the forms that all distinct tags of a corpus have, the most likely first.

    Without any, the form is `prefix`. The form `label` is not detected, because plain tags have it, too.
    """
    inside = [tag for tag in tags if tag != _OUTSIDE]
    found = tuple(form for form in FORMS if all(map(_PATTERNS[form].fullmatch, inside)))
    return found or ("prefix",)


def detect_tag_form(tags: Collection[str]) -> TagForm:
    """Return the form of the distinct tags of a corpus.

    Bare tags need at least two different ones, and one of them must be `B` or `I`.

    Example:
        >>> detect_tag_form({"O", "B_PER", "I_PER"})
        'underscore'
    """
    form = possible_forms(tags)[0]
    plain = form == "bare" and (len(tags) == 1 or not {"B", "I"}.intersection(tags))
    return "prefix" if plain else form


def describe_plain(tags: Collection[str]) -> str | None:
    """Return a warning if the distinct tags of a corpus are plain, but perhaps should not be.

    Plain tags with `O` among them, or that look similar to tags of spans, may mark spans.

    Returns:
        The warning, which names the options that read the tags as spans, or None.
    """
    similar = sorted(tag for tag in tags if tag != _OUTSIDE and _SIMILAR.fullmatch(tag))
    others = sorted(tag for tag in tags if tag != _OUTSIDE)
    if 2 * len(similar) > len(others):
        example = similar[0]
    elif _OUTSIDE in tags and others:
        example = others[0]
    else:
        return None
    return (
        f"tags such as {example!r} are read as plain labels of words; if they mark spans, choose their form "
        "with --tag-form and --scheme, or write them like B-LABEL"
    )
