"""Build networks that read words from a codec and settings."""

import logging
from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

from seqnlp.data.words import WordCodec
from seqnlp.layers.encoder import Encoder, EncoderConfig
from seqnlp.layers.language_states import LanguageStatesConfig
from seqnlp.text.vectors import WordVectors, read_vectors
from seqnlp.training.language_models import load_reader
from seqnlp.training.word_settings import EncoderSettings
from seqnlp.types import Floats

log = logging.getLogger("seqnlp")


class WordNetwork(Protocol):
    """A network with an `Encoder`."""

    encoder: Encoder

    def build(self) -> None:
        """Create all weights."""


Network = TypeVar("Network", bound=WordNetwork)


def build_word_network(
    codec: WordCodec,
    settings: EncoderSettings,
    make_network: Callable[[EncoderConfig], Network],
    features: Floats | None = None,
) -> Network:
    """Build a network, with pre-trained word vectors if the settings name a file.

    Args:
        codec: Defines the sizes of the vocabularies.
        settings: Define the other sizes and choices of the encoder.
        make_network: Creates the network for the configuration of its encoder.
        features: float32 [words, features], fixed features of each word.

    Raises:
        ConfigError: The language model cannot be used.
        DataError: The file of vectors cannot be read.
    """
    vectors = None if settings.vectors is None else read_vectors(settings.vectors, codec.words)
    reader = load_reader(settings.language_model, codec)
    network = make_network(
        EncoderConfig(
            word_count=len(codec.words),
            character_count=len(codec.characters),
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
            feature_count=0 if features is None else features.shape[1],
            auxiliary_language_model=settings.auxiliary_language_model,
            language_model=None if reader is None else LanguageStatesConfig.of_network(reader),
            fine_tuned=reader is not None and settings.fine_tuning == "gradual",
        )
    )
    network.build()
    if reader is not None and network.encoder.language_states is not None:
        network.encoder.language_states.copy_weights(reader)
    if features is not None:
        network.encoder.word_features.assign(features)
    if vectors is not None:
        _assign_vectors(network.encoder, codec, vectors)
        share = vectors.coverage(codec.words.entries)
        log.info("%s: vectors for %.1f %% of the words", settings.vectors, 100 * share)
    return network


def _assign_vectors(encoder: Encoder, codec: WordCodec, vectors: WordVectors) -> None:
    """Replace the embeddings of the words that have a pre-trained vector."""
    table = encoder.word_embedding.embeddings
    embeddings = np.array(table)
    embeddings[codec.words.ids(vectors.words)] = vectors.matrix
    table.assign(embeddings)
