"""Compose the embedded sample corpus.

`python -m seqnlp.corpora.samples.compose --output DIR` writes `ner.train.conll`, `ner.dev.conll` and
`ner.test.conll`, the same bytes every time.
"""

import argparse
import random
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seqnlp.corpora.samples.grammar import Grammar, Word, alternatives, deal

SIZES = {"train": 1400, "dev": 300, "test": 300}
SEED = 20261121

_OWN_FRAMES = {"train": 0.7, "dev": 0.5, "test": 0.5}
_NAMELESS = 0.22
_NAMELESS_GENRE = "plain"
_VOWEL = re.compile(r"[aio]|e(?!u)|u(?!ni|[gks])", re.IGNORECASE)
_GRAMMAR = Path(__file__).with_name("grammar")

Sentence = list[Word]
Frame = tuple[str, str]
"""A frame after the genre it belongs to."""


def compose() -> dict[str, list[Sentence]]:
    """Compose the corpus; each sentence differs from every other by more than capitals.

    Returns:
        The sentences of each part.
    """
    names, phrases, frames = (_read(table) for table in ("names", "phrases", "frames"))
    labels = {symbol: label for label, symbols in phrases.pop("labels").items() for symbol in symbols.split()}
    rules = {symbol: alternatives(text) for table in phrases.values() for symbol, text in table.items()}
    corpus = {}
    seen: set[str] = set()
    for part, size in SIZES.items():
        chance = random.Random(f"{SEED} {part}")
        lexicon = {kind: " ".join(text.split()).split(", ") for kind, text in names[part].items()}
        grammar = Grammar(rules | lexicon, labels, chance)
        decks = {
            (named, own): deal(_frames(frames[part if own else "shared"], named), chance)
            for named in (True, False)
            for own in (True, False)
        }
        sentences: list[Sentence] = []
        while len(sentences) < size:
            deck = decks[chance.random() >= _NAMELESS, chance.random() < _OWN_FRAMES[part]]
            sentences.append(next(filter(_unlike(seen), (_draft(frame, grammar) for frame in deck))))
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
    return tomllib.loads((_GRAMMAR / f"{table}.toml").read_text(encoding="utf-8"))


def _frames(genres: Mapping[str, str], named: bool) -> list[Frame]:
    return [
        (genre, frame)
        for genre, text in genres.items()
        if (genre != _NAMELESS_GENRE) is named
        for frame in alternatives(text)
    ]


def _unlike(seen: set[str]) -> Callable[[Sentence], bool]:
    def is_new(sentence: Sentence) -> bool:
        text = " ".join(word for word, _ in sentence).casefold()
        new = text not in seen
        seen.add(text)
        return new

    return is_new


def _draft(frame: Frame, grammar: Grammar) -> Sentence:
    genre, text = frame
    return _STYLES.get(genre, _with_capital)(_spelt_right(grammar.compose(text)))


def _spelt_right(sentence: Sentence) -> Sentence:
    """Make "a" into "an" before a vowel, and let the dot of "Inc." end the sentence too."""
    following = [word for word, _ in sentence[1:]] + [""]
    spelt = [
        ("an", tag) if word == "a" and _VOWEL.match(next_word) else (word, tag)
        for (word, tag), next_word in zip(sentence, following, strict=True)
    ]
    if len(spelt) > 1 and spelt[-1][0] == "." and spelt[-2][0].endswith("."):
        del spelt[-1]
    return spelt


def _with_capital(sentence: Sentence) -> Sentence:
    first = next((i for i, (word, _) in enumerate(sentence) if word[0].isalnum()), 0)
    word, tag = sentence[first]
    return [*sentence[:first], (word[0].upper() + word[1:], tag), *sentence[first + 1 :]]


def _in_capitals(sentence: Sentence) -> Sentence:
    return [(word.upper(), tag) for word, tag in sentence]


_STYLES: dict[str, Callable[[Sentence], Sentence]] = {"chat": list, "titles": list, "headlines": _in_capitals}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m seqnlp.corpora.samples.compose", description="Compose the embedded sample corpus."
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where to write the files")
    write(parser.parse_args().output)
