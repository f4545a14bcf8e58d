"""Tokens of ABC notation."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.text.abc_notation import split_abc

PIECES = st.sampled_from(
    [
        "M:6/8",
        "K:D",
        "T:A tune",
        "\n",
        "|:",
        ":|2",
        "^c'3/2",
        "z//",
        "[",
        "CE]2",
        '"',
        "Am",
        "(3",
        "%",
        "!",
        "\\",
    ]
)


@given(text=st.text(st.characters(exclude_categories=())) | st.lists(PIECES).map("".join))
def test_tokens_are_the_text(text: str) -> None:
    tokens = split_abc(text)
    assert "".join(tokens) == text
    assert all(tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X:12\nT:Go!\nM:6/8\nL:1/8\nK:Bb\n", "X: 1 2 ⏎ T: G o ! ⏎ M:6/8 ⏎ L:1/8 ⏎ K:Bb ⏎"),
        ("e:|\nK|", "e :| ⏎ K |"),
        ("w:la A2\n%A2\nA2 %c", "w: l a ␣ A 2 ⏎ % A 2 ⏎ A2 ␣ % c"),
        ("M:3/4 % waltz", "M:3/4␣ % ␣ w a l t z"),
        ("^c'3/2_B,,2=f/__E//^^G3/4a/4", "^c'3/2 _B,,2 =f/ __E// ^^G3/4 a/4"),
        (
            "|: A||A|]A[|A:|:A::A:||:A|1A:|[2A|2,3",
            "|: ␣ A || A |] A [| A :|: A :: A :||: A |1 A :| [2 A |2,3",
        ),
        ("[CEG]2[C2E2]z4x/Z2y", "[ C E G ]2 [ C2 E2 ] z4 x/ Z2 y"),
        ('"Am"A"^slowly"B"A', '"Am" A "^slowly" B " A'),
        ("!trill!A~B.cTd{gf}e", "!trill! A ~ B . c T d { g f } e"),
        ("(3ABC(3:2:2AB(AB)A-A", "(3 A B C (3:2:2 A B ( A B ) A - A"),
        ("A>BA<<B", "A > B A << B"),
        ("[M:2/4]A[r:note]B[K:D", "[M:2/4] A [r:note] B [ K : D"),
        ("A\\\nB\r\n", "A \\ ⏎ B \r ⏎"),
    ],
)
def test_the_elements_of_a_tune_are_tokens(text: str, expected: str) -> None:
    shown = [token.replace(" ", "␣").replace("\n", "⏎") for token in split_abc(text)]
    assert shown == expected.split(" ")


@pytest.mark.parametrize(
    "unit", ["[", "[K:", '"', "!", "[1,", "A'", "|", ":", "(3:", "K:\n", "M:", "T:a\n", "/"]
)
def test_the_time_is_linear(unit: str) -> None:
    start = time.perf_counter()
    split_abc(unit * 200_000)
    assert time.perf_counter() - start < 10
