"""The classification sample: short reviews of everyday things, positive, negative or neutral."""

import csv
import io
import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from tools.sample_corpora.drafts import drop_repeated
from tools.sample_corpora.grammar import Grammar, alternatives, deal
from tools.sample_corpora.opinions import OPPOSITE, bind_symbols, compose_rules
from tools.sample_corpora.orthography import capitalize_sentences, fix_text_spelling
from tools.sample_corpora.tables import read_table

SIZES = {
    "train": {"positive": 1260, "negative": 1260, "neutral": 980},
    "dev": {"positive": 144, "negative": 144, "neutral": 112},
    "test": {"positive": 144, "negative": 144, "neutral": 112},
}
SEED = 20261128

_OWN_FRAMES = {"train": 0.6, "dev": 0.5, "test": 0.5}
_RESPELT = 0.4

Review = tuple[str, str]
"""A label and a text."""

Style = Callable[[str], str]


def compose() -> dict[str, list[Review]]:
    """Compose the corpus. Any two texts differ by more than case.

    Returns:
        The labels and texts of each split.
    """
    frames = read_table("reviews.frames")
    seen: set[str] = set()
    corpus = {}
    for split, sizes in SIZES.items():
        rng = random.Random(f"{SEED} {split}")
        grammars = deal([Grammar(rules, {}, rng) for rules in compose_rules(split)], rng)
        styles = deal(_styles(rng), rng)
        genres = {True: frames[split], False: frames["shared"]}
        drafts = {
            (label, own): drop_repeated(
                seen, str, _drafts(_frames(genres[own], label), grammars, styles, rng)
            )
            for label in sizes
            for own in (True, False)
        }
        reviews = [
            (label, next(drafts[label, rng.random() < _OWN_FRAMES[split]]))
            for label, size in sizes.items()
            for _ in range(size)
        ]
        rng.shuffle(reviews)
        corpus[split] = reviews
    return corpus


def compose_files() -> Iterator[tuple[str, str]]:
    """Compose the corpus as files.

    Yields:
        Name and content of each file: a table with the columns `label` and `text`.
    """
    for split, reviews in compose().items():
        table = io.StringIO()
        csv.writer(table, delimiter="\t", lineterminator="\n").writerows([("label", "text"), *reviews])
        yield f"reviews.{split}.tsv", table.getvalue()


def _frames(genres: Mapping[str, str], label: str) -> list[str]:
    """Return the frames of a label: its own and, unless it is neutral, those of both polarities."""
    texts = alternatives(genres[label])
    if label in OPPOSITE:
        texts = [f"{frame} {{own_rest}}" for frame in texts + alternatives(genres["polar"])]
    return [bind_symbols(text, label) for text in texts]


def _drafts(
    frames: list[str], grammars: Iterator[Grammar], styles: Iterator[Style], rng: random.Random
) -> Iterator[str]:
    for frame in deal(frames, rng):
        text = next(grammars).expand(frame)
        yield next(styles)(capitalize_sentences(fix_text_spelling(text)))


def _styles(rng: random.Random) -> list[Style]:
    """Return a hundred styles of writing. 72 of them do not change the text."""
    respelt = {
        re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE): spelling
        for word, spelling in read_table("reviews.words")["respelt"].items()
    }

    def often(spelling: str, found: re.Match[str]) -> str:
        return spelling if rng.random() < _RESPELT else found[0]

    def hasty(text: str) -> str:
        for word, spelling in respelt.items():
            text = word.sub(partial(often, spelling), text)
        return unstopped(text.lower())

    def unstopped(text: str) -> str:
        return text.removesuffix(".")

    shares: list[tuple[Style, int]] = [
        (str, 72),
        (str.lower, 10),
        (unstopped, 8),
        (hasty, 8),
        (str.upper, 2),
    ]
    return [style for style, share in shares for _ in range(share)]
