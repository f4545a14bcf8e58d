"""The tagging sample: English sentences with names."""

import random
from collections.abc import Callable, Iterator, Mapping

from tools.sample_corpora.drafts import drop_repeated
from tools.sample_corpora.grammar import Grammar, alternatives, deal
from tools.sample_corpora.orthography import Sentence, capitalize_all, capitalize_first, fix_spelling
from tools.sample_corpora.tables import read_table, split_list

SIZES = {"train": 2800, "dev": 300, "test": 300}
SEED = 20261121

_OWN_FRAMES = {"train": 0.7, "dev": 0.5, "test": 0.5}
_NAMELESS = 0.22
_NAMELESS_GENRE = "plain"
_STYLES: dict[str, Callable[[Sentence], Sentence]] = {
    "chat": list,
    "titles": list,
    "headlines": capitalize_all,
}

Genres = Mapping[str, str]
"""The frames of each genre, one per line."""


def compose() -> dict[str, list[Sentence]]:
    """Compose the corpus. Any two sentences differ by more than case.

    Returns:
        The sentences of each split.
    """
    names, phrases, frames = (read_table(f"ner.{table}") for table in ("names", "phrases", "frames"))
    labels = {symbol: label for label, symbols in phrases.pop("labels").items() for symbol in symbols.split()}
    rules = {symbol: alternatives(text) for table in phrases.values() for symbol, text in table.items()}
    seen: set[str] = set()
    corpus = {}
    for split, size in SIZES.items():
        rng = random.Random(f"{SEED} {split}")
        lexicon = {kind: split_list(text) for kind, text in names[split].items()}
        grammar = Grammar(rules | lexicon, labels, rng)
        genres = {True: frames[split], False: frames["shared"]}
        drafts = {
            (named, own): drop_repeated(seen, _text, _drafts(genres[own], named, grammar, rng))
            for named in (True, False)
            for own in (True, False)
        }
        sentences = [
            next(drafts[i >= _NAMELESS * size, rng.random() < _OWN_FRAMES[split]]) for i in range(size)
        ]
        rng.shuffle(sentences)
        corpus[split] = sentences
    return corpus


def compose_files() -> Iterator[tuple[str, str]]:
    """Compose the corpus as files.

    Yields:
        Name and content of each file: one word and its tag per line, an empty line after each sentence.
    """
    for split, sentences in compose().items():
        blocks = ("".join(f"{word} {tag}\n" for word, tag in sentence) for sentence in sentences)
        yield f"ner.{split}.conll", "\n".join(blocks)


def _drafts(genres: Genres, named: bool, grammar: Grammar, rng: random.Random) -> Iterator[Sentence]:
    frames = [
        (genre, frame)
        for genre, text in genres.items()
        if (genre != _NAMELESS_GENRE) is named
        for frame in alternatives(text)
    ]
    for genre, frame in deal(frames, rng):
        yield _STYLES.get(genre, capitalize_first)(fix_spelling(grammar.compose(frame)))


def _text(sentence: Sentence) -> str:
    return " ".join(word for word, _ in sentence)
