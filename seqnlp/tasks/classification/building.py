"""A classification network for a codec, as the settings say."""

import numpy as np
from numpy.typing import NDArray

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.network import ClassificationNetwork
from seqnlp.tasks.classification.settings import NetworkSettings
from seqnlp.training.building import build_word_network


def build_network(
    codec: ClassificationCodec,
    settings: NetworkSettings,
    seed: int,
    evidence: NDArray[np.float32] | None = None,
    class_weights: NDArray[np.float64] | None = None,
) -> ClassificationNetwork:
    """Build the network.

    Args:
        codec: Gives the sizes of the vocabularies, and the labels.
        settings: Give the others.
        seed: Of dropout and of the first weights.
        class_weights: [labels], what each counts in training; None for all alike.
        evidence: [words, labels], as `log_count_ratios` gives it; None for a network that learns all itself.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """

    def network(encoder: EncoderConfig) -> ClassificationNetwork:
        return ClassificationNetwork(
            encoder,
            len(codec.labels),
            settings.pooling,
            codec.threshold is not None,
            settings.label_smoothing,
            None if class_weights is None else class_weights.tolist(),
            seed,
        )

    return build_word_network(codec, settings, network, evidence)
