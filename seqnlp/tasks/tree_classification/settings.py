"""The settings of a tree classifier."""

from typing import ClassVar, Literal

from pydantic import Field

from seqnlp.corpora import SentimentTreeOptions
from seqnlp.settings import MAX_UNITS, Section, Settings, TrainingSettings
from seqnlp.training.word_settings import WordSettings


class TreeNetworkSettings(Section):
    """Architecture of the network."""

    dimension: int = Field(150, ge=1, le=MAX_UNITS, description="Size of a word embedding")
    units: int = Field(150, ge=1, le=MAX_UNITS, description="Hidden units")
    cell: Literal["gru", "lstm", "child-sum", "rnn", "rntn"] = Field(
        "gru", description="Tree cell: gru, lstm, child-sum, rnn or rntn"
    )
    dropout: float = Field(0.5, ge=0, lt=1, description="Dropout rate of embeddings and hidden units")
    label_smoothing: float = Field(0.0, ge=0, lt=1, description="Label smoothing")
    word_dropout: float = Field(
        1.0,
        ge=0,
        le=1_000_000,
        description="Replace words by the unknown word with probability a / (a + count); 0 disables it",
    )

    @property
    def summary(self) -> str:
        """The network in a few words."""
        name = {"lstm": "binary Tree-LSTM", "child-sum": "child-sum Tree-LSTM", "gru": "Tree-GRU"}
        return f"{name.get(self.cell, self.cell.upper())} of {self.units} units"


class TreeTrainingSettings(TrainingSettings):
    """Training of the network."""

    epochs: int | None = Field(
        None, ge=1, le=100_000, description="Maximum number of epochs; by default 15, more for a small corpus"
    )
    metric: Literal["node_accuracy", "accuracy"] = Field(
        "node_accuracy",
        description="Dev score that selects the best epoch: node_accuracy of all nodes, or accuracy of "
        "whole trees",
    )

    def usual_epochs(self, tokens: int) -> int:
        """Return the default maximum number of epochs of a corpus that is not small."""
        return 15


class TreeSettings(Settings):
    """All settings of a tree classifier."""

    adjustable: ClassVar[frozenset[str]] = frozenset(
        {"network.dropout", "network.label_smoothing", "network.word_dropout"}
    )

    format: SentimentTreeOptions = SentimentTreeOptions()
    training: TreeTrainingSettings = TreeTrainingSettings()
    text: WordSettings = WordSettings()
    network: TreeNetworkSettings = TreeNetworkSettings()
