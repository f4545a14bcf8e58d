"""Comparison of recurrent cells on a corpus."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from seqnlp import corpora
from seqnlp.comparison.comparison import Comparison, Rows, format_last_norm, gradient_label, measurement_rows
from seqnlp.comparison.gradient_norms import word_gradient_norms
from seqnlp.comparison.plots import plot_models
from seqnlp.comparison.variant import Variant
from seqnlp.errors import ConfigError
from seqnlp.settings import Settings
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.training import train_run
from seqnlp.tasks.words import WordTask
from seqnlp.training.directory_lock import lock_directory
from seqnlp.training.run_directory import RunDirectory, check_empty

AnyWordTask: TypeAlias = WordTask[Any, Any, Any, Any, Any]
"""Any task whose network reads words."""

_TIMED_ROUNDS = 3


@dataclass(frozen=True)
class CorpusResult(Variant):
    """The result of a variant on a corpus.

    Attributes:
        metric: The name of the score, such as `f1`.
        scores: The score of each held-out split, from 0 to 1.
        epochs: Number of training epochs.
        parameters: Number of weights.
        training_speed: Tokens per second in training, without the first epoch, which compiles.
        prediction_speed: Tokens per second in prediction with the exported file, from words to labels.
        reach: Gradient norm by lag: of the outputs of the last word, with respect to the vector of the word
            0, 1, 2, … words before it.
    """

    metric: str
    scores: dict[str, float]
    epochs: int
    parameters: int
    training_speed: float
    prediction_speed: float
    reach: list[float]


def get_word_task(name: str | None = None, corpus: str | None = None) -> AnyWordTask:
    """Return a task whose network reads words.

    Args:
        name: The name of the task; None for the task of the corpus.
        corpus: The name of a corpus; None for the first task that reads words.

    Raises:
        ConfigError: The task is unknown or does not read words.
        CorpusError: The corpus is unknown.

    Example:
        >>> get_word_task(corpus="conll2002/esp").name
        'tagger'
    """
    if name is None and corpus is not None:
        name = corpora.entry(corpus).task
    names = task_names() if name is None else [name]
    for each in names:
        task = get_task(each)
        if isinstance(task, WordTask):
            return task
    known = ", ".join(each for each in task_names() if isinstance(get_task(each), WordTask))
    raise ConfigError(f"a {name} cannot be compared: it has no word encoder; choose one of {known}")


def compare_on_corpus(
    task: AnyWordTask,
    settings: Settings,
    variants: Sequence[Variant],
    output: Path,
    *,
    quiet: bool = False,
) -> Comparison[CorpusResult]:
    """Train a model with each variant of the encoder on a corpus, and compare the models.

    Args:
        task: The task.
        settings: The settings of all models, except for the cell and its directions.
        variants: The variants.
        output: The directory for `comparison.json`, `comparison.png` and one run directory per variant.
        quiet: Show no progress.

    Raises:
        ConfigError: The settings contradict each other, or the directory is not empty.
        CorpusError: The corpus is unknown or lacks a split.
        DataError: A file is invalid.

    Example:
        >>> task = get_word_task("tagger")
        >>> settings = task.settings().load(values={"training.epochs": 2})
        >>> variants = [Variant("lstm", bidirectional=True), Variant("gru", bidirectional=True)]
        >>> print(compare_on_corpus(task, settings, variants, Path("runs/cells")))
    """
    with lock_directory(output):
        check_empty(output)
        prepared = prepare(task, settings)
        results = [
            _train(task, settings, variant, prepared, RunDirectory(output / variant.name), quiet)
            for variant in variants
        ]
        first = results[0]
        rows: Rows[CorpusResult] = {
            **{f"{split} {first.metric}": partial(_format_score, split) for split in first.scores},
            "epochs": lambda result: str(result.epochs),
            **measurement_rows("tokens"),
            gradient_label(first.reach): lambda result: format_last_norm(result.reach),
        }
        comparison = Comparison(results, rows, output)
        comparison.write_json()
        plot_models(results, comparison.picture)
    return comparison


def _train(
    task: AnyWordTask,
    settings: Settings,
    variant: Variant,
    prepared: Prepared[Any, Any],
    run: RunDirectory,
    quiet: bool,
) -> CorpusResult:
    """Train a model with a variant, and measure scores, speeds and gradient norms."""
    settings = settings.replace(network={"cell": variant.cell, "bidirectional": variant.bidirectional})
    metrics = train_run(task, settings, run, prepared=prepared, quiet=quiet)
    from seqnlp.training.networks import load_network

    metric = task.metric(prepared.codec, settings).name
    history = run.read_history()
    split = list(prepared.held_out.values())[-1]
    sentences = [task.example_words(prepared.codec, example) for example in split.examples]
    network = load_network(run.network, task.network())
    norms = word_gradient_norms(
        network.encoder, partial(task.step_outputs, network), prepared.codec, sentences
    )
    return CorpusResult(
        cell=variant.cell,
        bidirectional=variant.bidirectional,
        metric=metric,
        scores={name: metrics[name][metric] for name in prepared.held_out},
        epochs=metrics["epochs"],
        parameters=metrics["parameters"],
        training_speed=median(record["tokens_per_second"] for record in history[1:] or history),
        prediction_speed=_prediction_speed(
            partial(task.predict_words, task.model().load(run.model)), sentences
        ),
        reach=norms.tolist(),
    )


def _prediction_speed(
    predict: Callable[[Sequence[Sequence[str]]], object], sentences: Sequence[Sequence[str]]
) -> float:
    """Return tokens per second: the median of several rounds after a warm-up."""
    predict(sentences)
    seconds = []
    for _ in range(_TIMED_ROUNDS):
        start = time.perf_counter()
        predict(sentences)
        seconds.append(time.perf_counter() - start)
    return sum(map(len, sentences)) / median(seconds)


def _format_score(split: str, result: CorpusResult) -> str:
    return f"{result.scores[split]:.4f}"
