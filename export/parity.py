"""The parity check: a model file must give the same outputs as its network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.errors import SeqnlpError
from seqnlp.types import Array, Arrays, Flags

_LARGE = 100.0
"""Size of numbers from which the tolerance is relative: 32-bit floats have about seven digits."""
_IMPOSSIBLE = 1e8
"""Size of numbers that mark impossible choices."""


class ParityError(SeqnlpError):
    """The outputs of the exported model differ from those of the network. No file was written."""


@dataclass(frozen=True)
class Difference:
    """The difference between a model file and its network on one batch.

    Attributes:
        decisions: Number of discrete outputs (tags, labels) that differ.
        distance: Largest absolute difference of two compared numbers; NaN if one of them is NaN. Numbers of
            an output with large values count less; see `allowed_distance`.
        total: Number of decisions that were compared.
    """

    decisions: int
    distance: float
    total: int


def difference(
    found: Arrays, expected: Arrays, mask: Flags | None, exact: Sequence[str], close: Sequence[str]
) -> Difference:
    """Compare the outputs of a model file with those of its network.

    Args:
        found: Outputs of the file, by name.
        expected: Outputs of the network, by name, in the same shapes.
        mask: The entries to compare, over the first axes of every output, for example [batch, time] without
            padding; None to compare everything.
        exact: Names of the discrete outputs, which must be equal.
        close: Names of the outputs whose distance is measured.

    Returns:
        The number of decisions that differ, and the largest distance.

    Raises:
        ValueError: An output differs in shape.

    Example:
        >>> one = {"tags": np.array([[1, 2]]), "scores": np.array([[0.5, 0.75]])}
        >>> other = {"tags": np.array([[1, 3]]), "scores": np.array([[0.5, 0.25]])}
        >>> difference(one, other, None, exact=["tags"], close=["scores"])
        Difference(decisions=1, distance=0.5, total=2)
    """
    decisions = [_select(found, expected, mask, name) for name in exact]
    numbers = [_select(found, expected, mask, name) for name in close]
    return Difference(
        decisions=sum(int((one != other).sum()) for one, other in decisions),
        distance=float(np.max([_distance(one, other) for one, other in numbers], initial=0)),
        total=sum(one.size for one, _ in decisions),
    )


def allowed_distance(tolerance: float, size: Array | float) -> Array:
    """Return the allowed distance of numbers of a size. It is `tolerance`, or more if they are large.

    Example:
        >>> allowed_distance(1e-4, np.array([2.5, -100, 5000]))
        array([0.0001, 0.0001, 0.005 ])
    """
    return np.asarray(tolerance * np.maximum(1, np.abs(size) / _LARGE))


def check_parity(differences: Iterable[Difference], tolerance: float, number: str = "an output") -> None:
    """Raise an error if a model file does not give the same outputs as its network.

    Args:
        differences: The differences of all batches.
        tolerance: Largest allowed distance.
        number: The name of the measured output, for the message.

    Raises:
        ParityError: A decision differs, a distance exceeds the tolerance, or a number is NaN.
    """
    found = list(differences)
    different = sum(each.decisions for each in found)
    worst = float(np.max([each.distance for each in found], initial=0))
    if different or not worst <= tolerance:  # a comparison with NaN is false
        total = sum(each.total for each in found)
        decisions = f"{different:,} of {total:,} decisions differ from the network's, and " if total else ""
        raise ParityError(
            f"the model was not written: {decisions}{number} differs by {worst:.1e} "
            f"(allowed: {tolerance:.0e})"
        )


def _select(found: Arrays, expected: Arrays, mask: Flags | None, name: str) -> tuple[Array, Array]:
    one, other = found[name], expected[name]
    if one.shape != other.shape:
        raise ValueError(f"{name} has the shape {one.shape}; the network's has {other.shape}")
    return (one, other) if mask is None else (one[mask], other[mask])


def _distance(one: Array, other: Array) -> float:
    with np.errstate(invalid="ignore"):  # equal infinities have a distance of 0
        apart = np.where(one == other, 0, np.abs(one - other))
    usual = other[np.abs(other) < _IMPOSSIBLE]
    return float((apart / allowed_distance(1, np.abs(usual).max(initial=0))).max(initial=0))
