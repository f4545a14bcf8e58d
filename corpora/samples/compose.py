"""Compose the embedded sample corpus.

`python -m seqnlp.corpora.samples.compose --output DIR` writes `ner.train.conll`, `ner.dev.conll` and
`ner.test.conll`, the same bytes every time.
"""

import argparse
import random
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from seqnlp.corpora.samples.grammar import Grammar, alternatives, deal
from seqnlp.corpora.samples.orthography import Sentence, in_capitals, spelt_right, with_capital

SIZES = {"train": 2800, "dev": 300, "test": 300}
SEED = 20261121

_OWN_FRAMES = {"train": 0.7, "dev": 0.5, "test": 0.5}
_NAMELESS = 0.22
_NAMELESS_GENRE = "plain"
_STYLES: dict[str, Callable[[Sentence], Sentence]] = {"chat": list, "titles": list, "headlines": in_capitals}

Genres = Mapping[str, str]
"""The frames of each genre, one a line."""


def compose() -> dict[str, list[Sentence]]:
    """Compose the corpus; each sentence differs from every other by more than capitals.

    Returns:
        The sentences of each part.
    """
    names, phrases, frames = (_read(table) for table in ("names", "phrases", "frames"))
    labels = {symbol: label for label, symbols in phrases.pop("labels").items() for symbol in symbols.split()}
    rules = {symbol: alternatives(text) for table in phrases.values() for symbol, text in table.items()}
    seen: set[str] = set()
    corpus = {}
    for part, size in SIZES.items():
        chance = random.Random(f"{SEED} {part}")
        lexicon = {kind: " ".join(text.split()).split(", ") for kind, text in names[part].items()}
        grammar = Grammar(rules | lexicon, labels, chance)
        drafts = {
            (named, own): _unlike(seen, _drafts(frames[part if own else "shared"], named, grammar, chance))
            for named in (True, False)
            for own in (True, False)
        }
        sentences = [
            next(drafts[i >= _NAMELESS * size, chance.random() < _OWN_FRAMES[part]]) for i in range(size)
        ]
        chance.shuffle(sentences)
        corpus[part] = sentences
    return corpus


def write(directory: Path) -> None:
    """Compose the corpus and write its three files.

    Args:
        directory: Where to; made if it does not exist.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for part, sentences in compose().items():
        blocks = ("".join(f"{word} {tag}\n" for word, tag in sentence) for sentence in sentences)
        path = directory / f"ner.{part}.conll"
        partial = path.with_suffix(".partial")
        partial.write_text("\n".join(blocks), encoding="utf-8", newline="\n")
        partial.replace(path)


def _read(table: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{table}.toml").read_text(encoding="utf-8"))


def _drafts(genres: Genres, named: bool, grammar: Grammar, chance: random.Random) -> Iterator[Sentence]:
    frames = [
        (genre, frame)
        for genre, text in genres.items()
        if (genre != _NAMELESS_GENRE) is named
        for frame in alternatives(text)
    ]
    for genre, frame in deal(frames, chance):
        yield _STYLES.get(genre, with_capital)(spelt_right(grammar.compose(frame)))


def _unlike(seen: set[str], sentences: Iterator[Sentence]) -> Iterator[Sentence]:
    for sentence in sentences:
        text = " ".join(word for word, _ in sentence).casefold()
        if text not in seen:
            seen.add(text)
            yield sentence


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m seqnlp.corpora.samples.compose", description="Compose the embedded sample corpus."
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where to write the files")
    write(parser.parse_args().output)
