"""What is in a prepared corpus of trees."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from seqnlp.data.batching import padding_share
from seqnlp.tasks.label_rows import add_label_rows
from seqnlp.text.vocabulary import UNKNOWN


@dataclass(frozen=True)
class TreeReport:
    """Sizes, heights, unknown words and labels of a prepared corpus.

    Attributes:
        found: All figures, as JSON values.
    """

    found: dict[str, Any]

    def show(self, console: Console) -> None:
        """Print tables."""
        headings = ("words", "unknown words", "mean words", "most", "mean height", "highest")
        table = Table("part", "trees", *headings, box=None)
        parts = self.found["parts"]
        for name, part in parts.items():
            table.add_row(
                name,
                f"{part['trees']:,}",
                f"{part['tokens']:,}",
                f"{part['unknown']:.1%}",
                *(str(part[kind][key]) for kind in ("length", "height") for key in ("mean", "longest")),
            )
        labels = Table("label", *parts, box=None)
        rest = add_label_rows(labels, [part["labels"] for part in parts.values()])
        console.print(table)
        console.print(labels)
        if rest:
            console.print(rest)
        console.print(
            f"{self.found['words']:,} words, {len(self.found['labels'])} labels\n"
            f"{self.found['batches']:,} batches an epoch: {self.found['padding']:.1%} of the words' rows are "
            "padding"
        )


def report_on_trees(prepared: Any, batches: Any) -> TreeReport:
    """Sizes, heights, unknown words and labels of a prepared corpus.

    Args:
        prepared: What the task prepared.
        batches: The training batches.
    """
    parts = {"train": prepared.train, **{name: split.encoded for name, split in prepared.held_out.items()}}
    counts = prepared.label_counts()
    return TreeReport(
        {
            "words": len(prepared.codec.words),
            "labels": list(prepared.codec.labels.entries),
            "batches": batches.steps,
            "padding": round(padding_share(batches.plan(0), batches.lengths), 4),
            "parts": {
                name: {
                    "trees": len(encoded.forest),
                    "tokens": len(encoded.words),
                    "unknown": round(float(np.mean(encoded.words == UNKNOWN)), 4),
                    "length": _spread(encoded.forest.sizes),
                    "height": _spread(encoded.forest.tallest),
                    "labels": dict(counts[name].most_common()),
                }
                for name, encoded in parts.items()
            },
        }
    )


def _spread(values: Any) -> dict[str, Any]:
    return {"mean": round(float(values.mean()), 1), "longest": int(values.max())}
