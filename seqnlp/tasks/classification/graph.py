"""The ONNX graph of a classifier: words in; logits, probabilities and attention weights out."""

from dataclasses import replace
from typing import TYPE_CHECKING

from seqnlp.export.conversion import convert
from seqnlp.export.graph import Graph
from seqnlp.export.words import cache_characters, input_axes
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.types import Tensor

if TYPE_CHECKING:
    from seqnlp.tasks.classification.network import ClassificationNetwork


def build_graph(network: "ClassificationNetwork", codec: ClassificationCodec) -> Graph[ClassificationCodec]:
    """Convert a network to an ONNX graph.

    Args:
        network: The trained network.
        codec: The codec of training.

    Returns:
        The graph, with the codec that serves it. Its outputs are `logits` and `probabilities` [batch,
        labels]; with attention pooling also `attention` [batch, time].
    """
    served, states = cache_characters(network.encoder, codec)
    if codec.multi_label:
        served = replace(served, threshold=float(network.threshold))

    def compute(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        hidden, lengths = states(inputs), inputs["lengths"]
        logits = network.logits(hidden, lengths)
        outputs = {"logits": logits, "probabilities": network.probabilities(logits)}
        return {**outputs, "attention": network.attention(hidden, lengths)} if network.attends else outputs

    axes = ("batch", "labels")
    outputs = {"logits": axes, "probabilities": axes}
    if network.attends:
        outputs["attention"] = ("batch", "time")
    return Graph(convert(compute, input_axes(served), outputs), served)
