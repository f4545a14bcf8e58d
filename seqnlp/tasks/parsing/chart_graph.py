"""The graph of a parser whose trees are found by CKY: the best label of every span."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seqnlp.export.conversion import convert
from seqnlp.export.parity import Difference, difference
from seqnlp.tasks.parsing.chart import inside_lengths
from seqnlp.types import Arrays, Integers

if TYPE_CHECKING:
    from onnx import ModelProto

    from seqnlp.tasks.parsing.chart_network import ChartNetwork

Tensor = Any


class SpanGraph:
    """From words to parts of speech, and to the best label of every span."""

    def model(
        self,
        network: "ChartNetwork",
        inputs: Mapping[str, Sequence[str]],
        states: Callable[[dict[str, Tensor]], Tensor],
    ) -> "ModelProto":
        """The graph of a network; what makes trees of its scores is `seqnlp.tasks.parsing.chart`."""

        def scores(given: dict[str, Tensor]) -> dict[str, Tensor]:
            return network.scores(network.read(states(given)), given["lengths"])

        spans = ("batch", "spans")
        return convert(scores, inputs, {"tags": ("batch", "time"), "labels": spans, "best": spans})

    def compare(self, found: Arrays, expected: Arrays, lengths: Integers) -> Difference:
        """Compare the label and the score of every span."""
        spans = inside_lengths(lengths, found["tags"].shape[1])
        return difference(found, expected, spans, exact=["labels"], close=["best"])
