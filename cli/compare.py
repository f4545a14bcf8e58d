"""`seqnlp compare`: recurrent cells held against each other."""

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from seqnlp.cli.training_options import (
    Config,
    CorpusName,
    DevFile,
    Epochs,
    Json,
    Overrides,
    Seed,
    TestFile,
    TrainFile,
)
from seqnlp.errors import ConfigError
from seqnlp.tasks.task import WordTask, WordTaskName, load_settings, word_task_named

if TYPE_CHECKING:
    from seqnlp.comparison.variant import Variant

MadeUp = Literal["copy", "adding"]

CELLS = ("lstm", "gru", "rnn")
DIRECTIONS = ("one", "both")


def compare(
    task: Annotated[
        Literal[MadeUp, WordTaskName] | None,
        typer.Option(
            help="What to train: copy and adding are made-up and ask for memory, the others need a corpus.",
            show_default="what --corpus is for, else tagger",
        ),
    ] = None,
    corpus: CorpusName = None,
    train_file: TrainFile = None,
    dev_file: DevFile = None,
    test_file: TestFile = None,
    config: Config = None,
    overrides: Overrides = None,
    epochs: Epochs = None,
    cells: Annotated[str, typer.Option(help="The cells, parted by commas.")] = "lstm,gru,rnn",
    directions: Annotated[
        str | None,
        typer.Option(
            help="one, both, or one,both: which way to read.",
            show_default="one for a made-up task, both,one for a corpus",
        ),
    ] = None,
    gaps: Annotated[
        str | None,
        typer.Option(
            help="The gaps of a made-up task in steps, parted by commas.", show_default="1,3,10,30,100"
        ),
    ] = None,
    units: Annotated[int | None, typer.Option(min=1, help="Hidden units of each direction.")] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="The most training steps of a made-up task.")
    ] = None,
    seed: Seed = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The directory to write. Default: runs/compare-N.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train the recurrent cells on the same data at the same size, and show what each is good for.

    Prints quality, parameters, speeds, and how far back the gradient reaches. The output directory has them
    as comparison.json and comparison.png, and the run of each model of a corpus.
    """
    from seqnlp.comparison.variant import Variant
    from seqnlp.corpora import entry
    from seqnlp.training.run_directory import check_empty, free_directory

    made_up = task if task in get_args(MadeUp) else None
    of_corpus = {
        "--corpus": corpus,
        "--train": train_file,
        "--dev": dev_file,
        "--test": test_file,
        "--config": config,
        "--set": overrides,
        "--epochs": epochs,
    }
    of_made_up = {"--gaps": gaps, "--steps": steps}
    astray = [name for name, value in (of_corpus if made_up else of_made_up).items() if value is not None]
    if astray:
        other = f"--task {made_up}" if made_up else f"a corpus; give --task {' or '.join(get_args(MadeUp))}"
        raise ConfigError(f"{astray[0]} does not go with {other}")
    output = output or free_directory(Path("runs"), "compare")
    check_empty(output)
    variants = [
        Variant(cell, way == "both")
        for cell, way in product(
            _listed("--cells", cells, CELLS),
            _listed("--directions", directions or ("one" if made_up else "both,one"), DIRECTIONS),
        )
    ]
    if made_up:
        given = {"gaps": gaps and _gaps(gaps), "units": units, "steps": steps, "seed": seed}
        results = compare_on_task(made_up, variants, given, output, as_json)
    else:
        flags = {
            "data.corpus": corpus,
            "data.train": train_file,
            "data.dev": dev_file,
            "data.test": test_file,
            "training.epochs": epochs,
            "training.seed": seed,
            "network.units": units,
        }
        chosen = word_task_named(task or (entry(corpus).task if corpus else "tagger"))
        results = compare_on_corpus(chosen, config, overrides, flags, variants, output, as_json)
    if as_json:
        print(json.dumps(results))


def _listed(option: str, text: str, known: Sequence[str]) -> list[str]:
    """Names parted by commas, each once.

    Raises:
        ConfigError: A name is not known.
    """
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in known:
            raise ConfigError(f"{option}: {name!r} is not one of {', '.join(known)}")
    return names


def _gaps(text: str) -> tuple[int, ...]:
    """Gaps parted by commas, in rising order.

    Raises:
        ConfigError: One is no whole number above 0.
    """
    numbers = {int(part) if part.strip().isdecimal() else 0 for part in text.split(",")}
    if 0 in numbers:
        raise ConfigError(f"--gaps wants whole numbers above 0, parted by commas, not {text!r}")
    return tuple(sorted(numbers))


def compare_on_task(
    name: str, variants: "Sequence[Variant]", given: dict[str, Any], output: Path, quiet: bool
) -> list[dict[str, Any]]:
    """Compare cells on a made-up task.

    Args:
        name: The task.
        variants: The cells.
        given: Fields of a `Plan`; None where the default holds.
        output: The directory to write.
        quiet: Show nothing.

    Returns:
        The trials as JSON values.
    """
    from seqnlp.training.backend import load_tensorflow

    load_tensorflow()
    from rich.console import Console

    from seqnlp.comparison.plots import plot_trials
    from seqnlp.comparison.tasks import task_named as made_up_task
    from seqnlp.comparison.trial import Plan, try_cell

    progress = Console(stderr=True, quiet=quiet, highlight=False)
    plan = Plan(**{key: value for key, value in given.items() if value is not None})
    trials = []
    for variant in variants:

        def scored(step: int, score: float, label: str = variant.name) -> None:
            progress.print(f"{label:<7} step {step:>5}/{plan.steps}  lowest score of all gaps {score:.3f}")

        trials.append(try_cell(made_up_task(name), variant, plan, scored))
    results = [trial.to_dict() for trial in trials]
    _write(output, results)
    plot_trials(trials, output / "comparison.png")
    if not quiet:
        _show(
            name,
            trials,
            {
                **{
                    f"score at gap {gap}": [f"{trial.scores[gap]:.3f}" for trial in trials]
                    for gap in plan.gaps
                },
                "training steps": [f"{trial.steps:,}" for trial in trials],
                **_figures(trials, "time steps"),
                _distance(trials[0].reach_after): [_share(trial.reach_after) for trial in trials],
            },
            output,
        )
    return results


def compare_on_corpus(
    task: WordTask,
    config: Path | None,
    overrides: list[str] | None,
    flags: dict[str, Any],
    variants: "Sequence[Variant]",
    output: Path,
    quiet: bool,
) -> list[dict[str, Any]]:
    """Compare models of a corpus.

    Args:
        task: What they are trained for.
        config: A TOML file of settings.
        overrides: `SECTION.KEY=VALUE`.
        flags: Settings by their names; None where the default holds.
        variants: The cells.
        output: The directory to write; the run of each model goes into one of its own there.
        quiet: Show nothing.

    Returns:
        The results as JSON values.
    """
    prepared = task.prepare(load_settings(task.name, config, overrides, flags))  # the same for each cell
    results = []
    for variant in variants:
        varied = {"network.cell": variant.cell, "network.bidirectional": variant.bidirectional}
        settings = load_settings(task.name, config, overrides, {**flags, **varied})
        results.append(_corpus_result(task, variant, settings, prepared, output / variant.name, quiet))
    values = [result.to_dict() for result in results]
    _write(output, values)
    from seqnlp.comparison.plots import plot_models

    plot_models(results, output / "comparison.png")
    if not quiet:
        metric = results[0].metric
        _show(
            "",
            results,
            {
                **{
                    f"{part} {metric}": [f"{result.scores[part]:.4f}" for result in results]
                    for part in results[0].scores
                },
                "epochs": [str(result.epochs) for result in results],
                **_figures(results, "tokens"),
                _distance(results[0].reach): [_share(result.reach) for result in results],
            },
            output,
        )
    return values


def _corpus_result(
    task: WordTask, variant: "Variant", settings: Any, prepared: Any, directory: Path, quiet: bool
) -> Any:
    """Train a model as `seqnlp train` does, and measure it."""
    from functools import partial
    from statistics import median

    from seqnlp.tasks.training import train_run
    from seqnlp.training.run_directory import RunDirectory

    run = RunDirectory(directory)
    metrics = train_run(task, settings, run, quiet=quiet, prepared=prepared)
    from seqnlp.comparison.corpus import CorpusResult, prediction_speed, reach_of_words

    metric = task.metric(prepared, settings).name
    history = [json.loads(line) for line in run.history.read_text(encoding="utf-8").splitlines()]
    words = list(prepared.held_out.values())[-1].words
    network = task.load(run.network)
    outputs = partial(task.outputs, network)
    return CorpusResult(
        cell=variant.cell,
        bidirectional=variant.bidirectional,
        metric=metric,
        scores={part: metrics[part][metric] for part in prepared.held_out},
        epochs=metrics["epochs"],
        parameters=metrics["parameters"],
        training_speed=median(record["tokens_per_second"] for record in history[1:] or history),
        prediction_speed=prediction_speed(task.labeller(run.model), words),
        reach=reach_of_words(network.encoder, outputs, prepared.codec, words).tolist(),
    )


def _figures(results: Sequence[Any], unit: str) -> dict[str, list[str]]:
    """Parameters and speeds."""
    return {
        "parameters": [f"{result.parameters:,}" for result in results],
        f"{unit}/s in training": [f"{result.training_speed:,.0f}" for result in results],
        f"{unit}/s in prediction": [f"{result.prediction_speed:,.0f}" for result in results],
    }


def _distance(norms: Sequence[float]) -> str:
    return f"gradient {len(norms) - 1} steps back"


def _share(norms: Sequence[float]) -> str:
    """The gradient's norm farthest back, as a share of that at the last step."""
    return f"{norms[-1] / norms[0]:.0e}" if norms[0] else "0"


def _write(output: Path, results: list[dict[str, Any]]) -> None:
    from seqnlp.files import write_text_whole

    output.mkdir(parents=True, exist_ok=True)
    write_text_whole(output / "comparison.json", json.dumps(results, indent=1) + "\n")


def _show(title: str, results: Sequence[Any], rows: Mapping[str, Sequence[str]], output: Path) -> None:
    """A table with a column for each cell."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title)
    for result in results:
        table.add_column(result.name, justify="right")
    for label, figures in rows.items():
        table.add_row(label, *figures)
    console = Console(markup=False, highlight=False)
    console.print(table)
    console.print(str(output / "comparison.png"))
