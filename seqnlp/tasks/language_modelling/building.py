"""Build a language model's network from a codec and settings."""

from seqnlp.tasks.language_modelling.codec import LanguageCodec
from seqnlp.tasks.language_modelling.network import LanguageNetwork
from seqnlp.tasks.language_modelling.settings import NetworkSettings
from seqnlp.tasks.language_modelling.streams import StreamBatches

_LARGE_CORPUS = 500_000
"""With fewer tokens, a network has half as many units by default."""


def build_network(
    codec: LanguageCodec, settings: NetworkSettings, batches: StreamBatches, seed: int
) -> LanguageNetwork:
    """Build a network with initial weights.

    Args:
        codec: Defines the size of the vocabulary and the defaults of some sizes.
        settings: Define the other sizes and choices.
        batches: The training batches, which define the states that training carries.
        seed: Random seed of initial weights and dropout.
    """
    words = codec.unit in ("subwords", "words")
    network = LanguageNetwork(
        vocabulary=len(codec),
        dimension=settings.dimension or (256 if words else 128),
        units=settings.units or (512 if batches.encoded.tokens >= _LARGE_CORPUS else 256),
        layers=settings.layers,
        cell=settings.cell,
        tied=words if settings.tied is None else settings.tied,
        input_dropout=settings.input_dropout,
        hidden_dropout=settings.hidden_dropout,
        weight_dropout=settings.weight_dropout,
        rows=batches.rows,
        seed=seed,
    )
    network.build()
    return network
