"""The settings of a tagger."""

from typing import Literal

from pydantic import Field

from seqnlp.settings import DataSettings, Settings
from seqnlp.training.word_settings import EncoderSettings, WordSettings


class TaggingData(DataSettings):
    """Where the corpus comes from: a name, files (conll, conllu, jsonl), or a prepared directory."""

    delimiter: str | None = Field(None, description="What parts columns; without it, spaces and tabs")
    word_column: int = Field(0, description="The column of the words, from 0; negative from the end")
    tag_column: int = Field(-1, description="The column of the tags, likewise")
    tag_field: str = Field("upos", description="CoNLL-U: the field that is the tag")


class TextSettings(WordSettings):
    """How text is read."""

    tokenizer: Literal["words", "whitespace", "tweets", "characters"] = Field(
        "words", description="How raw text is cut into words: words, whitespace, tweets or characters"
    )
    scheme: Literal["auto", "bio", "iob1", "iobes", "plain"] = Field(
        "auto", description="How the training files write spans: auto finds out; plain for parts of speech"
    )


class NetworkSettings(EncoderSettings):
    """The network."""

    decoder: Literal["crf", "softmax"] = Field("crf", description="How tags are chosen: crf or softmax")

    @property
    def summary(self) -> str:
        """What the network is, in words."""
        return f"{super().summary}, tags chosen by {self.decoder}"


class TaggerSettings(Settings):
    """All settings of a tagger."""

    data: TaggingData = TaggingData()
    text: TextSettings = TextSettings()
    network: NetworkSettings = NetworkSettings()
