"""The settings of a parser."""

from typing import Literal

from pydantic import Field

from seqnlp.corpora import TreeOptions
from seqnlp.settings import MAX_LAYERS, MAX_UNITS, TrainingSettings
from seqnlp.training.word_settings import EncoderSettings, WordSettings, WordTaskSettings


class TextSettings(WordSettings):
    """Encoding of text."""

    max_length: int = Field(
        300,
        ge=2,
        le=100_000,
        description="Maximum sentence length; longer sentences are not trained on and parsed in windows",
    )


class NetworkSettings(EncoderSettings):
    """Architecture of the network."""

    layers: int = Field(2, ge=1, le=MAX_LAYERS, description="Number of recurrent layers")
    span_units: int = Field(
        250,
        ge=1,
        le=MAX_UNITS,
        description="Hidden units of the span scorer; with greedy search, of a node",
    )
    search: Literal["cky", "greedy"] = Field(
        "cky",
        description="Search: cky finds the best tree by span scores, greedy merges neighbours with a "
        "recursive network",
    )
    composition: Literal["rnn", "rntn", "lstm", "child-sum", "gru"] = Field(
        "rnn",
        description="Tree cell of greedy search: rnn, rntn, lstm, child-sum or gru",
    )

    @property
    def summary(self) -> str:
        """The network in a few words."""
        searches = {
            "cky": f"spans scored by {self.span_units} units, trees found by CKY",
            "greedy": f"neighbours merged greedily by a recursive {self.composition} of {self.span_units}"
            " units",
        }
        return f"{super().summary}, {searches[self.search]}"


class ParserTraining(TrainingSettings):
    """Training of the network."""

    epochs: int | None = Field(
        None, ge=1, le=100_000, description="Maximum number of epochs; by default 30, more for a small corpus"
    )

    def usual_epochs(self, tokens: int) -> int:
        """Return the default maximum number of epochs of a corpus that is not small."""
        return 30


class ParserSettings(WordTaskSettings):
    """All settings of a parser."""

    format: TreeOptions = TreeOptions()
    training: ParserTraining = ParserTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
