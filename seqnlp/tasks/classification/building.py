"""Build a classification network from a codec and settings."""

from seqnlp.layers.encoder import EncoderConfig
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.network import ClassificationNetwork
from seqnlp.tasks.classification.settings import NetworkSettings
from seqnlp.training.building import build_word_network
from seqnlp.types import Floats


def build_network(
    codec: ClassificationCodec,
    settings: NetworkSettings,
    seed: int,
    ratios: Floats | None = None,
    class_weights: Floats | None = None,
) -> ClassificationNetwork:
    """Build a network with initial weights.

    Args:
        codec: Defines the sizes of the vocabularies, and the labels.
        settings: Define the other sizes and choices.
        seed: Random seed of initial weights and dropout.
        ratios: float32 [words, labels], the result of `log_count_ratios`, as an input of the network; None
            for a network without this input.
        class_weights: float [labels], the weight of each label in training; None for equal weights.

    Raises:
        DataError: The file of pre-trained vectors cannot be read.
    """

    def make_network(encoder: EncoderConfig) -> ClassificationNetwork:
        return ClassificationNetwork(
            encoder,
            len(codec.labels),
            settings.pooling,
            codec.multi_label,
            settings.label_smoothing,
            None if class_weights is None else class_weights.tolist(),
            seed,
        )

    return build_word_network(codec, settings, make_network, ratios)
