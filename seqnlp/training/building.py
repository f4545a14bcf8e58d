"""A network for a codec, as the settings say."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import WordCodec
from seqnlp.text.vectors import read_vectors
from seqnlp.training.word_settings import EncoderSettings

log = logging.getLogger("seqnlp")

Network = TypeVar("Network")


def built(
    codec: WordCodec,
    settings: EncoderSettings,
    network_of: Callable[[dict[str, Any]], Network],
    features: NDArray[np.float32] | None = None,
) -> Network:
    """Build a network, its word embedding begun with pre-trained vectors where the settings name a file.

    Args:
        codec: Gives the sizes of the vocabularies.
        settings: Give the others.
        network_of: Makes the network, given the arguments of its `Encoder`.
        features: [words, features], what is known of each word beforehand.

    Raises:
        DataError: The file of vectors cannot be read.
    """
    vectors = None if settings.vectors is None else read_vectors(settings.vectors, codec.words)
    network: Any = network_of(
        {
            "words": len(codec.words),
            "characters": len(codec.characters),
            "word_dimension": settings.word_dimension if vectors is None else vectors.matrix.shape[1],
            "character_encoder": settings.characters,
            "character_dimension": settings.character_dimension,
            "character_filters": settings.character_filters,
            "cell": settings.cell,
            "layers": settings.layers,
            "units": settings.units,
            "bidirectional": settings.bidirectional,
            "dropout": settings.dropout,
            "recurrent_dropout": settings.recurrent_dropout,
            "features": 0 if features is None else features.shape[1],
        }
    )
    network.build()
    if features is not None:
        network.encoder.word_features.assign(features)
    if vectors is not None:
        table = network.encoder.word_embedding.embeddings
        embeddings = np.array(table)
        embeddings[codec.words.ids(vectors.words)] = vectors.matrix
        table.assign(embeddings)
        share = vectors.coverage(codec.words.entries)
        log.info("%s: vectors for %.1f %% of the words", settings.vectors, 100 * share)
    return network  # type: ignore[no-any-return]
