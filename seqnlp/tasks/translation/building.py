"""A translation network for a codec, as the settings say."""

from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.tasks.translation.network import TranslationNetwork
from seqnlp.tasks.translation.settings import NetworkSettings


def build_network(codec: TranslationCodec, settings: NetworkSettings, seed: int) -> TranslationNetwork:
    """Build the network.

    Args:
        codec: Gives the numbers of pieces.
        settings: Give the sizes, all of them.
        seed: Of dropout and of the first weights.
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
