"""Lines of standard input, in blocks of any size."""

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
    """Bytes that arrive a few at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self.size = size

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(self.size)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 7))
def test_lines_are_complete_in_blocks_of_any_size(lines: list[str], end: str, ended: bool, size: int) -> None:
    text = end.join(lines) + (end if ended else "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.sys, "stdin", SimpleNamespace(buffer=Dribble(text.encode(), size)))
        found = list(InputLines(STANDARD))
    expected = text.split(end)
    if not expected[-1]:
        expected.pop()
    assert found == list(enumerate(expected, 1))


def test_input_is_idle_after_the_last_complete_line_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=Dribble(b"one\ntwo\nth" + b"ree\nfour", 10))
    monkeypatch.setattr(streams.sys, "stdin", stdin)
    lines = InputLines(STANDARD)
    assert [(line, lines.idle) for _, line in lines] == [
        ("one", False),
        ("two", True),
        ("three", True),
        ("four", True),
    ]
