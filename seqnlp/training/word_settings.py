"""Settings of all tasks that read words: vocabularies and the encoder."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from seqnlp.settings import MAX_LAYERS, MAX_UNITS, Section, Settings


class WordSettings(Section):
    """Vocabularies of words and characters."""

    lower: bool = Field(True, description="Look up words in lower case; characters keep their case")
    digits: bool = Field(True, description="Look up every digit as 0")
    min_words: int = Field(
        1, ge=1, le=1_000_000_000, description="Minimum count of a word in the training data"
    )
    max_words: int | None = Field(None, ge=1, le=1_000_000_000, description="Maximum number of known words")
    min_characters: int = Field(
        1, ge=1, le=1_000_000_000, description="Minimum count of a character in the training data"
    )


class EncoderSettings(Section):
    """The encoder: word vectors, character vectors and recurrent layers."""

    word_dimension: int = Field(100, ge=1, le=MAX_UNITS, description="Size of a word embedding")
    vectors: Path | None = Field(
        None,
        description="Pre-trained word vectors: word2vec text or binary, GloVe or fastText .vec, also .gz",
    )
    characters: Literal["cnn", "lstm", "none"] = Field("cnn", description="Encoder of a word's characters")
    character_dimension: int = Field(32, ge=1, le=MAX_UNITS, description="Size of a character embedding")
    character_filters: int = Field(
        128, ge=2, le=MAX_UNITS, description="Size of the character vector of a word"
    )
    cell: Literal["lstm", "gru", "rnn"] = Field("lstm", description="Recurrent cell")
    layers: int = Field(
        1,
        ge=0,
        le=MAX_LAYERS,
        description="Number of recurrent layers; 0 to use the features of words directly",
    )
    units: int = Field(200, ge=1, le=MAX_UNITS, description="Hidden units of each direction")
    bidirectional: bool = Field(True, description="Whether the layers read in both directions")
    dropout: float = Field(0.5, ge=0, lt=1, description="Dropout rate of layer inputs and outputs")
    recurrent_dropout: float = Field(
        0.25, ge=0, lt=1, description="Dropout rate of hidden units, constant over a sequence"
    )
    language_model: Path | None = Field(
        None,
        description="Directory of a run of a language model; its states are features of the words",
    )
    fine_tuning: Literal["frozen", "gradual"] = Field(
        "frozen",
        description="Training of the language model: frozen; or gradual, which unfreezes one more layer in "
        "each epoch, the last first",
    )
    word_dropout: float = Field(
        3.0,
        ge=0,
        le=1_000_000,
        description="Replace words by the unknown word with probability a / (a + count); 0 disables it",
    )
    auxiliary_language_model: float = Field(
        0.0,
        ge=0,
        le=1_000,
        description="Weight of a loss that predicts the neighbours of each word in training; 0 disables it",
    )

    @property
    def summary(self) -> str:
        """The encoder in a few words."""
        direction = "bidirectional " if self.bidirectional else ""
        layers = f"{self.layers} {direction}{self.cell.upper()} layer(s) of {self.units} units"
        parts = [layers if self.layers else "no recurrent layer", f"character encoder {self.characters}"]
        if self.language_model is not None:
            tuned = " (fine-tuned)" if self.fine_tuning == "gradual" else ""
            parts.append(f"states of the language model {self.language_model.name}{tuned}")
        if self.auxiliary_language_model:
            parts.append(f"auxiliary language model ({self.auxiliary_language_model:g})")
        return ", ".join(parts)


class WordTaskSettings(Settings):
    """All settings of a task whose network reads words."""

    adjustable: ClassVar[frozenset[str]] = frozenset(
        {"network.dropout", "network.recurrent_dropout", "network.word_dropout"}
    )

    text: WordSettings = WordSettings()
    network: EncoderSettings = EncoderSettings()
