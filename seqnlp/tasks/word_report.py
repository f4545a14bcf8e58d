"""What is in a prepared corpus of sentences or texts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from seqnlp.data.batching import padding_share
from seqnlp.tasks.label_rows import add_label_rows
from seqnlp.text.vocabulary import UNKNOWN


@dataclass(frozen=True)
class WordReport:
    """Lengths, padding, unknown words and labels of a prepared corpus.

    Attributes:
        records: What it has many of: `sentences` or `texts`.
        found: All figures, as JSON values.
    """

    records: str
    found: dict[str, Any]

    def show(self, console: Console) -> None:
        """Print tables."""
        headings = ("tokens", "unknown words", "mean length", "median", "90 %", "99 %", "longest")
        table = Table("part", self.records, *headings, box=None)
        for name, part in self.found["parts"].items():
            length = part["length"]
            table.add_row(
                name,
                f"{part[self.records]:,}",
                f"{part['tokens']:,}",
                f"{part['unknown']:.1%}",
                *(str(length[key]) for key in ("mean", "p50", "p90", "p99", "longest")),
            )
        labels = Table("label", *self.found["parts"], box=None)
        rest = add_label_rows(labels, [part["labels"] for part in self.found["parts"].values()])
        console.print(table)
        console.print(labels)
        if rest:
            console.print(rest)
        console.print(
            f"{self.found['words']:,} words, {self.found['characters']:,} characters, "
            f"{len(self.found['labels'])} labels\n{self.found['batches']:,} batches an epoch, padded to "
            f"{', '.join(map(str, self.found['buckets']))}: "
            f"{self.found['padding']:.1%} of the positions are padding"
        )


def report_on_words(records: str, prepared: Any, batches: Any) -> WordReport:
    """Lengths, padding, unknown words and labels of a prepared corpus.

    Args:
        records: What the corpus has many of.
        prepared: What the task prepared.
        batches: The training batches.
    """
    train = batches.encoded
    parts = {"train": train, **{name: split.encoded for name, split in prepared.held_out.items()}}
    counts = prepared.label_counts()
    found: dict[str, Any] = {
        "words": len(prepared.codec.words),
        "characters": len(prepared.codec.characters),
        "labels": list(prepared.codec.labels.entries),
        "buckets": list(batches.buckets.lengths),
        "batches": batches.steps,
        "padding": round(padding_share(batches.plan(0), train.windows.lengths), 4),
        "parts": {},
    }
    for name, encoded in parts.items():
        lengths = encoded.windows.whole
        found["parts"][name] = {
            records: len(lengths),
            "rows": len(encoded.windows.lengths),
            "tokens": len(encoded.words),
            "unknown": round(float(np.mean(encoded.words == UNKNOWN)), 4),
            "length": {
                "mean": round(float(lengths.mean()), 1),
                **{f"p{share}": int(np.percentile(lengths, share)) for share in (50, 90, 99)},
                "longest": int(lengths.max()),
            },
            "labels": dict(counts[name].most_common()),
        }
    return WordReport(records, found)
