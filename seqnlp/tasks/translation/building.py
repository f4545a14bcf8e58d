"""Build a translation network from a codec and settings."""

from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.tasks.translation.network import TranslationNetwork
from seqnlp.tasks.translation.settings import NetworkSettings


def build_network(codec: TranslationCodec, settings: NetworkSettings, seed: int) -> TranslationNetwork:
    """Build a network with initial weights.

    Args:
        codec: Defines the sizes of the vocabularies.
        settings: Define all other sizes; `NetworkSettings.sized` sets those that depend on the corpus.
        seed: Random seed of initial weights and dropout.
    """
    decoder = {
        "dimension": settings.dimension,
        "units": settings.units,
        "cell": settings.cell,
        "layers": settings.decoder_layers,
        "attention": settings.attention,
        "input_feeding": settings.input_feeding,
        "dropout": settings.dropout,
        "recurrent_dropout": settings.recurrent_dropout,
    }
    network = TranslationNetwork(
        len(codec.source),
        len(codec.target),
        decoder,
        settings.encoder_layers,
        settings.tied,
        settings.label_smoothing,
        seed,
    )
    network.build()
    return network
