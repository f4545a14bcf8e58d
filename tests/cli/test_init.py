"""`seqnlp init`."""

import tomllib
from pathlib import Path

import pytest

from seqnlp.tasks.registry import get_task, task_names


@pytest.mark.parametrize("task", task_names())
def test_the_printed_settings_are_the_defaults(cli, tmp_path: Path, task: str) -> None:
    result = cli("init", task)
    assert (result.exit_code, result.stderr) == (0, "")
    path = tmp_path / "config.toml"
    path.write_text(result.stdout, encoding="utf-8")
    settings = get_task(task).settings()
    assert settings.load(path) == settings()


@pytest.mark.parametrize("task", task_names())
def test_every_setting_is_printed_with_its_description(cli, task: str) -> None:
    printed = cli("init", task).stdout
    values = tomllib.loads(printed)
    lines = printed.splitlines()
    for setting in get_task(task).settings().describe():
        section, key = setting.section, setting.name
        default = f"# {key} =" if setting.default is None else f"{key} = "
        (place,) = (
            number
            for number, line in enumerate(lines)
            if line.startswith(default)
            and f"[{section}]" in lines[:number]
            and [each for each in lines[:number] if each.startswith("[")][-1] == f"[{section}]"
        )
        assert setting.description
        assert lines[place - 1] == f"# {setting.description}."
        assert values[section].get(key) == setting.default


def test_an_unknown_task_is_an_error_that_names_the_nearest(complaint) -> None:
    assert complaint("init", "taggr").startswith("unknown task 'taggr'; did you mean 'tagger'?")
