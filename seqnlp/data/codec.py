"""The base class of codecs."""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Codec:
    """Converts examples to arrays. It is learned from the training data and stored in the model file.

    A subclass is a frozen dataclass. If its fields are JSON values, it needs no other method.
    """

    def to_spec(self) -> dict[str, Any]:
        """Return the codec as JSON values."""
        return asdict(self)

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Self:
        """Restore a codec from the result of `to_spec`."""
        return cls(**spec)

    def summary(self) -> dict[str, Any]:
        """Return sizes and labels as JSON values, for `seqnlp inspect`."""
        return self.to_spec()
