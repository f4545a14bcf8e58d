"""The results of a run: the model file, its scores, and what describes them."""

import logging
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seqnlp import __version__
from seqnlp.files import atomic_write, atomic_write_text
from seqnlp.metrics.scores import Scores
from seqnlp.settings import Settings
from seqnlp.tasks.export import write_network
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.start import Start
from seqnlp.tasks.task import AnyTask
from seqnlp.training.checkpoints import TrainingState
from seqnlp.training.model_card import model_card
from seqnlp.training.plots import plot_history
from seqnlp.training.run_directory import RunDirectory
from seqnlp.types import JsonObject, Network

log = logging.getLogger("seqnlp")


def deliver(
    task: AnyTask,
    network: Network,
    prepared: Prepared[Any, Any],
    settings: Settings,
    run: RunDirectory,
    summary: JsonObject,
    state: TrainingState,
    start: Start | None,
) -> dict[str, Any]:
    """Export a network, score the file as it will be served, and write the results.

    Args:
        task: The task.
        network: The network, with its best weights.
        prepared: The corpus.
        settings: The settings of the run.
        run: The directory.
        summary: Facts about the training, for `metrics.json`.
        state: The state after training.
        start: The start of the run, if it started from another one.

    Returns:
        The content of `metrics.json`.

    Raises:
        ParityError: The file does not compute what the network computes.
    """
    from seqnlp.training.networks import save_network

    metric = task.metric(prepared.codec, settings)
    best = next(record for record in state.history if record["epoch"] == state.best_epoch)
    provenance = {
        "seqnlp": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": dict(prepared.source),
        "settings": settings.with_paths(lambda path: Path(path.name)).to_dict(),
        "training": summary,
        "scores": {"dev": best["dev"]},
        "versions": _versions(),
        **({} if start is None else {"start": start.provenance}),
    }
    write_network(task, [network], prepared, run.model, provenance)
    with atomic_write(run.network) as temporary:
        save_network(network, temporary)
    model, options = task.model().load(run.model), task.predict_options()()
    scores: dict[str, Scores] = {
        name: task.evaluate(model, split.examples, options) for name, split in prepared.held_out.items()
    }
    metrics = {**summary, **{name: each.to_dict() for name, each in scores.items()}}
    plot_history(state.history, run.curve, metric)
    pictures = {"Training": run.curve, **task.pictures(model, prepared, scores["dev"], run)}
    card = model_card(task.name, task.describe(network, settings), provenance, metrics, metric.name, pictures)
    atomic_write_text(run.card, card)
    run.finish(metrics)
    figures = ", ".join(f"{name} {metric.name} {metrics[name][metric.name]:.4f}" for name in scores)
    log.info("%s: %s", run.model, figures)
    return metrics


def _versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that made a model."""
    packages = ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime", "numpy")
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        **{package: version(package) for package in packages},
    }
