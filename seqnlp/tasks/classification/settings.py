"""The settings of a classifier."""

from typing import Literal

from pydantic import Field

from seqnlp.settings import DataSettings, Settings, TrainingSettings
from seqnlp.training.word_settings import EncoderSettings, WordSettings

FEW_LABELS = 50
"""With so many labels a network is told the log-count ratios of words; each label is one input more."""


class LabelledData(DataSettings):
    """Where the corpus comes from: a name, files (csv, tsv, jsonl, trees), folders, a prepared directory."""

    delimiter: str | None = Field(None, description="What parts columns; without it, comma or tab by format")
    text_column: str = Field("text", description="The column or key of the text; in tables also a number")
    label_column: str = Field("label", description="The column or key of the label, likewise")
    label_separator: str | None = Field(
        None,
        min_length=1,
        description="What parts labels where a text may have several or none; without it each text has one",
    )
    phrases: bool = Field(False, description="Trees: train on every phrase, not on whole sentences only")
    folds: int | None = Field(None, ge=3, description="Deal all texts out to so many folds")
    fold: int = Field(1, ge=1, description="The fold that is tested, from 1; the next one is dev")
    binary: bool = Field(False, description="Trees: positive and negative only, neutral ones left out")


class TextSettings(WordSettings):
    """How text is read."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters", "subwords"] = Field(
        "words",
        description="How raw text is cut into words: words, whitespace, tweets, characters or subwords",
    )
    subwords: int = Field(8000, ge=100, description="Subwords: how many there are at most")


class NetworkSettings(EncoderSettings):
    """The network."""

    characters: Literal["cnn", "lstm", "none"] = Field("none", description="What reads a word's characters")
    cell: Literal["lstm", "gru", "rnn"] = Field("gru", description="The recurrent cell: lstm, gru or rnn")
    units: int = Field(100, ge=1, description="Hidden units of each direction")
    pooling: Literal["last", "max", "mean", "attention"] = Field(
        "attention", description="How the states of a text become one vector: last, max, mean or attention"
    )
    log_count_ratios: bool | None = Field(
        None,
        description="Tell the network how much oftener each word stands in texts of a label than in others; "
        f"by default with up to {FEW_LABELS} labels",
    )
    class_weights: Literal["equal", "balanced"] = Field(
        "equal", description="What a text of each label counts in training: equal, or balanced: more if rare"
    )
    label_smoothing: float = Field(
        0.0, ge=0, lt=1, description="Share of a label's weight that is spread over all labels in training"
    )

    @property
    def summary(self) -> str:
        """What the network is, in words."""
        return f"{super().summary}, states pooled by {self.pooling}"


class ClassifierTraining(TrainingSettings):
    """How the network is trained."""

    epochs: int | None = Field(
        None, ge=1, description="The most epochs; by default 8, fewer for a large corpus"
    )

    def most_epochs(self, tokens: int) -> int:
        """How many epochs there are at most: of a large corpus as many as show some three million words."""
        return self.epochs or min(8, max(3, 3_000_000 // tokens))


class ClassifierSettings(Settings):
    """All settings of a classifier."""

    data: LabelledData = LabelledData()
    training: ClassifierTraining = ClassifierTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
