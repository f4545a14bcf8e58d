"""`seqnlp init`."""

import tomllib
from pathlib import Path

import pytest

from seqnlp.tasks.task import settings_class


@pytest.mark.parametrize("task", ["tagger", "classifier"])
def test_the_printed_settings_are_the_defaults(cli, tmp_path: Path, task: str) -> None:
    result = cli("init", task)
    assert (result.exit_code, result.stderr) == (0, "")
    path = tmp_path / "config.toml"
    path.write_text(result.stdout, encoding="utf-8")
    assert settings_class(task).load(path) == settings_class(task)()


@pytest.mark.parametrize("task", ["tagger", "classifier"])
def test_every_setting_is_there_and_explained(cli, task: str) -> None:
    settings = settings_class(task)
    printed = cli("init", task).stdout
    values = tomllib.loads(printed)
    lines = printed.splitlines()
    for name in (setting.key for setting in settings.describe()):
        section, _, key = name.partition(".")
        field = settings.model_fields[section].annotation.model_fields[key]
        default = f"# {key} =" if field.default is None else f"{key} = "
        (place,) = (
            number
            for number, line in enumerate(lines)
            if line.startswith(default)
            and f"[{section}]" in lines[:number]
            and [each for each in lines[:number] if each.startswith("[")][-1] == f"[{section}]"
        )
        assert lines[place - 1] == f"# {field.description}."
        assert values[section].get(key) == field.default


def test_an_unknown_task(complaint) -> None:
    assert "'taggr' is not" in complaint("init", "taggr")
