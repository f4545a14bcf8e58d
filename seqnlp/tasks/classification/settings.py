"""The settings of a classifier."""

from typing import Literal

from pydantic import Field

from seqnlp.settings import DataSettings, Settings, TrainingSettings
from seqnlp.training.word_settings import EncoderSettings, WordSettings

FEW_LABELS = 50
"""Up to this number of labels, log-count ratios are used by default; each label adds an input."""


class LabelledData(DataSettings):
    """The corpus: a name, files (csv, tsv, jsonl, trees), folders, or a prepared directory."""

    delimiter: str | None = Field(
        None, description="Column delimiter; by default comma or tab, by the format"
    )
    text_column: str = Field("text", description="Column or JSON key of the text; in tables also a number")
    label_column: str = Field("label", description="Column or JSON key of the label; in tables also a number")
    label_separator: str | None = Field(
        None,
        min_length=1,
        description="Separator between the labels of a text with several; by default one label per text",
    )
    phrases: bool = Field(False, description="Trees: train on every phrase, not only on whole sentences")
    folds: int | None = Field(None, ge=3, description="Number of folds for cross-validation on all texts")
    fold: int = Field(1, ge=1, description="Fold that is the test data, counted from 1; the next one is dev")
    binary: bool = Field(False, description="Trees: use positive and negative only; drop neutral trees")


class TextSettings(WordSettings):
    """Encoding of text."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters", "subwords"] = Field(
        "words",
        description="Tokenizer of raw text: words, whitespace, tweets, characters or subwords",
    )
    subwords: int = Field(8000, ge=100, description="Subwords: maximum size of the vocabulary")


class NetworkSettings(EncoderSettings):
    """Architecture of the network."""

    characters: Literal["cnn", "lstm", "none"] = Field(
        "none", description="Encoder of the characters of a word"
    )
    cell: Literal["lstm", "gru", "rnn"] = Field("gru", description="Recurrent cell")
    units: int = Field(100, ge=1, description="Hidden units of each direction")
    pooling: Literal["last", "max", "mean", "attention"] = Field(
        "attention", description="Pooling of the hidden states: last, max, mean or attention"
    )
    log_count_ratios: bool | None = Field(
        None,
        description="Give the network the log-count ratio of each word for each label as input; "
        f"by default with up to {FEW_LABELS} labels",
    )
    class_weights: Literal["equal", "balanced"] = Field(
        "equal", description="Weight of labels in training: equal, or balanced by their frequency"
    )
    label_smoothing: float = Field(0.0, ge=0, lt=1, description="Label smoothing")

    @property
    def summary(self) -> str:
        """The network in a few words."""
        return f"{super().summary}, states pooled by {self.pooling}"


class ClassifierTraining(TrainingSettings):
    """Training of the network."""

    epochs: int | None = Field(
        None, ge=1, description="Maximum number of epochs; by default 8, fewer for a large corpus"
    )

    def most_epochs(self, tokens: int) -> int:
        """Return the maximum number of epochs: about three million words for a large corpus."""
        return self.epochs or min(8, max(3, 3_000_000 // tokens))


class ClassifierSettings(Settings):
    """All settings of a classifier."""

    data: LabelledData = LabelledData()
    training: ClassifierTraining = ClassifierTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
