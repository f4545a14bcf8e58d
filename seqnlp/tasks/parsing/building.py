"""A parsing network for a codec, as the settings say."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.tasks.parsing.chart_network import ChartNetwork
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.merging_network import MergingNetwork
from seqnlp.tasks.parsing.network import ParsingNetwork
from seqnlp.tasks.parsing.settings import NetworkSettings
from seqnlp.training.building import build_word_network
from seqnlp.training.networks import load_network

_NETWORKS: Mapping[str, Callable[[dict[str, Any], NetworkSettings], ParsingNetwork]] = {
    "cky": lambda shared, settings: ChartNetwork(**shared),
    "greedy": lambda shared, settings: MergingNetwork(**shared, composition=settings.composition),
}
"""The network of each way to find trees."""


def build_network(codec: ParserCodec, settings: NetworkSettings, seed: int) -> ParsingNetwork:
    """Build the network.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """

    def network(encoder: EncoderConfig) -> ParsingNetwork:
        shared = {
            "encoder": encoder,
            "tags": len(codec.tags),
            "labels": len(codec.labels),
            "span_units": settings.span_units,
            "seed": seed,
        }
        return _NETWORKS[settings.search](shared, settings)

    return build_word_network(codec, settings, network)


def saved_network(path: Path) -> ParsingNetwork:
    """Load a network that was saved as `model.keras`.

    Raises:
        ModelFileError: The file is missing, damaged, or holds a network of another kind.
    """
    return load_network(path, ParsingNetwork)  # type: ignore[type-abstract]
