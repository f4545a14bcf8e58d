"""The graph of a parser with CKY search: the best label of every span."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from seqnlp.export.conversion import convert
from seqnlp.export.parity import Difference, difference
from seqnlp.tasks.parsing.chart import span_mask
from seqnlp.types import Arrays, Integers, Tensor

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.parsing.chart_network import ChartNetwork


class ChartGraph:
    """Converts a `ChartNetwork`: from words to parts of speech, and to the best label of every span.

    `seqnlp.tasks.parsing.chart` finds the tree from the scores of these labels.
    """

    def convert(
        self,
        network: "ChartNetwork",
        inputs: Mapping[str, Sequence[str]],
        states: Callable[[dict[str, Tensor]], Tensor],
    ) -> "ModelProto":
        """Convert a network."""

        def outputs(given: dict[str, Tensor]) -> dict[str, Tensor]:
            return network.graph_outputs(network.read(states(given)), given["lengths"])

        spans = ("batch", "spans")
        return convert(outputs, inputs, {"tags": ("batch", "time"), "labels": spans, "best": spans})

    def compare(self, found: Arrays, expected: Arrays, lengths: Integers) -> Difference:
        """Compare the label and the score of every span."""
        spans = span_mask(lengths, found["tags"].shape[1])
        return difference(found, expected, spans, exact=["labels"], close=["best"])
