"""The settings of a tagger."""

from typing import Literal

from pydantic import Field

from seqnlp.settings import DataSettings, Settings
from seqnlp.training.word_settings import EncoderSettings, WordSettings


class TaggingData(DataSettings):
    """The corpus: a name, files (conll, conllu, jsonl), or a prepared directory."""

    delimiter: str | None = Field(None, description="Column delimiter; by default spaces and tabs")
    word_column: int = Field(
        0, description="Column of the words, counted from 0; negative counts from the end"
    )
    tag_column: int = Field(-1, description="Column of the tags, counted in the same way")
    tag_field: str = Field("upos", description="CoNLL-U: field of the tags")


class TextSettings(WordSettings):
    """Encoding of text."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters"] = Field(
        "words", description="Tokenizer of raw text: words, whitespace, tweets or characters"
    )
    scheme: Literal["auto", "bio", "iob1", "iobes", "plain"] = Field(
        "auto", description="Tagging scheme of the files; auto detects it, plain is for parts of speech"
    )


class NetworkSettings(EncoderSettings):
    """Architecture of the network."""

    decoder: Literal["crf", "softmax"] = Field("crf", description="Decoder: crf or softmax")

    @property
    def summary(self) -> str:
        """The network in a few words."""
        return f"{super().summary}, tags chosen by {self.decoder}"


class TaggerSettings(Settings):
    """All settings of a tagger."""

    data: TaggingData = TaggingData()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
