"""The settings of a translator."""

from typing import ClassVar, Literal, Self

from pydantic import Field

from seqnlp.corpora import PairOptions
from seqnlp.settings import MAX_LAYERS, MAX_UNITS, Section, Settings, TrainingSettings

_LARGE_CORPUS = 200_000
"""With fewer target subwords a network of half the size is as good and faster."""


class TextSettings(Section):
    """Subwords, and limits on the length of pairs."""

    subwords: int = Field(
        4000, ge=0, le=1_000_000, description="Maximum vocabulary size of each side; 0 uses single characters"
    )
    joint: bool = Field(False, description="Share one vocabulary between both sides")
    lower: bool = Field(False, description="Lower-case all texts")
    max_length: int = Field(
        100,
        ge=5,
        le=100_000,
        description="Maximum number of subwords; longer pairs are not trained on, longer texts are split",
    )
    ratio: float = Field(
        4.0, ge=1, le=1_000_000, description="Drop training pairs whose length ratio exceeds this value"
    )


class NetworkSettings(Section):
    """Architecture of the network."""

    dimension: int | None = Field(
        None,
        ge=1,
        le=MAX_UNITS,
        description="Size of embeddings and of the readout; by default two thirds of units",
    )
    units: int | None = Field(
        None,
        ge=2,
        le=MAX_UNITS,
        multiple_of=2,
        description="Hidden units of the decoder; the encoder has half of them per direction; by default "
        "384, or 192 for a small corpus",
    )
    cell: Literal["lstm", "gru", "rnn"] = Field("gru", description="Recurrent cell")
    encoder_layers: int = Field(
        1, ge=1, le=MAX_LAYERS, description="Number of recurrent layers of the encoder"
    )
    decoder_layers: int = Field(
        2, ge=1, le=MAX_LAYERS, description="Number of recurrent layers of the decoder; the first one attends"
    )
    attention: Literal["dot", "general", "concat", "none"] = Field(
        "general", description="Attention score: dot, general, concat or none"
    )
    input_feeding: bool = Field(
        False, description="Feed the last readout to the first layer (Luong et al. 2015); training is slower"
    )
    tied: Literal["none", "target", "all"] = Field(
        "target",
        description="Tied weights: none, target (output and target embeddings), or all (needs text.joint)",
    )
    dropout: float = Field(0.4, ge=0, lt=1, description="Dropout rate of layer inputs and outputs")
    recurrent_dropout: float = Field(
        0.2, ge=0, lt=1, description="Dropout rate of hidden units, constant over a sentence"
    )
    label_smoothing: float = Field(0.1, ge=0, lt=1, description="Label smoothing")

    def sized(self, tokens: int) -> Self:
        """Return a copy with all sizes set.

        Args:
            tokens: Number of subwords of the training targets.
        """
        units = self.units or (384 if tokens >= _LARGE_CORPUS else 192)
        return self.model_copy(update={"units": units, "dimension": self.dimension or max(1, units * 2 // 3)})


class TranslatorTraining(TrainingSettings):
    """Training of the network."""

    metric: Literal["bleu", "chrf", "log_likelihood"] = Field(
        "bleu",
        description="Dev score that selects the best epoch: bleu, chrf, or log_likelihood per subword",
    )
    learning_rate: float = Field(1e-3, gt=0, le=1_000_000, description="Peak learning rate")
    clip: float = Field(1.0, gt=0, le=1_000_000, description="Maximum norm of the gradient")

    def batch_positions(self, tokens: int) -> int:
        """Return the number of positions of a batch: fewer for a small corpus.

        Args:
            tokens: Number of target subwords.
        """
        return self.batch_tokens or min(1500, max(256, tokens // 64))


class TranslatorSettings(Settings):
    """All settings of a translator."""

    adjustable: ClassVar[frozenset[str]] = frozenset(
        {"network.dropout", "network.recurrent_dropout", "network.label_smoothing"}
    )

    format: PairOptions = PairOptions()
    training: TranslatorTraining = TranslatorTraining()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
