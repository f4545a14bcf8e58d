"""A network as an ONNX graph, together with the codec that it is served with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from onnx import ModelProto


class SpecCodec(Protocol):
    """A codec that can be written into a model file."""

    def to_spec(self) -> dict[str, Any]:
        """Return the codec as JSON values."""


Codec = TypeVar("Codec", bound=SpecCodec, covariant=True)


@dataclass(frozen=True)
class Graph(Generic[Codec]):
    """A graph that is ready to be written to a file.

    Attributes:
        model: The ONNX model, decoder included.
        codec: The codec as the graph is served. It can differ from the codec of training, for example if the
            graph holds a table of precomputed character vectors.
    """

    model: "ModelProto"
    codec: Codec
