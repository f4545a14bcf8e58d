"""What the translators of all libraries have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.trained import TrainedTranslator


@dataclass(frozen=True)
class Sizes:
    """The sizes of a translator of the default kind.

    Attributes:
        source: How many source ids there are.
        target: How many target ids there are.
        dimension: Of embeddings and of the readout.
        units: Of the decoder; the encoder has half as many each way.
        dropout: The share of inputs of layers and of the readout that is dropped.
        label_smoothing: The share of a piece's weight that is spread over all pieces in training.
    """

    source: int
    target: int
    dimension: int
    units: int
    dropout: float = 0.0
    label_smoothing: float = 0.0

    @classmethod
    def of(cls, model: TrainedTranslator) -> "Sizes":
        """Those of a model.

        Raises:
            NotImplementedError: It is of another kind.
        """
        network, codec = model.sized, model.codec
        kind = network.cell, network.encoder_layers, network.decoder_layers, network.attention, network.tied
        if kind != ("gru", 1, 2, "general", "target") or network.input_feeding:
            raise NotImplementedError(f"the peers have no translator of these settings: {network}")
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
class Written:
    """The best translation of a text.

    Attributes:
        text: The translation.
        pieces: Its pieces, as they are written, without the end.
    """

    text: str
    pieces: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many pieces there are, the end counted."""
        return len(self.pieces) + 1


class TranslatorPrediction(ABC):
    """Texts in, texts out.

    Args:
        texts: What to translate.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @abstractmethod
    def translate(self, texts: Sequence[str], size: int, beam_size: int) -> list[Written]:
        """The best translation of each text, searched for in batches of `size`; a beam of 1 is greedy."""

    def pieces(self, size: int, beam_size: int) -> list[tuple[str, ...]]:
        """The pieces of the translations of all texts."""
        return [written.pieces for written in self.translate(self.texts, size, beam_size)]

    def run(self, size: int, beam_size: int) -> int:
        """Translate all texts; return how many pieces came out."""
        return sum(written.size for written in self.translate(self.texts, size, beam_size))

    def one_by_one(self, count: int, beam_size: int) -> int:
        """Translate the first texts one at a time; return how many pieces came out."""
        return sum(self.translate([text], 1, beam_size)[0].size for text in self.texts[:count])
