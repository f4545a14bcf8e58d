"""The translation sample: everyday English sentences and their German translations."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import product

from tools.sample_corpora.clauses import Words
from tools.sample_corpora.drafts import drop_repeated
from tools.sample_corpora.grammar import alternatives, deal
from tools.sample_corpora.sentences import Composer, Frame
from tools.sample_corpora.tables import read_table, split_list

SIZES = {"train": 3000, "dev": 250, "test": 250}
SEED = 20261121

_HELD_BACK = 0.4
_LEAST = 3
_TOKEN = re.compile(r"\w+|[^\w\s]")
_CARDS = 12
_OF_BEING = ("present", "past", "future")

Known = tuple[Counter[str], Counter[str]]
"""The count of each word in training, by side."""


def compose() -> dict[str, list[Words]]:
    """Compose the corpus. No sentence occurs twice on either side.

    Returns:
        The pairs of each split. Each word of dev and test occurs at least three times in train.
    """
    words = read_table("phrases.words")
    held_back = {tuple(frame.split()) for frame in alternatives(words["held_back"]["frames"])}
    cards = _cards(words["moods"])
    seen: tuple[set[str], set[str]] = (set(), set())
    known: Known = (Counter(), Counter())
    corpus = {}
    for split, size in SIZES.items():
        rng = random.Random(f"{SEED} {split}")
        composer = Composer(words, rng)
        drafts = {
            own: _drafts(composer, deal([card for card in cards if (card in held_back) is own], rng), seen)
            for own in (True, False)
        }
        if split == "train":
            corpus[split] = [next(drafts[False]) for _ in range(size)]
            for side, count in enumerate(known):
                count.update(word for pair in corpus[split] for word in tokens(pair[side]))
        else:
            fit = {own: filter(partial(_has_known_words, known), pairs) for own, pairs in drafts.items()}
            corpus[split] = [next(fit[rng.random() < _HELD_BACK]) for _ in range(size)]
    return corpus


def tokens(text: str) -> list[str]:
    """Split a text into words and punctuation marks."""
    return _TOKEN.findall(text)


def compose_files() -> Iterator[tuple[str, str]]:
    """Compose the corpus as files.

    Yields:
        Name and content of each file: a table with the columns `source` and `target`.
    """
    for split, pairs in compose().items():
        table = io.StringIO()
        csv.writer(table, delimiter="\t", lineterminator="\n").writerows([("source", "target"), *pairs])
        yield f"phrases.{split}.tsv", table.getvalue()


def _cards(moods: Mapping[str, str]) -> list[Frame]:
    """Return the frames of all moods, repeated so that the moods have their shares."""
    cards = []
    for mood, text in moods.items():
        tenses, kinds, (share,) = (each.split() for each in split_list(text))
        frames = [
            (mood, tense, kind)
            for tense, kind in product(tenses, kinds)
            if kind != "be" or tense in _OF_BEING
        ]
        cards += frames * max(1, round(int(share) * _CARDS / len(frames)))
    return cards


def _drafts(composer: Composer, frames: Iterator[Frame], seen: tuple[set[str], set[str]]) -> Iterator[Words]:
    """Compose pairs. No side repeats an earlier one."""
    sources, targets = seen
    pairs = map(composer.compose, frames)
    return drop_repeated(sources, lambda pair: pair[0], drop_repeated(targets, lambda pair: pair[1], pairs))


def _has_known_words(known: Known, pair: Words) -> bool:
    return all(
        count[word] >= _LEAST for count, text in zip(known, pair, strict=True) for word in tokens(text)
    )
