"""A parsing network to one model.onnx: words in; parts of speech, and what trees are made of, out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from seqnlp.data.words import Arrays
from seqnlp.export.graph import Graph
from seqnlp.export.parity import ParityError
from seqnlp.export.words import cache_characters, input_axes, make_batches, word_mask
from seqnlp.export.writer import write_model
from seqnlp.tasks.parsing.chart_graph import SpanGraph
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.decoding import DECODERS
from seqnlp.tasks.parsing.merging_graph import MergingGraph

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession

    from seqnlp.tasks.parsing.network import ParsingNetwork

TOLERANCE = 1e-4
"""How far the score of a span or of a merge in the exported model may be from the network's."""

_POSITIONS = 512

Tensor = Any


class ParserGraph(Protocol):
    """The graph of one kind of network."""

    def model(
        self,
        network: Any,
        inputs: Mapping[str, Sequence[str]],
        states: Callable[[dict[str, Tensor]], Tensor],
    ) -> "ModelProto":
        """Convert a network.

        Args:
            network: The network.
            inputs: The inputs of the graph, and the names of their dimensions.
            states: From inputs to the encoder's hidden states, [time, batch, size].
        """

    def differences(self, found: Arrays, expected: Arrays, lengths: Any) -> tuple[int, float]:
        """How many labels are different, and how far scores are apart at most, within sentences."""


_GRAPHS: Mapping[str, ParserGraph] = {"cky": SpanGraph(), "greedy": MergingGraph()}
"""By how trees are found."""


def export_parser(
    network: "ParsingNetwork",
    codec: ParserCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Sequence[Sequence[str]],
) -> None:
    """Write a network with its codec as one file.

    The character vectors of frequent words are computed here, once, and stored as a table.

    Args:
        network: The trained network.
        codec: Its codec.
        path: The file to write.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        check: Sentences on which the file must agree with the network before it is written.

    Raises:
        ParityError: It does not; the message says how far it is off.
    """
    served, states = cache_characters(network.encoder, codec)

    model = _GRAPHS[network.search].model(network, input_axes(served), states)
    write_model(
        Graph(model, served),
        "parser",
        metadata,
        path,
        lambda session: check_parity(session, network, codec, served, check),
    )


def check_parity(
    session: "InferenceSession",
    network: "ParsingNetwork",
    codec: ParserCodec,
    served: ParserCodec,
    sentences: Sequence[Sequence[str]],
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        session: Runs the file.
        network: The network.
        codec: The codec that the network was trained with.
        served: The codec of the file.
        sentences: What both are to parse.

    Raises:
        ParityError: A score is further off than `TOLERANCE`, or a part of speech or a label differs.
    """
    ours, theirs = codec.encode(sentences), served.encode(sentences)
    outputs, graph = DECODERS[network.search].outputs, _GRAPHS[network.search]
    worst = 0.0
    different = 0
    for batch in make_batches(ours, _POSITIONS):
        inputs = ours.batch(batch)
        expected = {name: np.asarray(each) for name, each in network.predict_on_batch(inputs).items()}
        found = dict(zip(outputs, session.run(outputs, theirs.batch(batch)), strict=True))
        labels, apart = graph.differences(found, expected, inputs["lengths"])
        worst = max(worst, apart)
        different += labels + int((found["tags"] != expected["tags"])[word_mask(inputs)].sum())
    if different or worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: {different:,} words and nodes are labelled differently than by the "
            f"network, and a score differs by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )
