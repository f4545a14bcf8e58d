"""The settings of a tree classifier."""

from typing import Literal

from pydantic import Field

from seqnlp.settings import DataSettings, Section, Settings, TrainingSettings
from seqnlp.training.word_settings import WordSettings


class TreeData(DataSettings):
    """Where the corpus comes from: files of trees in brackets."""

    binary: bool = Field(
        False, description="Sentiment: positive and negative only; neutral nodes have no label"
    )


class NetworkSettings(Section):
    """The network."""

    dimension: int = Field(150, ge=1, description="Size of a word's embedding")
    units: int = Field(150, ge=1, description="Hidden units")
    cell: Literal["gru", "lstm", "child-sum", "rnn", "rntn"] = Field(
        "gru", description="How two branches become one: gru, lstm, child-sum, rnn or rntn"
    )
    dropout: float = Field(0.5, ge=0, lt=1, description="Share of embeddings and of hidden units dropped")
    label_smoothing: float = Field(
        0.0, ge=0, lt=1, description="Share of a label's weight that is spread over all labels in training"
    )
    word_dropout: float = Field(
        1.0, ge=0, description="a in a / (a + count): how often training takes a word for unknown"
    )

    @property
    def summary(self) -> str:
        """What the network is, in words."""
        name = {"lstm": "binary Tree-LSTM", "child-sum": "child-sum Tree-LSTM", "gru": "Tree-GRU"}
        return f"{name.get(self.cell, self.cell.upper())} of {self.units} units"


class TreeTraining(TrainingSettings):
    """How the network is trained."""

    epochs: int | None = Field(None, ge=1, description="The most epochs; by default 15")
    metric: Literal["node_accuracy", "accuracy"] = Field(
        "node_accuracy",
        description="What decides which epoch is best, on dev: node_accuracy, of all nodes, or accuracy, of "
        "whole trees, of which there are fewer",
    )

    def most_epochs(self, tokens: int) -> int:
        """How many epochs there are at most."""
        return self.epochs or 15


class TreeSettings(Settings):
    """All settings of a tree classifier."""

    data: TreeData = TreeData()
    training: TreeTraining = TreeTraining()
    text: WordSettings = WordSettings()
    network: NetworkSettings = NetworkSettings()
