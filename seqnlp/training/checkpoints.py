"""The whole state of a training run at the end of an epoch, in one file, so that a killed run goes on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.files import atomic_write

Weights = list[NDArray[Any]]


@dataclass
class TrainingState:
    """The state at the end of an epoch, from which training resumes to the same result.

    Attributes:
        epochs: How many epochs are done.
        variables: Values of the network's variables, the states of its random generators included.
        optimizer: Values of the optimizer's variables.
        average: The running mean of the weights; empty without averaging.
        best: The weights of the best epoch.
        best_epoch: Its number, from 1.
        best_score: Its dev score.
        history: One entry an epoch.
    """

    epochs: int = 0
    variables: Weights = field(default_factory=list)
    optimizer: Weights = field(default_factory=list)
    average: Weights = field(default_factory=list)
    best: Weights = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = float("-inf")
    history: list[dict[str, Any]] = field(default_factory=list)


_ARRAYS = ("variables", "optimizer", "average", "best")


def write_checkpoint(path: Path, state: TrainingState) -> None:
    """Write a state, whole or not at all.

    Args:
        path: An `.npz` file; it is replaced.
        state: The state.
    """
    arrays: dict[str, Any] = {
        f"{name}/{number}": array for name in _ARRAYS for number, array in enumerate(getattr(state, name))
    }
    plain = {
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "best_score": state.best_score,
        "history": state.history,
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
        with np.load(path, allow_pickle=False) as file:
            plain = json.loads(str(file["state"]))
            counts = plain.pop("counts")
            arrays: dict[str, Any] = {
                name: [file[f"{name}/{number}"] for number in range(counts[name])] for name in _ARRAYS
            }
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(f"this checkpoint is damaged ({error}); remove it to begin anew", path) from error
    return TrainingState(**plain, **arrays)


def assign(variables: Sequence[Any], values: Weights) -> None:
    """Give variables their values.

    Raises:
        DataError: They are of another network.
    """
    if [tuple(variable.shape) for variable in variables] != [value.shape for value in values]:
        raise DataError("the checkpoint is of another network; were the settings changed since?")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
