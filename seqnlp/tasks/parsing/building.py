"""Build a parsing network from a codec and settings."""

from collections.abc import Mapping

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.tasks.parsing.chart_network import ChartNetwork
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.merging_network import MergingNetwork
from seqnlp.tasks.parsing.network import ParsingNetwork
from seqnlp.tasks.parsing.settings import NetworkSettings
from seqnlp.training.building import build_word_network

NETWORKS: Mapping[str, type[ParsingNetwork]] = {"cky": ChartNetwork, "greedy": MergingNetwork}
"""The network of each search."""


def build_network(codec: ParserCodec, settings: NetworkSettings, seed: int) -> ParsingNetwork:
    """Build a network with initial weights.

    Args:
        codec: Defines the number of words, characters, parts of speech and labels.
        settings: Define the other sizes.
        seed: Random seed of initial weights and dropout.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """

    def make_network(encoder: EncoderConfig) -> ParsingNetwork:
        return NETWORKS[settings.search].from_settings(
            settings, encoder=encoder, tags=len(codec.tags), labels=len(codec.labels), seed=seed
        )

    return build_word_network(codec, settings, make_network)
