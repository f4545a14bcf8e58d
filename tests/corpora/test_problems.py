import pytest

from seqnlp.corpora import Problems, stop
from seqnlp.errors import DataError


def test_stop_raises_the_problem() -> None:
    error = DataError("wrong", "a.conll", 3)
    with pytest.raises(DataError) as caught:
        stop(error)
    assert caught.value is error


def test_problems_are_counted_and_the_first_ones_remembered() -> None:
    problems = Problems(keep=2)
    for line in range(1, 1_235):
        problems(DataError("wrong", "a.conll", line))
    assert [str(error) for error in problems.first] == ["a.conll:1: wrong", "a.conll:2: wrong"]
    assert problems.summary() == "skipped 1,234 sentences (first: a.conll:1: wrong)"


def test_the_summary_handles_one_and_no_problem() -> None:
    problems = Problems()
    assert problems.summary() == "skipped 0 sentences"
    problems(DataError("wrong", "a.jsonl", 1))
    assert problems.summary("found", "problem") == "found 1 problem (first: a.jsonl:1: wrong)"


def test_problems_can_be_joined() -> None:
    one, other = Problems(keep=3), Problems()
    for line in (1, 2):
        one(DataError("wrong", line=line))
        other(DataError("forbidden", line=line))
    one.extend(other)
    assert one.count == 4
    assert [str(error) for error in one.first] == ["wrong", "wrong", "forbidden"]
