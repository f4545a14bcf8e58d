"""The report on two searches."""

from benchmarks.search_parity import Pair, report


def test_hypotheses_that_differ_are_tied_or_not() -> None:
    pairs = [Pair(True, 2e-6, 5), Pair(True, 3e-5, 7), Pair(False, 9e-5, 4), Pair(False, 0.25, 6)]
    assert [pair.tied for pair in pairs[2:]] == [True, False]
    assert report({"greedy": pairs, "beam of 5": pairs[:2]}).splitlines()[2:] == [
        "| greedy | 4 | 22 | 2 | 1 | 3.0e-05 | 2.5e-01 |",
        "| beam of 5 | 2 | 12 | 0 | 0 | 3.0e-05 |  |",
    ]
