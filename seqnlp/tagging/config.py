"""The settings of a tagger."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from seqnlp.settings import Section, Settings


class TextSettings(Section):
    """How text is read."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters"] = Field(
        "words", description="How raw text is cut into words: words, whitespace, tweets or characters"
    )
    scheme: Literal["auto", "bio", "iob1", "iobes", "plain"] = Field(
        "auto", description="How the training files write spans: auto finds out; plain for parts of speech"
    )
    lower: bool = Field(True, description="Look words up without regard to case (characters keep it)")
    digits: bool = Field(True, description="Look every digit up as 0")
    minimum_words: int = Field(1, ge=1, description="Words seen less often in training are unknown")
    maximum_words: int | None = Field(None, ge=1, description="At most so many words are known")
    minimum_characters: int = Field(1, ge=1, description="Characters seen less often are unknown")


class NetworkSettings(Section):
    """The network."""

    word_dimension: int = Field(100, ge=1, description="Size of a word's embedding")
    vectors: Path | None = Field(
        None,
        description="Pre-trained word vectors: word2vec text or binary, GloVe, fastText .vec, each also .gz",
    )
    characters: Literal["cnn", "lstm", "none"] = Field("cnn", description="What reads a word's characters")
    character_dimension: int = Field(32, ge=1, description="Size of a character's embedding")
    character_filters: int = Field(128, ge=2, description="Size of the vector that a word's characters give")
    cell: Literal["lstm", "gru", "rnn"] = Field("lstm", description="The recurrent cell: lstm, gru or rnn")
    layers: int = Field(1, ge=1, description="How many recurrent layers")
    units: int = Field(200, ge=1, description="Hidden units of each direction")
    bidirectional: bool = Field(True, description="Whether the layers read both ways")
    dropout: float = Field(
        0.5, ge=0, lt=1, description="Share of a layer's inputs and outputs that are dropped"
    )
    recurrent_dropout: float = Field(
        0.25, ge=0, lt=1, description="Share of hidden units dropped along a sentence"
    )
    word_dropout: float = Field(
        3.0, ge=0, description="a in a / (a + count): how often training takes a word for unknown"
    )
    decoder: Literal["crf", "softmax"] = Field("crf", description="How tags are chosen: crf or softmax")


class TaggerSettings(Settings):
    """All settings of a tagger."""

    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
