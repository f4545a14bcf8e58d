"""`seqnlp init`."""

import tomllib
from pathlib import Path

from seqnlp.tagging.config import TaggerSettings


def test_the_printed_settings_are_the_defaults(cli, tmp_path: Path) -> None:
    result = cli("init", "tagger")
    assert (result.exit_code, result.stderr) == (0, "")
    path = tmp_path / "config.toml"
    path.write_text(result.stdout, encoding="utf-8")
    assert TaggerSettings.read(path) == TaggerSettings()


def test_every_setting_is_there_and_explained(cli) -> None:
    printed = cli("init", "tagger").stdout
    values = tomllib.loads(printed)
    lines = printed.splitlines()
    for name in TaggerSettings.names():
        section, _, key = name.partition(".")
        field = TaggerSettings.model_fields[section].annotation.model_fields[key]
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
