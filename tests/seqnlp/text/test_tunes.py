"""Tunes in plain form."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.text.tunes import plain_tune, read_length, write_length

lengths = st.fractions(min_value=Fraction(1, 64), max_value=64, max_denominator=64)

TUNE = r"""X: 7
T:Title % with a comment
C:Composer
M:C|
L:1/4
Q:1/2=100
K:D major
P:A
d/|"D"ff/ "^slow"e>d [df]2 (3A/B/c/ z|\
 A4|[L:1/8]A2[M:3/4][P:B]B2|
% a comment
M:6/8
L:1/16
w:la la
K:Em
" Em"A2 ~B/|]
"""
PLAIN = """M:2/2
K:D major
d|"D"f2f e2>d2 [d2f2]2 (3ABc z2|A8|A2[M:3/4]B2|
M:6/8
K:Em
"Em"A ~B/4|]"""


def test_a_tune_becomes_plain() -> None:
    assert plain_tune(TUNE) == PLAIN
    assert plain_tune(TUNE.replace("\n", "\r\n")) == PLAIN
    assert plain_tune(PLAIN) == PLAIN


@pytest.mark.parametrize(
    ("tune", "plain"),
    [
        ("K:C\nc", "M:none\nK:C\nc"),
        ("M:2/4\nL:1/8\nK:C\nc3/2d/", "M:2/4\nK:C\nc3d"),
        ("M:2/4\nK:C\nc3/2d/", "M:2/4\nK:C\nc3/2d/2"),
        ("K:A\nM:3/4\nL:1/4\nc", "M:3/4\nK:A\nc2"),
        ("M:2+3/8\nL:1/16\nK:C\nc", "M:2+3/8\nK:C\nc"),
        ("M:C\nK:C\nM:C|\nc", "M:2/2\nK:C\nc"),
        ("M:4/4\nK:C\nP:A\nG\\\nP:B\n|c", "M:4/4\nK:C\nG|c"),
    ],
)
def test_units_and_metres_are_normalised(tune: str, plain: str) -> None:
    assert plain_tune(tune) == plain


@pytest.mark.parametrize(
    ("tune", "message"),
    [
        ("", "no key"),
        ("M:6/8\nabc\nK:D\n", "no key"),
        ("M:6/8\nK:D\n\n% end\nP:A\n", "no music"),
        ("M:6/8\nL:1/0\nK:D\nabc", "'1/0' is not a fraction"),
        ("M:fast\nK:D\nabc", "'fast' is not a fraction"),
        ("L:1/4\nK:D\na/0", "denominator 0"),
    ],
)
def test_what_is_no_tune_is_refused(tune: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plain_tune(tune)


@given(text=st.text(st.characters(exclude_categories=()) | st.sampled_from('MKL:/8|\n ABc23%[]"\\')))
def test_any_text_becomes_a_tune_or_is_refused(text: str) -> None:
    try:
        tune = plain_tune(f"K:D\n{text}")
    except ValueError:
        return
    assert plain_tune(tune) == tune


@given(length=lengths)
def test_lengths_are_read_as_they_are_written(length: Fraction) -> None:
    assert read_length(write_length(length)) == length
