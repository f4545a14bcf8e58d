"""A small job of `benchmarks.large_job`: the same checks with few lines."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.large_job import check, do_job, write_input


def test_a_job_that_is_killed_gives_the_output_of_an_unbroken_one(attending: Any, tmp_path: Path) -> None:
    given = write_input(tmp_path / "in.jsonl", 12_000, 5)
    lines, invalid, *_, killed = do_job(attending.path, given, tmp_path, kills=2)
    assert (lines, invalid) == ("12,000", "5")
    assert int(killed)
    assert [path.name for path in tmp_path.iterdir() if path != given.path] == ["errors"]


def test_a_missing_answer_and_a_missing_message_are_found(tmp_path: Path) -> None:
    given = write_input(tmp_path / "in.jsonl", 4, 1)
    (bad,) = given.bad
    output = tmp_path / "out.jsonl"
    lines = [f'{{"id": {number}, "label": "bad"}}\n' for number in range(1, 5) if number != bad]
    output.write_text("".join(lines))
    messages = [f"skipped {given.path}:{bad}: not JSON", "skipped 1 input in total"]
    check(given, output, messages)
    with pytest.raises(AssertionError):
        check(given, output, [messages[0].replace(f":{bad}:", ":9:"), messages[1]])
    for wrong in (lines[:2], lines[::-1]):
        output.write_text("".join(wrong))
        with pytest.raises((AssertionError, ValueError)):
            check(given, output, messages)
