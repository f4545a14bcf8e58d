"""Build a tagging network from a codec and settings."""

from typing import Any

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.network import TaggingNetwork
from seqnlp.tasks.tagging.settings import NetworkSettings
from seqnlp.text.schemes import legal_transitions
from seqnlp.training.building import build_word_network


def build_network(codec: TaggingCodec, settings: NetworkSettings, seed: int) -> TaggingNetwork:
    """Build a network with initial weights.

    Args:
        codec: Defines the sizes of the vocabularies and the tags.
        settings: The architecture.
        seed: Random seed of initial weights and dropout.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """
    legal = legal_labels(codec, settings)

    def make_network(encoder: EncoderConfig) -> TaggingNetwork:
        return TaggingNetwork(encoder, len(codec.labels), legal, seed)

    return build_word_network(codec, settings, make_network)


def legal_labels(codec: TaggingCodec, settings: NetworkSettings) -> list[Any] | None:
    """Return which labels may follow one another, start and end a sentence; None without a CRF."""
    if settings.decoder != "crf":
        return None
    return [each.tolist() for each in legal_transitions(codec.labels.entries, codec.scheme)]
