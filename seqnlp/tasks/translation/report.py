"""What is in a prepared parallel corpus."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from seqnlp.data.batching import padding_share
from seqnlp.tasks.translation.data import Prepared, TranslationBatches, described
from seqnlp.text.vocabulary import UNKNOWN


@dataclass(frozen=True)
class PreparedPairs:
    """Lengths, padding, unknown pieces and what was left out of a prepared parallel corpus.

    Attributes:
        found: All figures, as JSON values.
    """

    found: dict[str, Any]

    def show(self, console: Console) -> None:
        """Print a table."""
        headings = ("pieces", "unknown", "mean length", "median", "90 %", "99 %", "longest")
        table = Table("part", "side", "pairs", *headings, box=None)
        for name, part in self.found["parts"].items():
            for side in ("source", "target"):
                each = part[side]
                table.add_row(
                    name,
                    side,
                    f"{part['pairs']:,}",
                    f"{each['pieces']:,}",
                    f"{each['unknown']:.2%}",
                    *(str(each["length"][key]) for key in ("mean", "p50", "p90", "p99", "longest")),
                )
        console.print(table)
        if self.found["dropped"]:
            console.print(f"not trained on: {described(self.found['dropped'])}")
        console.print(
            f"{self.found['source_pieces']:,} source pieces, {self.found['target_pieces']:,} target pieces\n"
            f"{self.found['batches']:,} batches an epoch, padded to "
            f"{', '.join(map(str, self.found['buckets']))}: {self.found['padding']:.1%} of the positions are "
            "padding"
        )


def report_on_pairs(prepared: Prepared, batches: TranslationBatches) -> PreparedPairs:
    """Count what there is to say of a prepared parallel corpus.

    Args:
        prepared: The corpus.
        batches: The training batches.
    """
    parts = {"train": prepared.train, **prepared.held_out}
    return PreparedPairs(
        {
            "source_pieces": len(prepared.codec.source),
            "target_pieces": len(prepared.codec.target),
            "dropped": dict(prepared.dropped),
            "buckets": list(batches.buckets.lengths),
            "batches": batches.steps,
            "padding": round(padding_share(batches.plan(0), batches.lengths), 4),
            "parts": {
                name: {
                    "pairs": len(part),
                    "source": _side(part.sources.ids, part.sources.lengths),
                    "target": _side(part.targets.ids, part.targets.lengths),
                }
                for name, part in parts.items()
            },
        }
    )


def _side(ids: Any, lengths: Any) -> dict[str, Any]:
    return {
        "pieces": len(ids),
        "unknown": round(float(np.mean(ids == UNKNOWN)), 6),
        "length": {
            "mean": round(float(lengths.mean()), 1),
            **{f"p{share}": int(np.percentile(lengths, share)) for share in (50, 90, 99)},
            "longest": int(lengths.max()),
        },
    }
