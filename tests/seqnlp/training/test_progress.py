"""Training progress on a terminal."""

import pytest

from seqnlp.training import progress as module
from seqnlp.training.checkpoints import TrainingState
from seqnlp.training.progress import TrainingProgress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds. A test sets it."""
    now = [0.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    return now


def status(progress: TrainingProgress) -> str:
    return str(progress.progress.tasks[0].fields["status"])


def test_the_first_steps_say_that_shapes_are_compiled(clock: list[float]) -> None:
    progress = TrainingProgress("f1", quiet=True)
    progress.begin(TrainingState(), steps=100, epochs=4, patience=10)
    assert status(progress) == "compiling"
    clock[0] = 10.0
    progress.step(0, 24, loss=0.5)
    assert status(progress) == "loss 0.5000  compiling"


def test_the_estimate_is_for_all_epochs(clock: list[float]) -> None:
    progress = TrainingProgress("f1", quiet=True)
    progress.begin(TrainingState(), steps=100, epochs=4, patience=10)
    clock[0] = 900.0
    progress.step(0, 50, loss=0.5)
    assert status(progress) == "loss 0.5000  at most 1:45:00 left"
    clock[0] = 3600.0
    progress.step(1, 100, loss=0.25)
    assert status(progress) == "loss 0.2500  at most 1:00:00 left"


def test_a_resumed_run_is_estimated_from_its_own_pace(clock: list[float]) -> None:
    progress = TrainingProgress("f1", quiet=True)
    progress.begin(TrainingState(epochs=2), steps=10, epochs=4, patience=10)
    clock[0] = 60.0
    progress.step(2, 10, loss=1.0)
    assert status(progress) == "loss 1.0000  at most 0:01:00 left"
    assert progress.progress.tasks[0].description == "epoch 3/4"


@pytest.mark.parametrize(
    ("patience", "expected"),
    [
        (3, "up to 4 epochs, 4,936 steps; stops early if 3 epochs bring no better dev f1"),
        (4, "up to 4 epochs, 4,936 steps"),
    ],
)
def test_the_length_of_training_is_shown_first(
    capsys: pytest.CaptureFixture[str], patience: int, expected: str
) -> None:
    TrainingProgress("f1").begin(TrainingState(), steps=1234, epochs=4, patience=patience)
    assert capsys.readouterr().err.splitlines() == [expected]


def test_the_score_before_training_is_epoch_0(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TrainingProgress("f1")
    progress.begin(TrainingState(), steps=10, epochs=4, patience=4)
    progress.epoch({"epoch": 0, "dev": {"f1": 0.25}}, best=True)
    assert capsys.readouterr().err.splitlines()[1] == "epoch   0/4  dev f1 0.2500  before training"
