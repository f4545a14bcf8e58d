"""One cell on one task, at gaps of several lengths."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from seqnlp.comparison.reach import reach
from seqnlp.comparison.tasks import Task
from seqnlp.comparison.variant import Variant
from seqnlp.layers.recurrent import Recurrent
from seqnlp.training.loop import make_reproducible

Tensor = Any

SOLVED = 0.99
"""Training ends when every gap has this score."""
_EVERY = 100  # steps between two scores
_HELD_OUT = 256
_WARM = 3  # steps that compile and do not count


class Reader(keras.Model):
    """Reads a sequence with one recurrent layer and answers at its last steps.

    Args:
        task: What is read and answered.
        cell: `lstm`, `gru` or `rnn`.
        units: Hidden units of each direction.
        bidirectional: Whether it reads both ways.
        seed: Of the layers' seeds.
    """

    def __init__(self, task: Task, cell: str, units: int, bidirectional: bool, seed: int) -> None:
        super().__init__()
        self.task = task
        self.recurrent = Recurrent(units, cell, bidirectional, seed=seed)
        self.answer = keras.layers.Dense(task.outputs)

    def states(self, inputs: Tensor) -> Tensor:
        """The hidden states, [rows, time, units]."""
        rows, steps = ops.shape(inputs)[:2]
        return self.recurrent(inputs, ops.full((rows,), steps, dtype="int32"))

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """The answers, [rows, answers, outputs]."""
        return self.answer(self.states(inputs)[:, -self.task.answers :])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """The task's own loss."""
        return self.task.loss(y_pred, y)


@dataclass(frozen=True)
class Plan:
    """How every trial of a comparison is made.

    Each batch has one gap, drawn from all: from the short ones a cell learns what is asked, which it can then
    carry over the long ones, if it can. Trained on long gaps alone, none learns anything in this time.

    Attributes:
        gaps: The gaps.
        units: Hidden units of each direction.
        steps: The most training steps.
        rows: Sequences a step.
        learning_rate: Of Adam, at first; it falls along a cosine.
        clip: The greatest norm of a step's gradient.
        seed: Of the weights and the sequences; those are the same for each cell.
    """

    gaps: tuple[int, ...] = (1, 3, 10, 30, 100)
    units: int = 64
    steps: int = 2500
    rows: int = 64
    learning_rate: float = 5e-3
    clip: float = 1.0
    seed: int = 1


@dataclass(frozen=True)
class Trial(Variant):
    """What came of it.

    Attributes:
        task: The task's name.
        scores: By gap, on held-out sequences, at the end.
        steps: How many steps it was trained.
        parameters: How many weights there are.
        training_speed: Time steps a second in training, at the longest gap, compilation left out.
        prediction_speed: Time steps a second in answering, likewise.
        reach_before: Norms of the gradient by distance, at the longest gap, before training.
        reach_after: The same, after.
    """

    task: str
    scores: dict[int, float]
    steps: int
    parameters: int
    training_speed: float
    prediction_speed: float
    reach_before: list[float]
    reach_after: list[float]


def try_cell(task: Task, variant: Variant, plan: Plan, scored: Callable[[int, float], None]) -> Trial:
    """Train a cell on a task until it is solved or the steps are used up.

    Args:
        task: The task.
        variant: The cell.
        plan: How.
        scored: Told the step and the lowest score of all gaps, now and then.
    """
    make_reproducible(plan.seed)
    network = Reader(task, variant.cell, plan.units, variant.bidirectional, plan.seed)
    falling = keras.optimizers.schedules.CosineDecay(plan.learning_rate, plan.steps, alpha=0.05)
    network.compile(keras.optimizers.Adam(falling, global_clipnorm=plan.clip), jit_compile=False)
    random = np.random.default_rng(plan.seed)
    held_out = {gap: task.draw(random, _HELD_OUT, gap) for gap in plan.gaps}
    longest = max(plan.gaps)
    asked = held_out[longest][0]
    network(asked[:1])
    before = reach(network.states, asked[: plan.rows])
    seconds: list[float] = []
    scores: dict[int, float] = {}
    step = 0
    while step < plan.steps and min(scores.values(), default=0.0) < SOLVED:
        gap = int(random.choice(plan.gaps))
        batch = task.draw(random, plan.rows, gap)
        start = time.perf_counter()
        network.train_on_batch(*batch)
        if gap == longest:
            seconds.append(time.perf_counter() - start)
        step += 1
        if step % _EVERY == 0 or step == plan.steps:
            scores = {
                gap: task.score(network.predict_on_batch(inputs), targets)
                for gap, (inputs, targets) in held_out.items()
            }
            scored(step, min(scores.values()))
    return Trial(
        variant.cell,
        variant.bidirectional,
        task.name,
        scores,
        step,
        int(network.count_params()),
        plan.rows * asked.shape[1] / median(seconds[_WARM:] or seconds or [math.inf]),
        _prediction_speed(network, asked),
        before.tolist(),
        reach(network.states, asked[: plan.rows]).tolist(),
    )


def _prediction_speed(network: Reader, inputs: NDArray[np.float32]) -> float:
    seconds: list[float] = []
    for _ in range(_WARM + 5):
        start = time.perf_counter()
        network.predict_on_batch(inputs)
        seconds.append(time.perf_counter() - start)
    rows, steps = inputs.shape[:2]
    return float(rows * steps / median(seconds[_WARM:]))
