"""A tagging network for a codec, as the settings say."""

import logging

import numpy as np

from seqnlp.spans import legal_transitions
from seqnlp.tagging.codec import TaggingCodec
from seqnlp.tagging.config import NetworkSettings
from seqnlp.tagging.network import TaggingNetwork
from seqnlp.vectors import read_vectors

log = logging.getLogger("seqnlp")


def build_network(codec: TaggingCodec, settings: NetworkSettings, seed: int) -> TaggingNetwork:
    """Build the network, its word embedding begun with pre-trained vectors where the settings name a file.

    Raises:
        DataError: The file of vectors cannot be read.
    """
    vectors = None if settings.vectors is None else read_vectors(settings.vectors, codec.words)
    legal = legal_transitions(codec.labels.entries, codec.scheme) if settings.decoder == "crf" else None
    network = TaggingNetwork(
        words=len(codec.words),
        characters=len(codec.characters),
        labels=len(codec.labels),
        legal=legal,
        word_dimension=settings.word_dimension if vectors is None else vectors.matrix.shape[1],
        character_encoder=settings.characters,
        character_dimension=settings.character_dimension,
        character_filters=settings.character_filters,
        cell=settings.cell,
        layers=settings.layers,
        units=settings.units,
        bidirectional=settings.bidirectional,
        dropout=settings.dropout,
        recurrent_dropout=settings.recurrent_dropout,
        seed=seed,
    )
    network.build()
    if vectors is not None:
        embeddings = np.array(network.word_embedding.embeddings)
        embeddings[codec.words.ids(vectors.words)] = vectors.matrix
        network.word_embedding.embeddings.assign(embeddings)
        share = vectors.coverage(codec.words.entries)
        log.info("%s: vectors for %.1f %% of the words", settings.vectors, 100 * share)
    return network
