"""An ONNX graph with the codec that serves it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from seqnlp.data.codec import Codec

if TYPE_CHECKING:
    from onnx import ModelProto


CodecT = TypeVar("CodecT", bound=Codec, covariant=True)


@dataclass(frozen=True)
class Graph(Generic[CodecT]):
    """A network as an ONNX graph, ready to be written to a file.

    Attributes:
        model: The ONNX model, decoder included.
        codec: The codec that serves the graph. It can differ from the codec of training, for example if the
            graph contains a table of precomputed character vectors.
    """

    model: "ModelProto"
    codec: CodecT
