"""The README of a run: its model, scores and use."""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from seqnlp.types import JsonObject

_SCORES = (
    "f1",
    "precision",
    "recall",
    "exact",
    "accuracy",
    "node_accuracy",
    "bleu",
    "bleu_lower",
    "chrf",
    "perplexity",
)

_SPECIAL = re.compile(r"[\\`*_{}\[\]|~$]")
"""Characters with a meaning inside a line of Markdown, which a backslash takes away."""


def model_card(
    task: str,
    network: str,
    provenance: JsonObject,
    metrics: JsonObject,
    metric: str,
    pictures: Mapping[str, Path],
) -> str:
    """Return a model card in Markdown.

    Args:
        task: The name of the task.
        network: A description of the network.
        provenance: The provenance in `model.onnx`: data, settings, versions.
        metrics: The scores of `dev`, and of `test` if there is one.
        metric: The name of the main score.
        pictures: Files beside the card, by title.
    """
    parts = [
        f"# A {task} made with seqnlp",
        f"{network}. Made on {provenance['created']} with seqnlp {provenance['seqnlp']}.",
        "## Use",
        '```\nseqnlp predict model.onnx "Your text."\n```',
        '```python\nimport seqnlp\n\nmodel = seqnlp.load("model.onnx")\nprint(model("Your text."))\n```',
        "## Data",
        "\n".join(f"- {_escape(name)}: {_describe(value)}" for name, value in provenance["data"].items()),
        *_start(provenance.get("start")),
        "## Scores",
        _scores(metrics, metric),
    ]
    for split in ("test", "dev"):
        labels = metrics.get(split, {}).get("labels")
        if labels:
            parts += [f"### Per label, {split}", _table(labels)]
            break
    parts += [
        *(f"![{title}]({path.name})" for title, path in pictures.items()),
        "## Versions",
        "\n".join(f"- {name} {version}" for name, version in provenance["versions"].items()),
        "All settings are in `config.toml`, all scores in `metrics.json`, each epoch in `history.jsonl`.",
    ]
    return "\n\n".join(parts) + "\n"


def _start(start: JsonObject | None) -> list[str]:
    """Return the section about the run that this one started from, and about those before it."""
    lines = []
    while start:
        data = "; ".join(f"{_escape(name)}: {_describe(value)}" for name, value in start["data"].items())
        lines.append(f"- {_code(start['run'])}, made on {_code(start['created'])} with {data}")
        start = start.get("start")
    return (
        ["## Start", "The training started from the weights of another run:", "\n".join(lines)]
        if lines
        else []
    )


def _describe(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_escape(key)} {_code(inner)}" for key, inner in value.items())
    return _code(value)


def _escape(text: str) -> str:
    """Return a text on one line without any meaning in Markdown or HTML."""
    line = " ".join(_SPECIAL.sub(r"\\\g<0>", escape(text, quote=False)).split())
    return "".join(each for each in line if each.isprintable())


def _code(value: Any) -> str:
    """Return a value as code on one line. Backquotes in it need a longer fence."""
    line = " ".join(str(value).split())
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def _scores(metrics: JsonObject, metric: str) -> str:
    names = [name for name in _SCORES if name in metrics["dev"]]
    lines = ["| split | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for split in ("dev", "test"):
        if split in metrics:
            figures = " | ".join(f"{metrics[split][name]:.4f}" for name in names)
            lines += [f"| {split} | {figures} |"]
    chosen = f"The best epoch was number {metrics['best_epoch']} of {metrics['epochs']}, by {metric} on dev."
    if not metrics["best_epoch"]:
        epochs = f"none of {metrics['epochs']} epochs had a better {metric} on dev"
        chosen = f"The weights are those before training: {epochs}."
    return "\n".join(lines) + "\n\n" + chosen


def _table(labels: JsonObject) -> str:
    lines = ["| label | precision | recall | f1 | support |", "|---|---|---|---|---|"]
    for label, row in labels.items():
        figures = " | ".join(f"{row[name]:.4f}" for name in ("precision", "recall", "f1"))
        lines.append(f"| {_escape(label)} | {figures} | {row['support']} |")
    return "\n".join(lines)
