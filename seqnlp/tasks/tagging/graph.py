"""A tagging network as an ONNX graph: words to tags and their probabilities."""

from typing import TYPE_CHECKING

import numpy as np

from seqnlp.export.conversion import compose_after, convert
from seqnlp.export.decoders import crf_decoder, softmax_decoder
from seqnlp.export.graph import Graph
from seqnlp.export.words import cache_characters, input_axes
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.tagging.network import TaggingNetwork

_OUTPUTS = ("tags", "scores", "emissions")


def build_graph(network: "TaggingNetwork", codec: TaggingCodec) -> Graph[TaggingCodec]:
    """Convert a network and its decoder to a graph.

    The graph contains a table with the character vectors of frequent words.

    Args:
        network: The trained network.
        codec: The codec of training.

    Returns:
        The graph, with the outputs `tags` int32 [batch, time], `scores` float32 [batch, time] (the
        probability of each tag) and `emissions` float32 [batch, time, labels].
    """
    served, states = cache_characters(network.encoder, codec)

    def emissions(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"emissions": network.emissions(states(inputs))}

    model = convert(emissions, input_axes(served), {"emissions": ("batch", "time", "labels")})
    return Graph(_add_decoder(model, network), served)


def _add_decoder(model: "ModelProto", network: "TaggingNetwork") -> "ModelProto":
    if network.crf is None:
        decoder = softmax_decoder()
    else:
        decoder = crf_decoder(*(np.asarray(scores) for scores in network.crf.scores()))
    joined = compose_after(model, decoder, shared=("emissions", "lengths"))
    outputs = sorted(joined.graph.output, key=lambda output: _OUTPUTS.index(output.name))
    del joined.graph.output[:]
    joined.graph.output.extend(outputs)
    return joined
