"""The batches that a parser is trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seqnlp.data.batching import Batch
from seqnlp.tasks.parsing.codec import Brackets
from seqnlp.training.batches import TrainingBatches
from seqnlp.types import Arrays


@dataclass(frozen=True, kw_only=True)
class ParsingBatches(TrainingBatches):
    """Training batches with the constituents of their sentences.

    Attributes:
        brackets: The constituents of all sentences.
    """

    brackets: Brackets

    def targets(self, inputs: Arrays, batch: Batch) -> Mapping[str, Any]:
        """The parts of speech [rows, time], and row, start, end and label of each constituent."""
        return {"tags": inputs.pop("tags"), "brackets": self.brackets.of_rows(batch.rows)}
