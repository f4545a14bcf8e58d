"""The base class of translators, and their sizes."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.trained import TrainedTranslator


@dataclass(frozen=True)
class Sizes:
    """The sizes of a translator with default settings.

    Attributes:
        source: Number of source ids.
        target: Number of target ids.
        dimension: Size of embeddings and of the readout.
        units: Hidden units of the decoder; the encoder has half of them per direction.
        dropout: Dropout rate of layer inputs and of the readout.
        label_smoothing: Label smoothing.
    """

    source: int
    target: int
    dimension: int
    units: int
    dropout: float = 0.0
    label_smoothing: float = 0.0

    @classmethod
    def from_model(cls, model: TrainedTranslator) -> "Sizes":
        """Return the sizes of a model.

        Raises:
            NotImplementedError: The contenders do not support the network of the model.
        """
        network, codec = model.network_settings, model.codec
        kind = network.cell, network.encoder_layers, network.decoder_layers, network.attention, network.tied
        if kind != ("gru", 1, 2, "general", "target") or network.input_feeding:
            raise NotImplementedError(f"the contenders have no translator with these settings: {network}")
        assert network.dimension is not None
        assert network.units is not None
        return cls(
            len(codec.source),
            len(codec.target),
            network.dimension,
            network.units,
            network.dropout,
            network.label_smoothing,
        )


@dataclass(frozen=True)
class Output:
    """The best translation of a text.

    Attributes:
        text: The translation.
        subwords: Its subwords without the end symbol.
    """

    text: str
    subwords: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of subwords, including the end symbol."""
        return len(self.subwords) + 1


class TranslatorPrediction(ABC):
    """Translate texts.

    Args:
        texts: The texts to translate.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @abstractmethod
    def translate(self, texts: Sequence[str], size: int, beam_size: int) -> list[Output]:
        """Return the best translation of each text, in batches of `size`. A beam size of 1 is greedy."""

    def subwords(self, size: int, beam_size: int) -> list[tuple[str, ...]]:
        """Return the subwords of the translations of all texts."""
        return [written.subwords for written in self.translate(self.texts, size, beam_size)]

    def run(self, size: int, beam_size: int) -> int:
        """Translate all texts, and return the number of subwords."""
        return sum(written.size for written in self.translate(self.texts, size, beam_size))

    def one_by_one(self, count: int, beam_size: int) -> int:
        """Translate the first texts one at a time, and return the number of subwords."""
        return sum(self.translate([text], 1, beam_size)[0].size for text in self.texts[:count])
