"""Checkpoints: states survive, and damaged files are named."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import DataError
from seqnlp.training.checkpoints import TrainingState, read_checkpoint, write_checkpoint

STATE = TrainingState(
    epochs=3,
    variables=[np.arange(6, dtype=np.float32).reshape(2, 3), np.array(7, np.int64)],
    optimizer=[np.ones(2, np.float32)],
    best=[np.zeros((0, 2), np.float32)],
    best_epoch=2,
    best_score=0.5,
    best_loss=1.25,
    improved_epoch=2,
    history=[{"epoch": 1}, {"epoch": 2}, {"epoch": 3}],
)


def assert_equal(found: TrainingState, expected: TrainingState) -> None:
    for name, value in vars(expected).items():
        if value and isinstance(value, list) and isinstance(value[0], np.ndarray):
            for one, other in zip(getattr(found, name), value, strict=True):
                assert one.dtype == other.dtype
                np.testing.assert_array_equal(one, other)
        else:
            assert getattr(found, name) == value


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a checkpoint."""
    path = tmp_path_factory.mktemp("checkpoint") / "state.npz"
    write_checkpoint(path, STATE)
    return path.read_bytes()


def check(folder: Path, content: bytes) -> None:
    """Check that a file gives the state, or a `DataError`."""
    path = folder / "damaged.npz"
    path.write_bytes(content)
    found: TrainingState | None = None
    with suppress(DataError):
        found = read_checkpoint(path)
    if found is not None:
        assert_equal(found, STATE)


def test_a_state_is_read_back(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(content)
    assert_equal(read_checkpoint(path), STATE)


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_damaged(content: bytes, tmp_path: Path, share: float) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(content[: int(len(content) * share)])
    advice = "remove it and resume, to train from the beginning"
    with pytest.raises(DataError, match=rf"{path}: this checkpoint is damaged \(.*\); {advice}"):
        read_checkpoint(path)


def test_every_flipped_bit_is_found_or_harmless(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    for place in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        check(folder, bytes(flipped))


@given(data=st.data())
def test_changed_bytes_are_found_or_harmless(
    content: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 20)))
    check(tmp_path_factory.getbasetemp(), content[:start] + data.draw(st.binary(max_size=20)) + content[end:])
