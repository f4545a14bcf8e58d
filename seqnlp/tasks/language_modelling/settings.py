"""The settings of a language model."""

from typing import ClassVar, Literal

from pydantic import Field

from seqnlp.corpora import DocumentOptions
from seqnlp.settings import MAX_LAYERS, MAX_UNITS, Section, Settings, TrainingSettings


class TextSettings(Section):
    """Tokens and their vocabulary."""

    unit: Literal["characters", "subwords", "words", "abc"] = Field(
        "characters",
        description="Tokens: characters; subwords; words, the text between white space; or abc, those of ABC "
        "notation",
    )
    lower: bool = Field(False, description="Lower-case all texts")
    min_count: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Minimum count of a token, or of a character of subwords; others are unknown, or spelled "
        "by characters if the unit is abc; by default 3 for words, 2 for abc, otherwise 1",
    )
    max_size: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Maximum number of distinct tokens; by default 4,000 for subwords, otherwise 30,000",
    )


class NetworkSettings(Section):
    """Architecture of the network."""

    direction: Literal["forward", "backward", "both"] = Field(
        "forward",
        description="Reading direction: forward; backward, from the end of each document; or both, with "
        "recurrent layers for each direction",
    )
    cell: Literal["lstm", "gru", "rnn"] = Field("lstm", description="Recurrent cell")
    layers: int = Field(1, ge=1, le=MAX_LAYERS, description="Number of recurrent layers")
    units: int | None = Field(
        None,
        ge=1,
        le=MAX_UNITS,
        description="Hidden units of each direction; by default 512, or 256 for a small corpus",
    )
    dimension: int | None = Field(
        None,
        ge=1,
        le=MAX_UNITS,
        description="Size of embeddings; by default 128 for characters, otherwise 256",
    )
    tied: bool | None = Field(
        None, description="Use the embeddings as output weights; by default for subwords and words"
    )
    input_dropout: float = Field(0.1, ge=0, lt=1, description="Dropout rate of embeddings")
    hidden_dropout: float = Field(0.2, ge=0, lt=1, description="Dropout rate of the outputs of layers")
    weight_dropout: float = Field(0.3, ge=0, lt=1, description="Dropout rate of the recurrent weights")


class LanguageModelTraining(TrainingSettings):
    """Training of the network."""

    learning_rate: float = Field(4e-3, gt=0, le=1_000_000, description="Peak learning rate")
    clip: float = Field(1.0, gt=0, le=1_000_000, description="Maximum norm of the gradient")
    rows: int | None = Field(
        None,
        ge=1,
        le=100_000,
        description="Number of parallel streams; by default 32, fewer for a small corpus",
    )
    window: int = Field(
        128, ge=1, le=100_000, description="Tokens of each stream in a batch; gradients stop at its start"
    )
    epochs: int | None = Field(
        None, ge=1, le=100_000, description="Maximum number of epochs; by default 12, more for a small corpus"
    )

    def usual_epochs(self, tokens: int) -> int:
        """Return the default maximum number of epochs of a corpus that is not small.

        Args:
            tokens: Number of tokens in the training data.
        """
        return 12

    def streams(self, tokens: int) -> int:
        """Return the number of parallel streams: fewer for a small corpus, so that an epoch has enough steps.

        Args:
            tokens: Number of tokens in the training data.
        """
        return self.rows or min(32, max(4, tokens // 16_000))


class LanguageModelSettings(Settings):
    """All settings of a language model."""

    adjustable: ClassVar[frozenset[str]] = frozenset(
        {"network.input_dropout", "network.hidden_dropout", "network.weight_dropout"}
    )

    format: DocumentOptions = DocumentOptions()
    training: LanguageModelTraining = LanguageModelTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
