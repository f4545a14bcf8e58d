"""Build a language model's network from a codec and settings."""

import numpy as np

from seqnlp.data.language_codec import LanguageCodec
from seqnlp.tasks.language_modelling.network import LanguageNetwork
from seqnlp.tasks.language_modelling.settings import NetworkSettings
from seqnlp.tasks.language_modelling.streams import StreamBatches
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.training.weights import repeat_row
from seqnlp.types import Integers

_BLOCK = 1 << 20
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
    network = LanguageNetwork(
        vocabulary=len(codec),
        dimension=settings.dimension or codec.unit.dimension,
        units=settings.units or (512 if batches.encoded.tokens >= _LARGE_CORPUS else 256),
        layers=settings.layers,
        cell=settings.cell,
        tied=codec.unit.tied if settings.tied is None else settings.tied,
        input_dropout=settings.input_dropout,
        hidden_dropout=settings.hidden_dropout,
        weight_dropout=settings.weight_dropout,
        rows=batches.rows,
        direction=settings.direction,
        seed=seed,
    )
    network.build()
    return network


def _count(ids: Integers, size: int) -> Integers:
    """Return how often each id occurs, without a large copy of the ids."""
    counts = np.zeros(size, np.int64)
    for first in range(0, len(ids), _BLOCK):
        counts += np.bincount(ids[first : first + _BLOCK], minlength=size)
    return counts


def share_unknown(network: LanguageNetwork, first: int, ids: Integers) -> None:
    """Divide the probability of unknown tokens among new tokens, by their counts.

    The new tokens get the vectors of unknown tokens. The probabilities of other tokens do not change.

    Args:
        network: The network. Its weights for new tokens are replaced.
        first: The first id of a new token.
        ids: [tokens], the training data.
    """
    vocabulary = network.arguments["vocabulary"]
    for table in (network.input_table, network.output_table):
        repeat_row(table, UNKNOWN, first)
    shared = [UNKNOWN, *range(first, vocabulary)]
    counts = np.maximum(_count(ids, vocabulary)[shared], 1)
    bias = np.array(network.output_bias)
    if vocabulary > first:
        bias[shared] = bias[UNKNOWN] + np.log(counts / counts.sum())
        network.output_bias.assign(bias)
