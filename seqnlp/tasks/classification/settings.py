"""The settings of a classifier."""

from typing import ClassVar, Literal

from pydantic import Field

from seqnlp.corpora import LabelledOptions
from seqnlp.settings import MAX_UNITS, TrainingSettings
from seqnlp.training.word_settings import EncoderSettings, WordSettings, WordTaskSettings

_FEW_LABELS = 50


class TextSettings(WordSettings):
    """Encoding of text."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters", "subwords"] = Field(
        "words",
        description="Tokenizer of raw text: words, whitespace, tweets, characters or subwords",
    )
    subwords: int = Field(8000, ge=100, le=1_000_000, description="Subwords: maximum size of the vocabulary")
    max_length: int = Field(
        160, ge=1, le=100_000, description="Maximum words of a window; a longer text is read in several"
    )


class NetworkSettings(EncoderSettings):
    """Architecture of the network."""

    characters: Literal["cnn", "lstm", "none"] = Field(
        "none", description="Encoder of the characters of a word"
    )
    cell: Literal["lstm", "gru", "rnn"] = Field("gru", description="Recurrent cell")
    units: int = Field(100, ge=1, le=MAX_UNITS, description="Hidden units of each direction")
    pooling: Literal["last", "max", "mean", "concat", "attention"] = Field(
        "attention",
        description="Pooling of the hidden states: last, max, mean, concat for all three, or attention",
    )
    log_count_ratios: bool | None = Field(
        None,
        description="Give the network the log-count ratio of each word for each label as input; "
        f"by default with up to {_FEW_LABELS} labels",
    )
    class_weights: Literal["equal", "balanced"] = Field(
        "equal", description="Weight of labels in training: equal, or balanced by their frequency"
    )
    label_smoothing: float = Field(0.0, ge=0, lt=1, description="Label smoothing")

    @property
    def summary(self) -> str:
        """The network in a few words."""
        return f"{super().summary}, states pooled by {self.pooling}"

    def use_log_count_ratios(self, labels: int) -> bool:
        """Return whether log-count ratios are inputs of the network. Each label adds one input per word.

        Args:
            labels: Number of labels.
        """
        return labels <= _FEW_LABELS if self.log_count_ratios is None else self.log_count_ratios


class ClassifierTraining(TrainingSettings):
    """Training of the network."""

    epochs: int | None = Field(
        None,
        ge=1,
        le=100_000,
        description="Maximum number of epochs; by default 8, more for a small corpus, fewer for a large one",
    )

    def usual_epochs(self, tokens: int) -> int:
        """Return the default maximum number of epochs: about three million words for a large corpus."""
        return min(8, max(3, 3_000_000 // tokens))


class ClassifierSettings(WordTaskSettings):
    """All settings of a classifier."""

    adjustable: ClassVar[frozenset[str]] = WordTaskSettings.adjustable | {
        "network.class_weights",
        "network.label_smoothing",
    }

    format: LabelledOptions = LabelledOptions()
    training: ClassifierTraining = ClassifierTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
