"""Training of one variant on one synthetic task, with gaps of several lengths."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from seqnlp.comparison.gradient_norms import gradient_norms
from seqnlp.comparison.synthetic_tasks import SyntheticTask
from seqnlp.comparison.variant import Variant
from seqnlp.errors import ConfigError
from seqnlp.training.backend import load_tensorflow
from seqnlp.types import Array, Floats

if TYPE_CHECKING:
    from seqnlp.comparison.network import SequenceNetwork

SOLVED = 0.99
"""Training ends when the score at every gap reaches this value."""
_SCORE_INTERVAL = 100  # training steps
_HELD_OUT_ROWS = 256
_WARMUP_STEPS = 3  # these compile, so speeds exclude them
_TIMED_STEPS = 5


@dataclass(frozen=True)
class Plan:
    """The hyperparameters that all trials of a comparison share.

    Each batch has one gap, drawn from all gaps. Short gaps make the task easier to learn: with long
    gaps alone, no cell learns it in this number of steps.

    Attributes:
        gaps: The gaps, in steps.
        units: Hidden units of each direction.
        steps: Maximum number of training steps.
        batch_size: Number of sequences per batch.
        learning_rate: Initial learning rate of Adam. It follows a cosine schedule.
        clip: Maximum norm of the gradient.
        seed: Random seed for weights and sequences. All variants get the same sequences.

    Raises:
        ConfigError: The seed is negative or does not fit into 32 bits.
    """

    gaps: tuple[int, ...] = (1, 3, 10, 30, 100)
    units: int = 64
    steps: int = 2500
    batch_size: int = 64
    learning_rate: float = 5e-3
    clip: float = 1.0
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"the seed must be from 0 to {2**32 - 1}, not {self.seed}")


@dataclass(frozen=True)
class Trial(Variant):
    """The result of a variant on a synthetic task.

    Attributes:
        task: The name of the task.
        scores: The final score on held-out sequences, by gap.
        steps: Number of training steps.
        parameters: Number of weights.
        training_speed: Time steps per second in training, at the longest gap, without compilation.
        prediction_speed: Time steps per second in prediction, measured in the same way.
        reach_before: Gradient norm by lag, at the longest gap, before training.
        reach_after: Gradient norm by lag, at the longest gap, after training.
    """

    task: str
    scores: dict[int, float]
    steps: int
    parameters: int
    training_speed: float
    prediction_speed: float
    reach_before: list[float]
    reach_after: list[float]


def run_trial(task: SyntheticTask, variant: Variant, plan: Plan, *, quiet: bool = False) -> Trial:
    """Train a variant on a synthetic task until it is solved or the maximum number of steps is reached.

    Args:
        task: The synthetic task.
        variant: The cell and its directions.
        plan: The hyperparameters.
        quiet: Show no progress.
    """
    network = _build_network(task, variant, plan)
    random = np.random.default_rng(plan.seed)
    held_out = {gap: task.draw(random, _HELD_OUT_ROWS, gap) for gap in plan.gaps}
    inputs, _ = held_out[max(plan.gaps)]
    network(inputs[:1])
    before = gradient_norms(network.states, inputs[: plan.batch_size])
    console = Console(stderr=True, quiet=quiet, highlight=False)
    seconds: list[float] = []
    scores: dict[int, float] = {}
    step = 0
    while step < plan.steps and min(scores.values(), default=0.0) < SOLVED:
        gap = int(random.choice(plan.gaps))
        batch = task.draw(random, plan.batch_size, gap)
        start = time.perf_counter()
        network.train_on_batch(*batch)
        if gap == max(plan.gaps):
            seconds.append(time.perf_counter() - start)
        step += 1
        if step % _SCORE_INTERVAL == 0 or step == plan.steps:
            scores = _score(network, held_out)
            lowest = f"lowest score of all gaps {min(scores.values()):.3f}"
            console.print(f"{variant.name:<7} step {step:>5}/{plan.steps}  {lowest}")
    return Trial(
        cell=variant.cell,
        bidirectional=variant.bidirectional,
        task=task.name,
        scores=scores,
        steps=step,
        parameters=int(network.count_params()),
        training_speed=_speed(plan.batch_size * inputs.shape[1], seconds),
        prediction_speed=_prediction_speed(network, inputs),
        reach_before=before.tolist(),
        reach_after=gradient_norms(network.states, inputs[: plan.batch_size]).tolist(),
    )


def _build_network(task: SyntheticTask, variant: Variant, plan: Plan) -> "SequenceNetwork":
    load_tensorflow()
    import keras

    from seqnlp.comparison.network import SequenceNetwork
    from seqnlp.training.loop import make_reproducible

    make_reproducible(plan.seed)
    network = SequenceNetwork(task, variant, plan.units, plan.seed)
    schedule = keras.optimizers.schedules.CosineDecay(plan.learning_rate, plan.steps, alpha=0.05)
    network.compile(keras.optimizers.Adam(schedule, global_clipnorm=plan.clip), jit_compile=False)
    return network


def _score(network: "SequenceNetwork", held_out: Mapping[int, tuple[Floats, Array]]) -> dict[int, float]:
    return {
        gap: network.task.score(network.predict_on_batch(inputs), targets)
        for gap, (inputs, targets) in held_out.items()
    }


def _prediction_speed(network: "SequenceNetwork", inputs: Floats) -> float:
    seconds: list[float] = []
    for _ in range(_WARMUP_STEPS + _TIMED_STEPS):
        start = time.perf_counter()
        network.predict_on_batch(inputs)
        seconds.append(time.perf_counter() - start)
    return _speed(inputs.shape[0] * inputs.shape[1], seconds)


def _speed(positions: int, seconds: Sequence[float]) -> float:
    """Return positions per second, without warm-up steps if there are others."""
    return positions / median(seconds[_WARMUP_STEPS:] or seconds or [math.inf])
