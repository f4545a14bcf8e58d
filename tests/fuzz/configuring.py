"""Settings of every task: changed TOML, and changed `KEY=VALUE`."""

from pathlib import Path
from random import Random

from seqnlp.tasks.registry import get_task
from tests.fuzz.mutations import ODD_TEXTS, mutate_bytes

TASKS = ("tagger", "classifier", "translator", "parser", "tree-classifier", "language-model")
VALUES = (
    "0", "1", "-1", "1.5", "1e400", "nan", "inf", "-inf", "true", "null", "[]", "[1]", "{}", '"a"',
    "2026-01-01", "1" * 5000, "[" * 20_000, str(2**32), str(2**63), str(10**30), "1e-320", "lstm", "a.b", "=",
    *ODD_TEXTS,
)  # fmt: skip
"""Values on the command line."""


def load_settings(random: Random, folder: Path) -> None:
    """Load one file of settings with overrides, and write it again."""
    task = get_task(random.choice(TASKS))
    kind = task.settings()
    config = folder / "config.toml"
    config.write_bytes(kind().to_toml(commented=True).encode())
    if random.random() < 0.5:
        config.write_bytes(mutate_bytes(random, config.read_bytes()))
    names = [setting.key for setting in kind.describe()]
    overrides = [_override(random, names) for _ in range(random.choice((0, 1, 1, 2)))]
    settings = kind.load(config, overrides)
    task.check(settings)
    again = folder / "again.toml"
    again.write_text(settings.to_toml(), encoding="utf-8")
    assert kind.load(again) == settings, "settings change when they are written and read"


def _override(random: Random, names: list[str]) -> str:
    name = random.choice(names) if random.random() < 0.9 else random.choice(ODD_TEXTS)
    return f"{name}={random.choice(VALUES)}" if random.random() < 0.95 else name
