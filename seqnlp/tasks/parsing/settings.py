"""The settings of a parser."""

from typing import Literal

from pydantic import Field

from seqnlp.settings import DataSettings, Settings, TrainingSettings
from seqnlp.training.word_settings import EncoderSettings, WordSettings


class TextSettings(WordSettings):
    """How text is read."""

    longest: int = Field(
        300, ge=2, description="Longer sentences are parsed piece by piece, and left out of training"
    )


class NetworkSettings(EncoderSettings):
    """The network."""

    layers: int = Field(2, ge=1, description="How many recurrent layers")
    span_units: int = Field(
        250,
        ge=1,
        description="Hidden units between a span and its labels; with greedy search those of a node",
    )
    search: Literal["cky", "greedy"] = Field(
        "cky",
        description="How trees are found: cky, the best by the scores of all spans, or greedy, by a "
        "recursive network that merges the best neighbours",
    )
    composition: Literal["rnn", "rntn", "lstm", "child-sum", "gru"] = Field(
        "rnn",
        description="With greedy search, how two nodes become one: rnn, rntn, lstm, child-sum or gru",
    )

    @property
    def summary(self) -> str:
        """What the network is, in words."""
        found = {
            "cky": f"spans scored by {self.span_units} units, trees found by CKY",
            "greedy": f"neighbours merged greedily by a recursive {self.composition} of {self.span_units}"
            " units",
        }
        return f"{super().summary}, {found[self.search]}"


class ParserTraining(TrainingSettings):
    """How the network is trained."""

    epochs: int | None = Field(None, ge=1, description="The most epochs; by default 30")

    def most_epochs(self, tokens: int) -> int:
        """How many epochs there are at most."""
        return self.epochs or 30


class ParserSettings(Settings):
    """All settings of a parser."""

    data: DataSettings = DataSettings()
    training: ParserTraining = ParserTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
