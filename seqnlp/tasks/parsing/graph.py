"""Convert a parsing network to an ONNX graph: from words to parts of speech and scores for trees."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from seqnlp.export.graph import Graph
from seqnlp.export.parity import Difference
from seqnlp.export.words import cache_characters, input_axes
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.types import Arrays, Integers, Network, Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.parsing.network import ParsingNetwork


class ParserGraph(Protocol):
    """Converts one kind of network."""

    def convert(
        self,
        network: Network,
        inputs: Mapping[str, Sequence[str]],
        states: Callable[[dict[str, Tensor]], Tensor],
    ) -> "ModelProto":
        """Convert a network.

        Args:
            network: The network.
            inputs: The inputs of the graph, and the names of their axes.
            states: Computes the hidden states of the encoder, [time, batch, size], from the inputs.
        """

    def compare(self, found: Arrays, expected: Arrays, lengths: Integers) -> Difference:
        """Compare labels and scores of a file with those of its network, without padding.

        Args:
            found: The outputs of the file.
            expected: The outputs of the network.
            lengths: [batch].
        """


def build_graph(network: "ParsingNetwork", codec: ParserCodec) -> Graph[ParserCodec]:
    """Convert a network. The character vectors of frequent words are computed once and stored as a table.

    Args:
        network: The trained network.
        codec: The codec of training.
    """
    served, states = cache_characters(network.encoder, codec)
    return Graph(network.converter().convert(network, input_axes(served), states), served)
