"""The base class of codecs."""

from dataclasses import asdict, dataclass
from typing import Self

from seqnlp.types import JsonObject


@dataclass(frozen=True)
class Codec:
    """Converts examples to arrays. It is learned from the training data and stored in the model file.

    A subclass is a frozen dataclass. If its fields are JSON values, it needs no other method.
    """

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return asdict(self)

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`."""
        return cls(**spec)

    def summary(self) -> JsonObject:
        """Return sizes and labels as JSON values, for `seqnlp inspect`."""
        return self.to_spec()
