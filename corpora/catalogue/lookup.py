"""Look up corpora by name: `name[/part][:split]`, such as `conll2002/esp:testb`."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from seqnlp.corpora.catalogue.entries import CATALOGUE
from seqnlp.corpora.catalogue.entry import Entry
from seqnlp.corpora.corpus import Corpus
from seqnlp.errors import CorpusError


def known() -> tuple[str, ...]:
    """Return the names of all corpora."""
    return tuple(CATALOGUE)


def entry(name: str) -> Entry:
    """Return the entry of a corpus.

    Args:
        name: `name[/part]`, without a split.

    Raises:
        CorpusError: The corpus is unknown. The message lists all corpora and suggests similar names.

    Example:
        >>> entry("conll2002/esp").language
        'es'
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    parts = [full for full in CATALOGUE if full.startswith(f"{name}/")]
    near = parts or get_close_matches(name, CATALOGUE, 1)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise CorpusError(f"unknown corpus {name!r}; {hint}known corpora: {', '.join(CATALOGUE)}")


def not_installed(name: str) -> CorpusError:
    """Return the error for a corpus that is not installed, with instructions to install it."""
    how = entry(name).by_hand or f"fetch it with: seqnlp corpora download {name}"
    return CorpusError(f"{name} is not installed; {how}")


def load(name: str) -> Corpus[Any]:
    """Return a corpus.

    Args:
        name: `name[/part]`, without a split.

    Returns:
        The corpus. Each split is read at its first use.

    Raises:
        CorpusError: The corpus is unknown. When a split is read: it is not installed or damaged.

    Example:
        >>> len(load("sample/reviews").dev)
        400
    """
    if ":" in name:
        raise CorpusError(f"{name!r} names a split; give the name of a corpus")
    source = entry(name).source
    return Corpus(name, {split: partial(_read, name, split) for split in source.splits}, source.aliases)


def load_split(name: str, default: str = "test") -> Sequence[Any]:
    """Read one split of a corpus.

    Args:
        name: `name[/part][:split]`.
        default: The split to read if the name has none.

    Returns:
        The records of the split.

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
