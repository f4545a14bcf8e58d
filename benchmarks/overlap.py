"""Measure how much of the texts of a corpus occurs in the reviews that a language model learns from.

`python -m benchmarks.overlap --output FILE`

A language model that has read the test texts, even without labels, would make a comparison unfair.
"""

import re
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.report import publish, table
from benchmarks.reviews import GOALS, read_reviews
from benchmarks.runs import errors_end_the_command
from seqnlp import corpora

SIZE = 8
"""Words of an n-gram."""
SHARES = (0.1, 0.5, 1.0)
_WORD = re.compile(r"[^\W_]+")


def ngrams(text: str, size: int) -> Iterator[tuple[str, ...]]:
    """Yield the n-grams of words of a text, without case and punctuation."""
    words = _WORD.findall(text.lower())
    for start in range(len(words) - size + 1):
        yield tuple(words[start : start + size])


def shares(texts: Iterable[str], others: Iterable[str], size: int) -> list[float | None]:
    """Return the fraction of the n-grams of each text that occur in other texts; None for a shorter text.

    Args:
        texts: The texts.
        others: The other texts, which need not fit in memory.
        size: Words of an n-gram.

    Example:
        >>> shares(["a good film to see", "a film"], ["it is a good film"], size=3)
        [0.3333333333333333, None]
    """
    own = [set(ngrams(text, size)) for text in texts]
    known = set().union(*own)
    found = {ngram for text in others for ngram in ngrams(text, size) if ngram in known}
    return [len(each & found) / len(each) if each else None for each in own]


def main() -> None:
    """Show how many texts of each corpus share n-grams with the reviews."""
    options = ArgumentParser(prog="python -m benchmarks.overlap", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(GOALS), default=list(GOALS), metavar="NAME")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    with errors_end_the_command():
        rows = [_row(name) for name in arguments.corpus]
    header = ["", f"texts of at least {SIZE} words", f"with a shared {SIZE}-gram"]
    header += [f"at least {share:.0%} shared" for share in SHARES[:-1]] + ["all shared", "mean share"]
    publish([table(header, rows)], arguments.output)


def _row(name: str) -> Sequence[str]:
    corpus = corpora.load(name)
    texts = [text.text for split in corpus.splits for text in corpus.split(split)]
    found = [share for share in shares(texts, read_reviews(), SIZE) if share is not None]
    most = [sum(share >= limit for share in found) for limit in SHARES]
    counts = [len(found), sum(share > 0 for share in found), *most]
    return [name, *(f"{count:,}" for count in counts), f"{sum(found) / len(found):.2%}"]


if __name__ == "__main__":
    main()
