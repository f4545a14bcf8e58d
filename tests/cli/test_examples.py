"""The configurations in `examples/`."""

import re
from pathlib import Path

import pytest

from seqnlp.tasks.registry import get_task

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_command_of_an_example_accepts_it(path: Path) -> None:
    command = re.search(r"seqnlp train (\S+) --config examples/(\S+)", path.read_text(encoding="utf-8"))
    assert command is not None
    task, name = command.groups()
    assert name == path.name
    get_task(task).check(get_task(task).settings().load(path))
