"""The parity check on made-up outputs."""

import numpy as np
import pytest

from seqnlp.export.parity import Difference, ParityError, check_parity, difference
from seqnlp.types import Arrays

MASK = np.array([[True, True], [True, False]])


def outputs() -> Arrays:
    random = np.random.default_rng(4)
    scores = random.normal(size=(2, 2, 3)).astype(np.float32)
    return {"tags": random.integers(0, 5, (2, 2)), "scores": scores, "sums": scores.sum(axis=2)}


def compare(found: Arrays, mask: np.ndarray | None = MASK) -> Difference:
    return difference(found, outputs(), mask, exact=["tags"], close=["scores", "sums"])


def complaint(*differences: Difference, tolerance: float = 1e-4) -> str:
    with pytest.raises(ParityError) as caught:
        check_parity(iter(differences), tolerance)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_equal_outputs_do_not_differ() -> None:
    assert compare(outputs()) == Difference(decisions=0, distance=0.0, total=3)
    assert compare(outputs(), mask=None).total == 4
    check_parity([compare(outputs()), Difference(0, 1e-4, 7)], tolerance=1e-4)
    check_parity([], tolerance=1e-4)


def test_decisions_and_numbers_are_compared_where_the_mask_is_true() -> None:
    found = outputs()
    found["tags"][0, 1] += 1
    found["tags"][1, 1] += 1
    found["scores"][1, 0, 2] += 0.5
    found["sums"][0, 0] -= 0.25
    found["scores"][1, 1] += 100
    masked = compare(found)
    assert (masked.decisions, masked.total) == (1, 3)
    assert masked.distance == pytest.approx(0.5)
    everywhere = compare(found, mask=None)
    assert (everywhere.decisions, everywhere.total) == (2, 4)
    assert everywhere.distance == pytest.approx(100)


def test_one_decision_is_too_many() -> None:
    message = complaint(Difference(0, 0.0, 1200), Difference(1, 3e-5, 34))
    assert "1 of 1,234 decisions differ" in message
    assert "3.0e-05 (allowed: 1e-04)" in message


def test_a_distance_above_the_tolerance_is_too_far() -> None:
    message = complaint(Difference(0, 0.0, 0), Difference(0, 2e-4, 0), Difference(0, 1e-5, 0))
    assert "2.0e-04 (allowed: 1e-04)" in message
    assert "decisions" not in message


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("place", [0, 1])
def test_nan_counts_as_different(both: bool, place: int) -> None:
    found, expected = outputs(), outputs()
    found["scores"][0, 0, 0] = np.nan
    if both:
        expected["scores"][0, 0, 0] = np.nan
    differences = [Difference(0, 0.0, 1)]
    differences.insert(place, difference(found, expected, MASK, ["tags"], ["scores"]))
    assert "nan" in complaint(*differences)


def test_equal_infinities_do_not_differ() -> None:
    found, expected = outputs(), outputs()
    found["scores"][0, 0, 0] = expected["scores"][0, 0, 0] = -np.inf
    assert difference(found, expected, MASK, ["tags"], ["scores"]).distance == 0
    expected["scores"][0, 0, 0] = np.inf
    assert difference(found, expected, MASK, ["tags"], ["scores"]).distance == np.inf


def test_an_empty_batch_does_not_differ() -> None:
    empty = {"tags": np.zeros((0, 3), np.int32), "scores": np.zeros((0, 3), np.float32)}
    assert difference(empty, empty, None, ["tags"], ["scores"]) == Difference(0, 0.0, 0)


def test_another_shape_is_an_error() -> None:
    found = outputs()
    found["sums"] = found["sums"][:, :1]
    with pytest.raises(ValueError, match="sums has the shape"):
        compare(found, mask=None)


def test_large_numbers_may_differ_by_more() -> None:
    def distance(size: float, apart: float, impossible: float = 0) -> float:
        expected = np.array([0.5, size, impossible])
        found = expected + np.array([apart, 0, 0])
        return difference({"a": found}, {"a": expected}, None, [], ["a"]).distance

    assert distance(100, 1e-4) == pytest.approx(1e-4)
    assert distance(1000, 1e-3) == pytest.approx(1e-4)
    assert distance(1, 1e-3, impossible=-1e9) == pytest.approx(1e-3)
    assert np.isnan(distance(np.nan, 1))
    assert distance(np.inf, 1) == pytest.approx(1)
