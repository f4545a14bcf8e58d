"""The generator of the music sample."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest

from seqnlp import corpora
from seqnlp.text.tunes import read_length
from tools.sample_corpora.tunes import SIZES

NOTE = re.compile(r"([A-Ga-g],?)(\d*)")


def test_the_catalogue_contains_the_sample() -> None:
    sample = corpora.load("sample/tunes")
    assert {split: len(sample.split(split)) for split in sample.splits} == SIZES
    music = [tune.text.split("\n", 2)[2] for split in sample.splits for tune in sample.split(split)]
    assert len(set(music)) == len(music)
    assert {tune.text.split("\n")[0] for tune in sample.train} == {"M:6/8", "M:4/4", "M:3/4", "M:2/4"}
    assert len({tune.text.split("\n")[1] for tune in sample.train}) == 8


@pytest.mark.parametrize("split", SIZES)
def test_bars_have_the_length_of_the_metre(split: str) -> None:
    for tune in corpora.load("sample/tunes").split(split):
        metre, _, *lines = tune.text.split("\n")
        unit = Fraction(1, 16) if metre == "M:2/4" else Fraction(1, 8)
        full = Fraction(metre[2:]) / unit
        bars = re.split(r"[|:]+", re.sub(r'"[^"]*"', "", "".join(lines)))
        lengths = [sum(read_length(length) for _, length in NOTE.findall(bar)) for bar in bars if bar]
        pickup = lengths[0] < full
        assert len(lengths) == 16 + pickup
        assert set(lengths[pickup:-1]) == {full}
        assert lengths[-1] == full - pickup * lengths[0]


def test_melodies_move_by_small_steps_within_a_bar() -> None:
    for tune in corpora.load("sample/tunes").test:
        for bar in re.sub(r'"[^"]*"', "", tune.text.split("\n", 2)[2]).split("|"):
            places = ["CDEFGABcdefgab".index(note[0]) - 7 * note.count(",") for note, _ in NOTE.findall(bar)]
            assert all(abs(one - other) <= 4 for one, other in pairwise(places[:-1]))
