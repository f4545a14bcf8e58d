"""The settings of a translator."""

from typing import Literal, Self

from pydantic import Field

from seqnlp.settings import DataSettings, Section, Settings, TrainingSettings

ENOUGH_PIECES = 200_000
"""With fewer pieces in the training targets a network of half the size does as well, and sooner."""


class PairData(DataSettings):
    """Where the corpus comes from: two aligned files a part, or tables, or JSON lines."""

    pair: str | None = Field(
        None, description="The endings of aligned files, such as en-de: train.en and train.de"
    )
    delimiter: str | None = Field(None, description="Tables: what parts columns; by default comma or tab")
    source_column: str = Field(
        "source", description="The column or key of the source; of tables also a number"
    )
    target_column: str = Field("target", description="The column or key of the target, likewise")


class PieceSettings(Section):
    """How text is cut into pieces, and which pairs are too long or too unlike."""

    subwords: int = Field(
        4000, ge=0, description="How many subwords a side has at most; 0 for single characters"
    )
    joint: bool = Field(False, description="Whether both sides share one vocabulary")
    lower: bool = Field(False, description="Whether texts are lower-cased")
    longest: int = Field(
        100, ge=5, description="Pairs with more pieces on a side are not trained on; longer texts go in parts"
    )
    ratio: float = Field(
        4.0, ge=1, description="Pairs with so many times the pieces of one side on the other are not either"
    )


class NetworkSettings(Section):
    """The network."""

    dimension: int | None = Field(
        None,
        ge=1,
        description="Size of embeddings and of what comes before the output; by default two thirds of units",
    )
    units: int | None = Field(
        None,
        ge=2,
        multiple_of=2,
        description="Hidden units of the decoder, half as many each way in the encoder; by default 384, or "
        "192 for a small corpus",
    )
    cell: Literal["lstm", "gru", "rnn"] = Field("gru", description="The recurrent cell: lstm, gru or rnn")
    encoder_layers: int = Field(1, ge=1, description="How many recurrent layers the encoder has")
    decoder_layers: int = Field(2, ge=1, description="How many the decoder has; the first one attends")
    attention: Literal["dot", "general", "concat", "none"] = Field(
        "general", description="How states of the decoder attend: dot, general, concat or none"
    )
    input_feeding: bool = Field(
        False, description="Whether a step reads what the one before found: slower to train, step by step"
    )
    tied: Literal["none", "target", "all"] = Field(
        "target", description="Which tables are one: none, output and target, or all (of a joint vocabulary)"
    )
    dropout: float = Field(0.4, ge=0, lt=1, description="Share of inputs and outputs of layers dropped")
    recurrent_dropout: float = Field(
        0.2, ge=0, lt=1, description="Share of hidden units dropped along a sentence"
    )
    label_smoothing: float = Field(
        0.1, ge=0, lt=1, description="Share of a piece's weight that is spread over all pieces in training"
    )

    def sized(self, tokens: int) -> Self:
        """The settings with all sizes.

        Args:
            tokens: How many pieces the training targets have.
        """
        units = self.units or (384 if tokens >= ENOUGH_PIECES else 192)
        return self.model_copy(update={"units": units, "dimension": self.dimension or max(1, units * 2 // 3)})


class TranslatorTraining(TrainingSettings):
    """How the network is trained."""

    metric: Literal["bleu", "chrf", "log_likelihood"] = Field(
        "bleu",
        description="What decides which epoch is best, on dev: bleu, chrf, or log_likelihood of a piece",
    )
    learning_rate: float = Field(1e-3, gt=0, description="The highest learning rate")
    clip: float = Field(1.0, gt=0, description="The greatest norm of a step's gradient")
    epochs: int | None = Field(
        None, ge=1, description="The most epochs; by default 20, more for a small corpus"
    )

    def most_epochs(self, tokens: int) -> int:
        """How many epochs there are at most: of a small corpus as many as show a million pieces.

        Args:
            tokens: How many pieces the targets have.
        """
        return self.epochs or min(25, max(20, 1_000_000 // tokens))

    def batch_positions(self, tokens: int) -> int:
        """How many positions a batch has: as many as a fast step needs, fewer for a small corpus.

        Args:
            tokens: How many pieces the targets have.
        """
        return self.batch_tokens or min(1500, max(256, tokens // 64))


class TranslatorSettings(Settings):
    """All settings of a translator."""

    data: PairData = PairData()
    training: TranslatorTraining = TranslatorTraining()
    text: PieceSettings = PieceSettings()
    network: NetworkSettings = NetworkSettings()
