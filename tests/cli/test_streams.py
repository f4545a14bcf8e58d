"""Lines of standard input, however they come in."""

import io
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.cli import streams
from seqnlp.cli.streams import STANDARD, InputLines

LINES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r\ufeff"), max_size=9), max_size=9
)


class Dribble(io.BytesIO):
    """Bytes that come a few at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self.most = most

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(self.most)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 7))
def test_lines_are_whole_however_they_come(lines: list[str], end: str, ended: bool, most: int) -> None:
    text = end.join(lines) + (end if ended else "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.sys, "stdin", SimpleNamespace(buffer=Dribble(text.encode(), most)))
        found = list(InputLines(STANDARD))
    expected = text.split(end)
    if not expected[-1]:
        expected.pop()
    assert found == list(enumerate(expected, 1))


def test_it_is_drained_after_the_last_line_of_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=Dribble(b"one\ntwo\nth" + b"ree\nfour", 10))
    monkeypatch.setattr(streams.sys, "stdin", stdin)
    lines = InputLines(STANDARD)
    assert [(line, lines.drained) for _, line in lines] == [
        ("one", False),
        ("two", True),
        ("three", True),
        ("four", True),
    ]
