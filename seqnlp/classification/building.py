"""A classification network for a codec, as the settings say."""

from typing import Any

from seqnlp.building import built
from seqnlp.classification.codec import ClassificationCodec
from seqnlp.classification.config import NetworkSettings
from seqnlp.classification.network import ClassificationNetwork


def build_network(codec: ClassificationCodec, settings: NetworkSettings, seed: int) -> ClassificationNetwork:
    """Build the network.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """

    def network(encoder: dict[str, Any]) -> ClassificationNetwork:
        return ClassificationNetwork(
            encoder, len(codec.labels), settings.pooling, settings.label_smoothing, seed
        )

    return built(codec, settings, network)
