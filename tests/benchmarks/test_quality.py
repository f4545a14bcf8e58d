"""The tables of quality."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import quality
from benchmarks.runs import Run
from benchmarks.targets import TARGETS, Target


def metrics(lower: float, cased: float) -> dict[str, object]:
    return {"bleu_lower": lower, "bleu": cased, "signature_lower": "case:lc", "signature": "case:mixed"}


def test_bleu_is_shown_lower_cased_and_cased() -> None:
    target = Target("translator", {}, {"minimum": 34.0})
    runs = [
        SimpleNamespace(
            number=number,
            metrics={"dev": metrics(30 + number, 29), "test": metrics(35 + number, 34)},
            minutes="",
            epochs="",
        )
        for number in (1, 3)
    ]
    assert quality.score_table(target, runs, []).splitlines() == [
        "|  | dev bleu_lower | test bleu_lower | test bleu | minutes | best epoch |",
        "| :--- | ---: | ---: | ---: | ---: | ---: |",
        "| seed 1 | 31.00 | 36.00 | 34.00 |  |  |",
        "| seed 3 | 33.00 | 38.00 | 34.00 |  |  |",
        "| **mean** | **32.00** | **37.00** | **34.00** |  |  |",
        "| lowest – highest | 31.00 – 33.00 | 36.00 – 38.00 | 34.00 – 34.00 |  |  |",
        "| standard deviation | 1.41 | 1.41 | 0.00 |  |  |",
        "| minimum |  | 34.0 |  |  |  |",
    ]
    assert quality.describe_bleu(runs) == "`case:lc`, `case:mixed`"


def test_targets_of_translation_differ_in_attention_alone(tmp_path: Path) -> None:
    settings = {
        name: Run.of_target(name, target, 2, [], tmp_path).load_settings()
        for name, target in TARGETS["translation"].items()
    }
    plain, without = settings["multi30k/en-de"], settings["multi30k/en-de/no-attention"]
    assert (plain.network.attention, without.network.attention) == ("general", "none")
    assert plain.training.seed == 2
    assert plain.to_toml() == without.to_toml().replace('attention = "none"', 'attention = "general"')


@pytest.mark.parametrize("task", TARGETS)
def test_the_settings_of_all_targets_are_known_and_fit_on_a_command_line(task: str, tmp_path: Path) -> None:
    for name, target in TARGETS[task].items():
        run = Run.of_target(name, target, 1, [], tmp_path)
        overrides = [f"{key}={json.dumps(value)}" for key, value in run.settings.items()]
        assert run.load_settings() == Run(target.task, tmp_path, overrides=overrides).load_settings()
