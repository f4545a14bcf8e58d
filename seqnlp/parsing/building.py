"""A parsing network for a codec, as the settings say."""

from typing import Any

from seqnlp.building import built
from seqnlp.parsing.codec import ParserCodec
from seqnlp.parsing.config import NetworkSettings
from seqnlp.parsing.network import ParsingNetwork


def build_network(codec: ParserCodec, settings: NetworkSettings, seed: int) -> ParsingNetwork:
    """Build the network.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """

    def network(encoder: dict[str, Any]) -> ParsingNetwork:
        return ParsingNetwork(encoder, len(codec.tags), len(codec.labels), settings.span_units, seed)

    return built(codec, settings, network)
