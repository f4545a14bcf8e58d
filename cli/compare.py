"""`seqnlp compare`: train recurrent cells on the same data and compare them."""

from collections.abc import Collection, Iterator, Mapping
from inspect import Parameter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from seqnlp.cli.generated import add_options, command_app, make_option, with_options
from seqnlp.cli.setting_options import Config, Json, Overrides, values_of
from seqnlp.comparison.synthetic_tasks import SYNTHETIC_TASKS
from seqnlp.comparison.variant import CELLS, Variant
from seqnlp.errors import ConfigError
from seqnlp.strict_json import dump_json
from seqnlp.tasks.registry import task_names

if TYPE_CHECKING:
    from seqnlp.comparison.comparison import Comparison

_MAX_GAP = 100_000
DIRECTIONS = {"one": False, "both": True}

_SETTINGS = (
    *("data.corpus", "data.train", "data.dev", "data.test"),
    *("training.epochs", "training.seed"),
)
"""The settings that have an option. All tasks have them."""


def _setting_options() -> Iterator[Parameter]:
    from seqnlp.settings import Settings

    for setting in Settings.describe():
        if setting.key in _SETTINGS:
            panel = "Data" if setting.section == "data" else "Settings"
            yield make_option(setting.name, setting.annotation, setting.default, setting.description, panel)


class CompareCommand(TyperCommand):
    """`seqnlp compare`. It adds options for settings when it is used, because settings need pydantic."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all options."""
        add_options(self, _setting_options())
        return super().get_params(ctx)


def _complete_task(incomplete: str) -> list[str]:
    return [name for name in (*SYNTHETIC_TASKS, *task_names()) if name.startswith(incomplete)]


def compare(
    task: Annotated[
        str | None,
        typer.Option(
            help=f"Task to train. {' and '.join(SYNTHETIC_TASKS)} are synthetic tasks that test memory; "
            "others need a corpus and a network that reads words.",
            show_default="the task of --corpus, else the first that reads words",
            autocompletion=_complete_task,
        ),
    ] = None,
    cells: Annotated[str, typer.Option(help="Comma-separated cells to compare.")] = ",".join(CELLS),
    directions: Annotated[
        str | None,
        typer.Option(
            help="Directions to compare: one, both, or one,both.",
            show_default="one for a synthetic task, both,one for a corpus",
        ),
    ] = None,
    gaps: Annotated[
        str | None,
        typer.Option(
            help="Comma-separated gaps of a synthetic task, in steps.", show_default="1,3,10,30,100"
        ),
    ] = None,
    units: Annotated[
        int | None, typer.Option(min=1, max=16_384, help="Hidden units of each direction.")
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, max=10_000_000, help="Maximum number of training steps of a synthetic task."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Directory to write.", show_default="runs/compare-N")
    ] = None,
    config: Config = None,
    overrides: Overrides = None,
    as_json: Json = False,
    **values: Any,
) -> None:
    """Train recurrent cells of the same size on the same data and compare them.

    Prints quality, number of parameters, speed, and the gradient norm by lag. The output directory contains
    comparison.json, comparison.png and, for a corpus, the run of each model.

    Example: seqnlp compare --task copy --cells lstm,gru
    """
    from seqnlp.comparison.corpus import compare_on_corpus, get_word_task
    from seqnlp.comparison.synthetic import compare_on_synthetic_task
    from seqnlp.comparison.trial import Plan
    from seqnlp.training.directory_lock import output_directory

    if task is not None:
        _check_name("--task", task, [*SYNTHETIC_TASKS, *task_names()])
    synthetic = task if task in SYNTHETIC_TASKS else None
    seed = values.pop("seed")
    if synthetic:
        _check_unused({**values, "config": config, "set": overrides}, f"--task {synthetic}")
    else:
        other = f"a corpus; give --task {' or '.join(SYNTHETIC_TASKS)}"
        _check_unused({"gaps": gaps, "steps": steps}, other)
    ways = directions or ("one" if synthetic else "both,one")
    variants = [
        Variant(cell, DIRECTIONS[way])
        for cell, way in product(
            _parse_names("--cells", cells, CELLS), _parse_names("--directions", ways, DIRECTIONS)
        )
    ]
    with output_directory(output, "compare") as directory:
        if synthetic:
            plan = {"gaps": gaps and _parse_gaps(gaps), "units": units, "steps": steps, "seed": seed}
            given = {name: value for name, value in plan.items() if value is not None}
            results: Comparison[Any] = compare_on_synthetic_task(
                synthetic, variants, directory, Plan(**given), quiet=as_json
            )
        else:
            chosen = get_word_task(task, values["corpus"])
            given = values_of(chosen, {**values, "units": units, "seed": seed})
            settings = chosen.settings().load(config, overrides or (), given)
            results = compare_on_corpus(chosen, settings, variants, directory, quiet=as_json)
    print(dump_json(results.to_json()) if as_json else results)


def _check_unused(options: Mapping[str, object], other: str) -> None:
    """Raise `ConfigError` if one of the options is given, because another choice excludes it."""
    for name, value in options.items():
        if value is not None:
            raise ConfigError(f"--{name} does not go with {other}")


def _parse_names(option: str, text: str, known: Collection[str]) -> list[str]:
    """Return comma-separated names without duplicates.

    Raises:
        ConfigError: A name is unknown.
    """
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        _check_name(option, name, known)
    return names


def _check_name(option: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise ConfigError(f"{option}: {name!r} is not one of {', '.join(known)}")


def _parse_gaps(text: str) -> tuple[int, ...]:
    """Return comma-separated gaps in ascending order.

    Raises:
        ConfigError: A gap is not a whole number from 1 to `_MAX_GAP`.
    """
    names = [number.strip() for number in text.split(",")]
    numbers = {int(name) if name.isdecimal() and len(name) <= len(str(_MAX_GAP)) else 0 for name in names}
    if not all(1 <= number <= _MAX_GAP for number in numbers):
        raise ConfigError(f"--gaps expects comma-separated whole numbers from 1 to {_MAX_GAP}, not {text!r}")
    return tuple(sorted(numbers))


app = command_app(with_options(compare, ()), CompareCommand)
