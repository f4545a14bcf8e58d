"""The music sample: dance tunes in ABC notation, with chords."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from tools.sample_corpora.drafts import drop_repeated
from tools.sample_corpora.tables import split_list

SIZES = {"train": 400, "dev": 40, "test": 40}
"""The number of tunes of each split."""
SEED = 20261128

_LETTERS = "CDEFGAB"
_LOWEST, _HIGHEST = _LETTERS.index("A") - 7, _LETTERS.index("B") + 7

_CHOICES = {7: 5, 3: 2, 1: 1}
"""The number of nearest places that a melody can move to, by the number of letters that fit."""

_NAMES = split_list(
    "Copper Kettle, Windy Lane, Ferryman, Grey Mare, Open Gate, Last Candle, Baker's Boy, Hollow Hill, "
    "Silver Button, Crooked Bridge, Red Lantern, Muddy Boots, Clockmaker, Empty Barn, Two Sisters, "
    "Frozen Pond, Weaver's Daughter, Narrow Stair, Lame Goose, Harbour Wall, Blue Shutters, Broken Oar, "
    "Morning Post, Old Orchard"
)


@dataclass(frozen=True)
class Dance:
    """A kind of dance.

    Attributes:
        rhythm: Its name.
        metre: The metre.
        unit: The unit length.
        bars: The lengths of the notes of a bar, in units; groups are separated by spaces in the score.
        last: The same for the last bar of a part, without the length of a pickup.
    """

    rhythm: str
    metre: str
    unit: str
    bars: tuple[str, ...]
    last: str


@dataclass(frozen=True)
class Key:
    """A key.

    Attributes:
        name: The name in ABC notation.
        chords: The chord on each degree of the scale that is used.
    """

    name: str
    chords: dict[int, str]


_DANCES = (
    Dance("jig", "6/8", "1/8", ("111 111", "21 21", "21 111", "111 21", "3 111", "111 3"), "3 2"),
    Dance(
        "reel", "4/4", "1/8", ("1111 1111", "211 1111", "1111 211", "22 1111", "211 211", "31 1111"), "4 3"
    ),
    Dance("waltz", "3/4", "1/8", ("2 2 2", "4 2", "31 2", "2 2 11", "2 11 11", "11 11 2"), "5"),
    Dance("polka", "2/4", "1/8", ("11 11", "2 11", "11 2", "2 2"), "2 1"),
)
_KEYS = (
    Key("D", {0: "D", 1: "Em", 3: "G", 4: "A7", 5: "Bm"}),
    Key("G", {0: "G", 1: "Am", 3: "C", 4: "D7", 5: "Em"}),
    Key("A", {0: "A", 1: "Bm", 3: "D", 4: "E7", 5: "F#m"}),
    Key("C", {0: "C", 1: "Dm", 3: "F", 4: "G7", 5: "Am"}),
    Key("F", {0: "F", 1: "Gm", 3: "Bb", 4: "C7", 5: "Dm"}),
    Key("Em", {0: "Em", 2: "G", 3: "Am", 4: "Bm", 6: "D"}),
    Key("Am", {0: "Am", 2: "C", 3: "Dm", 4: "Em", 6: "G"}),
    Key("Dm", {0: "Dm", 2: "F", 3: "Gm", 4: "Am", 6: "C"}),
)
_OPENINGS = {
    "major": ((0, 0, 3, 4), (0, 5, 1, 4), (0, 3, 0, 4), (0, 0, 5, 4), (3, 0, 1, 4)),
    "minor": ((0, 0, 6, 6), (0, 2, 6, 0), (0, 3, 0, 6), (0, 6, 2, 4), (0, 4, 3, 6)),
}
_CLOSINGS = {"major": ((0, 3, 4, 0), (3, 0, 4, 0), (5, 1, 4, 0)), "minor": ((0, 3, 6, 0), (2, 6, 4, 0))}


def compose() -> dict[str, list[str]]:
    """Compose the corpus. No music occurs twice.

    Returns:
        The tunes of each split.
    """
    seen: set[str] = set()
    numbers = count(1)
    corpus = {}
    for split, size in SIZES.items():
        rng = random.Random(f"{SEED} {split}")
        drafts = drop_repeated(seen, _music, (_compose_tune(rng) for _ in count()))
        corpus[split] = [f"X:{next(numbers)}\n{next(drafts)}" for _ in range(size)]
    return corpus


def compose_files() -> Iterator[tuple[str, str]]:
    """Compose the corpus as files.

    Yields:
        Name and content of each file: the tunes, with an empty line between two of them.
    """
    for split, tunes in compose().items():
        yield f"tunes.{split}.abc", "\n\n".join(tunes) + "\n"


def _music(tune: str) -> str:
    return tune.partition("\nK:")[2]


def _compose_tune(rng: random.Random) -> str:
    dance, key = rng.choice(_DANCES), rng.choice(_KEYS)
    pickup = rng.random() < 0.4
    parts = [_compose_part(dance, key, place, pickup, rng) for place in (0, 3)]
    title = f"The {rng.choice(_NAMES)} {dance.rhythm.title()}"
    fields = {"T": title, "R": dance.rhythm, "M": dance.metre, "L": dance.unit, "K": key.name}
    return "\n".join([*(f"{name}:{value}" for name, value in fields.items()), *parts])


def _compose_part(dance: Dance, key: Key, place: int, pickup: bool, rng: random.Random) -> str:
    """Compose eight bars that are repeated. The second half starts with the first bar or two.

    With a pickup, the first part starts with it and ends with it. The last bar of the second part is shorter.
    """
    kind = "minor" if key.name.endswith("m") else "major"
    opening, closing = rng.choice(_OPENINGS[kind]), rng.choice(_CLOSINGS[kind])
    melody = _Melody(key, place, rng)
    rhythms = [rng.choice(dance.bars) for _ in opening]
    start = f"{melody.tonic_below}|:" if pickup and not place else "|:"
    first = [melody.bar(chord, rhythm) for chord, rhythm in zip(opening, rhythms, strict=True)]
    second = first[0] if opening[1] == closing[1] else melody.bar(closing[1], rhythms[1])
    last = melody.last_bar(dance.last, not pickup)
    if pickup and not place:
        last += f" {melody.tonic_below}"
    half = [first[0], second, melody.bar(closing[2], rhythms[2]), last]
    return f"{start}{'|'.join(first)}|\n{'|'.join(half)}:|"


class _Melody:
    """A melody that walks through a scale; the first note of each bar belongs to the chord.

    Args:
        key: The key.
        start: The degree of the scale where it starts.
        rng: The random generator.
    """

    def __init__(self, key: Key, start: int, rng: random.Random) -> None:
        self._key, self._rng = key, rng
        self._tonic = _LETTERS.index(key.name[0])
        self._place = self._tonic + start

    @property
    def tonic_below(self) -> str:
        """The lower tonic."""
        return _spell(self._tonic - (7 if self._tonic >= _LETTERS.index("G") else 0))

    def bar(self, chord: int, rhythm: str) -> str:
        """Compose a bar on the chord of a degree."""
        tones = [(self._tonic + chord + third) % 7 for third in (0, 2, 4)]
        groups = list[str]()
        for number, group in enumerate(rhythm.split()):
            notes = [
                self._next(length, tones if number == place == 0 else range(7))
                for place, length in enumerate(group)
            ]
            groups.append("".join(notes))
        return f'"{self._key.chords[chord]}"{" ".join(groups)}'

    def last_bar(self, rhythm: str, full: bool) -> str:
        """Compose the last bar of a part, on the tonic. A full bar has no place for a pickup."""
        *others, last = map(int, rhythm.split())
        notes = [self._next(str(length), [self._tonic % 7]) for length in (*others, last + full)]
        return f'"{self._key.chords[0]}"{" ".join(notes)}'

    def _next(self, length: str, letters: Sequence[int]) -> str:
        """Move to one of these letters, seldom by more than two steps, and return its note."""
        near = [place for place in range(_LOWEST, _HIGHEST + 1) if place % 7 in letters]
        near.sort(key=lambda place: (abs(place - self._place), place))
        self._place = self._rng.choice(near[: _CHOICES[len(letters)]])
        return _spell(self._place) + ("" if length == "1" else length)


def _spell(place: int) -> str:
    """Return the note of a place in the scale of C; place 0 is middle C."""
    octave, letter = divmod(place, 7)
    name = _LETTERS[letter]
    return name.lower() if octave == 1 else name + "," * -octave
