"""A small text grammar: symbols and their expansions, with labels for symbols that are names."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from tools.sample_corpora.orthography import Sentence

Card = TypeVar("Card")

_SYMBOL = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_WEIGHT = re.compile(r"(?P<text>.*\S)\s+\*(?P<weight>\d+)")


def deal(cards: Sequence[Card], rng: random.Random) -> Iterator[Card]:
    """Deal cards forever, each once per round.

    Args:
        cards: The cards. A card that occurs twice is dealt twice per round.
        rng: The random generator.

    Yields:
        The cards, shuffled anew for each round.
    """
    while True:
        yield from rng.sample(cards, len(cards))


class Grammar:
    """Expand frames into tagged words.

    In a frame or an expansion, `{symbol}` is replaced by an expansion of the symbol, `[a|b|]` by one of the
    alternatives (here possibly nothing), and `#` by a digit. A symbol that has a label and is a separate word
    becomes a labelled span, which includes all names in its expansion.

    Args:
        rules: The expansions of each symbol.
        labels: The label of each symbol that is a name, such as `{"city": "LOC"}`.
        rng: The random generator.
    """

    def __init__(
        self, rules: Mapping[str, Sequence[str]], labels: Mapping[str, str], rng: random.Random
    ) -> None:
        self._decks = {symbol: deal(expansions, rng) for symbol, expansions in rules.items()}
        self._choices: dict[str, Iterator[str]] = {}
        self._labels = labels
        self._rng = rng

    def compose(self, frame: str) -> Sentence:
        """Expand a frame.

        Args:
            frame: Words, choices and symbols, separated by spaces.

        Returns:
            The words with their BIO tags.

        Raises:
            KeyError: The grammar lacks a symbol of the frame.
        """
        words: Sentence = []
        for item in self._choose(frame).split():
            symbol = _SYMBOL.fullmatch(item)
            if symbol is None:
                words.extend((word, "O") for word in self.expand(item).split())
            elif label := self._labels.get(symbol[1]):
                surface = self.expand(item).split()
                words.append((surface[0], f"B-{label}"))
                words.extend((word, f"I-{label}") for word in surface[1:])
            else:
                words.extend(self.compose(next(self._decks[symbol[1]])))
        return words

    def expand(self, text: str) -> str:
        """Expand a text without labels.

        Args:
            text: A text with symbols, also in words and before punctuation: `{city}'s mayor, {person}.`

        Returns:
            The text without symbols and choices.

        Raises:
            KeyError: The grammar lacks a symbol of the text.
        """
        text = self._choose(text)
        text = _SYMBOL.sub(lambda symbol: self.expand(next(self._decks[symbol[1]])), text)
        return re.sub("#", lambda _: str(self._rng.randint(1, 9)), text)

    def _choose(self, text: str) -> str:
        while _CHOICE.search(text):
            text = _CHOICE.sub(lambda choice: next(self._parts(choice[1])), text)
        return text

    def _parts(self, choice: str) -> Iterator[str]:
        if choice not in self._choices:
            self._choices[choice] = deal(choice.split("|"), self._rng)
        return self._choices[choice]


def alternatives(text: str) -> list[str]:
    """Read alternatives, one per line.

    Args:
        text: The lines. ` *3` at the end of a line gives it a weight of 3.

    Returns:
        The alternatives, each repeated by its weight.
    """
    cards: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        weighted = _WEIGHT.fullmatch(line)
        cards += [weighted["text"]] * int(weighted["weight"]) if weighted else [line]
    return cards
