"""Made-up tasks that ask for memory, with a gap of any length between what is shown and what is asked."""

from typing import Any, Protocol

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from seqnlp.errors import ConfigError

Floats = NDArray[np.float32]
Tensor = Any


class Task(Protocol):
    """Sequences, and what is to be answered at their last steps.

    Attributes:
        name: Its name.
        features: How many numbers each step shows.
        outputs: How many numbers an answer has.
        answers: How many of the last steps are to be answered.
    """

    name: str
    features: int
    outputs: int
    answers: int

    def draw(self, random: np.random.Generator, rows: int, gap: int) -> tuple[Floats, NDArray[Any]]:
        """Make sequences.

        Args:
            random: Makes them.
            rows: How many.
            gap: How many steps lie between what is shown and the first answer.

        Returns:
            Inputs [rows, time, features] and targets [rows, answers].
        """

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """What training lowers; `answers` is [rows, answers, outputs]."""

    def score(self, answers: Floats, targets: NDArray[Any]) -> float:
        """How good the answers are: 1 is perfect, 0 or chance is what can be had without memory."""


class Copying:
    """Repeat five symbols after a gap (Hochreiter and Schmidhuber 1997; Arjovsky et al. 2016, section 5.1).

    Shown are five of eight symbols, then `gap` blanks, then five signs to repeat. The score is the share of
    symbols that are right; by chance 0.125.
    """

    name = "copy"
    symbols = 8
    answers = 5
    features = symbols + 2
    outputs = symbols

    def draw(self, random: np.random.Generator, rows: int, gap: int) -> tuple[Floats, NDArray[np.int32]]:
        """Make sequences of 10 + gap steps, one-hot."""
        targets = random.integers(0, self.symbols, (rows, self.answers)).astype(np.int32)
        blank, repeat = self.symbols, self.symbols + 1
        blanks = np.full((rows, gap), blank)
        asked = np.full((rows, self.answers), repeat)
        steps = np.concatenate([targets, blanks, asked], axis=1)
        return np.eye(self.features, dtype=np.float32)[steps], targets

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """The cross-entropy of the symbols."""
        return ops.mean(keras.losses.sparse_categorical_crossentropy(targets, answers, from_logits=True))

    def score(self, answers: Floats, targets: NDArray[Any]) -> float:
        """The share of symbols that are right."""
        return float(np.mean(answers.argmax(axis=-1) == targets))


class Adding:
    """Add two numbers that are marked among many (Hochreiter and Schmidhuber 1997, experiment 4).

    Each step shows a number from 0 to 1 and a mark, which is 1 at one step of the first half and at one of
    the second, else 0. The score is the share of the sum's variance that is explained.
    """

    name = "adding"
    answers = 1
    features = 2
    outputs = 1

    def draw(self, random: np.random.Generator, rows: int, gap: int) -> tuple[Floats, Floats]:
        """Make sequences of gap steps, 2 at least."""
        time = max(gap, 2)
        numbers = random.random((rows, time))
        marks = np.zeros((rows, time))
        first, second = random.integers(0, time // 2, rows), random.integers(time // 2, time, rows)
        marks[np.arange(rows), first] = marks[np.arange(rows), second] = 1
        targets = (numbers * marks).sum(axis=1, keepdims=True)
        return np.stack([numbers, marks], axis=-1).astype(np.float32), targets.astype(np.float32)

    def loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """The mean squared error."""
        return ops.mean(ops.square(answers[..., 0] - targets))

    def score(self, answers: Floats, targets: NDArray[Any]) -> float:
        """The share of the variance that is explained; not below 0."""
        return max(0.0, 1 - float(np.mean((answers[..., 0] - targets) ** 2) / np.var(targets)))


TASKS: dict[str, Task] = {task.name: task for task in (Copying(), Adding())}


def task_named(name: str) -> Task:
    """The task of that name.

    Raises:
        ConfigError: If there is none.
    """
    if name not in TASKS:
        raise ConfigError(f"unknown task {name!r}; known: {', '.join(TASKS)}")
    return TASKS[name]
