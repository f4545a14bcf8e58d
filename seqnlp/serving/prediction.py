"""Predictions as lines of JSON, together with the fields of the input line."""

from abc import ABC, abstractmethod
from collections.abc import Container
from json import dumps

from seqnlp.types import JsonObject

_INPUT = "input"


class Prediction(ABC):
    """The base class of all predictions. A prediction belongs to one input."""

    __slots__ = ()

    @abstractmethod
    def to_dict(self) -> JsonObject:
        """Return the prediction as JSON values. The key `input` is reserved for `place_fields`."""

    def to_json(self, fields: JsonObject | None = None) -> str:
        """Return the prediction as one line of JSON.

        Args:
            fields: The fields of the input line, which come first (see `place_fields`).
        """
        return to_line(self.to_dict(), fields)


def to_line(values: JsonObject, fields: JsonObject | None = None) -> str:
    """Return the values of a prediction, after the fields of its input line, as one line of JSON."""
    return dumps({**place_fields(fields or {}, values), **values}, ensure_ascii=False)


def place_fields(fields: JsonObject, names: Container[str]) -> JsonObject:
    """Place the fields of an input line so that they do not collide with those of its prediction.

    Fields come back unchanged. If the prediction uses the name of a field, the field comes back in an object
    under `input`, together with any field named `input`.

    Args:
        fields: The fields of the input line.
        names: The names that the prediction uses.

    Example:
        >>> place_fields({"id": 7, "label": "good"}, ["text", "label"])
        {'id': 7, 'input': {'label': 'good'}}
    """
    moved = {name: value for name, value in fields.items() if name in names}
    if not moved:
        return fields
    if _INPUT in fields:
        moved[_INPUT] = fields[_INPUT]
    return {**{name: value for name, value in fields.items() if name not in moved}, _INPUT: moved}
