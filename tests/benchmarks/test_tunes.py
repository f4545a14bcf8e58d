"""The checks of generated tunes."""

from fractions import Fraction

import pytest

pytest.importorskip("music21")

from benchmarks.tunes import Checks, bar_groups, bars, keeps_key, keeps_metre, parse, read_header, scale_of

GOOD = 'A|"D"dfe d2A|(3def g>a f2|d6:|[1 d6:|[2 d3 z2||\n|:A<Bc/c/ B2B|[df]2{g}a2 b2|]'


def test_a_header_is_read() -> None:
    assert read_header("M:6/8\nK:Am\nABc|") == ("6/8", "Am")
    with pytest.raises(ValueError, match="not a plain tune"):
        read_header("K:Am\nABc|")


@pytest.mark.parametrize(
    ("key", "sharps", "scale"),
    [
        ("C", 0, {0, 2, 4, 5, 7, 9, 11}),
        ("Bb", -2, {10, 0, 2, 3, 5, 7, 9}),
        ("Am", 0, {9, 11, 0, 2, 4, 5, 7, 6, 8}),
        ("F#m", 3, {6, 8, 9, 11, 1, 2, 4, 3, 5}),
    ],
)
def test_keys_have_their_scales(key: str, sharps: int, scale: set[int]) -> None:
    assert scale_of(key) == (sharps, scale)


@pytest.mark.parametrize(
    ("music", "key", "kept"),
    [
        ("DEFGAB|dcBA", "D", True),
        ("DEFGAB|dcBA", "G", False),
        ("DEFGAB|\nK:G\ndcBA", "D", False),
        ("^DE^F=F^A_B|dcBA", "D", False),
        ("^DEFGAB|dcBA", "D", True),
    ],
)
def test_the_key_is_checked(music: str, key: str, kept: bool) -> None:
    assert keeps_key(parse(f"M:4/4\nK:D\n{music}"), key) is kept


@pytest.mark.parametrize(
    ("music", "kept"),
    [
        (GOOD, True),
        ("ABc def|ABc|def def|", False),
        ("ABc|def def|", True),
        ("ABc def|ABc deff|", False),
        ("ABc def:|ABc deff|", False),
        ("ABc def||ABc|def def|", True),
        ("ABc def|[M:6/8]ABc def|", True),
        ("ABc def|\nM:2/4\nABcd|", False),
        ("|: ABc def :: ABc def :|", True),
    ],
)
def test_the_metre_is_checked(music: str, kept: bool) -> None:
    assert keeps_metre(f"M:6/8\nK:D\n{music}", "6/8") is kept


def test_another_metre_is_not_kept() -> None:
    assert not keeps_metre("M:6/8\nK:D\nABc def|", "9/8")


def test_bars_have_durations_in_quarters() -> None:
    found = [length for _, _, length, _ in bars(f"M:6/8\nK:D\n{GOOD}") if length]
    assert found == [Fraction(1, 2), 3, 3, 3, 3, Fraction(5, 2), 3, 3]


def test_groups_of_bars_ignore_chords_and_kinds_of_bar_lines() -> None:
    expected = ["A|BA|Bc|CA|BA|CA|BA|CC", "BA|Bc|CA|BA|CA|BA|CC|DC"]
    for music in ('A|"D"BA|B c:|CA|BA|\nCA|BA|CC|DC|', 'A|BA|Bc|"G"CA:: BA|CA|[1BA|CC:|2DC|'):
        assert list(bar_groups(f"M:2/4\nK:D\n{music}")) == expected


def test_a_tune_is_checked() -> None:
    header, known = "M:6/8\nK:D\n", set(bar_groups(f"M:6/8\nK:D\n{GOOD}"))
    assert Checks.check(header + GOOD, header, ()) == Checks(True, True, True, True, False)
    assert Checks.check(header + GOOD, header, known) == Checks(True, True, True, True, bool(known))
    assert Checks.check(header + GOOD, "M:9/8\nK:G\n", ()) == Checks(True, False, False, False, False)
    assert Checks.check("hello", header, ()) == Checks(False, False, False, False, False)
