"""The settings of a tagger."""

from typing import Literal

from pydantic import Field

from seqnlp.corpora import TaggedOptions
from seqnlp.training.word_settings import EncoderSettings, WordSettings, WordTaskSettings


class TextSettings(WordSettings):
    """Encoding of text."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters"] = Field(
        "words", description="Tokenizer of raw text: words, whitespace, tweets or characters"
    )


class NetworkSettings(EncoderSettings):
    """Architecture of the network."""

    decoder: Literal["crf", "softmax"] = Field("crf", description="Decoder: crf or softmax")

    @property
    def summary(self) -> str:
        """The network in a few words."""
        return f"{super().summary}, tags chosen by {self.decoder}"


class TaggerSettings(WordTaskSettings):
    """All settings of a tagger."""

    format: TaggedOptions = TaggedOptions()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
