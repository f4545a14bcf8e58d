"""The batches that a parser is trained on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from seqnlp.batching import Batch
from seqnlp.parsing.codec import Brackets
from seqnlp.settings import TrainingSettings
from seqnlp.training_batches import TrainingBatches, training_batches
from seqnlp.words import Arrays, Encoded


@dataclass(frozen=True, kw_only=True)
class ParsingBatches(TrainingBatches):
    """Training batches with the constituents of their sentences.

    Attributes:
        brackets: The constituents of all sentences.
    """

    brackets: Brackets

    @classmethod
    def of(
        cls, encoded: Encoded, brackets: Brackets, settings: TrainingSettings, word_dropout: float
    ) -> Self:
        """The batches of a training part, as large as the settings say."""
        words = training_batches(encoded, settings, word_dropout)
        return cls(**{each.name: getattr(words, each.name) for each in fields(words)}, brackets=brackets)

    def targets(self, inputs: Arrays, batch: Batch) -> Mapping[str, Any]:
        """The parts of speech [rows, time], and row, start, end and label of each constituent."""
        return {"tags": inputs.pop("tags"), "brackets": self.brackets.of_rows(batch.rows)}
