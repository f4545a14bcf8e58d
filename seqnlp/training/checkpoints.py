"""Checkpoints: one file with the state of training after an epoch, from which a killed run resumes."""

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from seqnlp.errors import DataError
from seqnlp.files import atomic_write
from seqnlp.types import Array

Weights = list[Array]


@dataclass
class TrainingState:
    """The state at the end of an epoch, from which training resumes to the same result.

    Attributes:
        epochs: Number of finished epochs.
        variables: Values of the network's variables, including the states of its random generators.
        optimizer: Values of the optimizer's variables.
        average: The moving average of the weights; empty without averaging.
        best: The weights of the best epoch.
        best_epoch: The number of the best epoch, from 1; 0 before the first epoch, or if the weights before
            training are the best.
        best_score: The dev score of the best epoch.
        best_loss: The loss of the best epoch, which decides between equal scores.
        improved_epoch: The number of the last epoch whose score was better than all before, from which
            patience counts.
        history: One record per epoch. It can begin with epoch 0, the dev scores before training.
    """

    epochs: int = 0
    variables: Weights = field(default_factory=list)
    optimizer: Weights = field(default_factory=list)
    average: Weights = field(default_factory=list)
    best: Weights = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = float("-inf")
    best_loss: float = float("inf")
    improved_epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)


_ARRAYS = ("variables", "optimizer", "average", "best")
_PLAIN = ("epochs", "best_epoch", "best_score", "best_loss", "improved_epoch", "history")
_DAMAGES = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SyntaxError),
    *(BadZipFile, zlib.error, struct.error, MemoryError, OverflowError),
)
"""The exceptions of NumPy and of its ZIP reader on damaged files."""


def write_checkpoint(path: Path, state: TrainingState) -> None:
    """Write a state completely or not at all.

    Args:
        path: An `.npz` file. An existing file is replaced.
        state: The state.
    """
    arrays: dict[str, Any] = {
        f"{name}/{number}": array for name in _ARRAYS for number, array in enumerate(getattr(state, name))
    }
    plain = {
        **{name: getattr(state, name) for name in _PLAIN},
        "counts": {name: len(getattr(state, name)) for name in _ARRAYS},
    }
    with atomic_write(path) as temporary:
        np.savez(temporary, state=np.array(json.dumps(plain)), **arrays)


def read_checkpoint(path: Path) -> TrainingState:
    """Read a state.

    Raises:
        DataError: The file is damaged.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            plain = json.loads(str(file["state"]))
            counts = plain.pop("counts")
            arrays: dict[str, Any] = {
                name: [file[f"{name}/{number}"] for number in range(counts[name])] for name in _ARRAYS
            }
        return TrainingState(**{name: plain[name] for name in _PLAIN}, **arrays)
    except _DAMAGES as error:
        raise DataError(
            f"this checkpoint is damaged ({error}); remove it and resume, to train from the beginning", path
        ) from error


def assign(variables: Sequence[Any], values: Weights) -> None:
    """Assign values to variables.

    Raises:
        DataError: The values belong to another network.
    """
    if [tuple(variable.shape) for variable in variables] != [value.shape for value in values]:
        raise DataError("the checkpoint belongs to another network; have the settings changed?")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
