"""The base class of format options, the options for reading corpus files."""

from dataclasses import dataclass, field, fields
from types import UnionType
from typing import Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin, get_type_hints

from seqnlp.types import JsonObject

Value = TypeVar("Value")


def option(default: Value, description: str) -> Value:
    """Return a dataclass field with a help text, which settings and the command line show."""
    return field(default=default, metadata={"help": description})


@dataclass(frozen=True, kw_only=True)
class FormatOptions:
    """The options of file formats. Each has a default.

    They are a section of the settings, and options of the command line. A model file stores them, so
    evaluation reads a file the way the training files were read.

    Attributes:
        format: The file format; None to select it by the file ending.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    format: str | None = option(None, "File format; the file ending selects it by default")

    @classmethod
    def from_stored(cls, stored: JsonObject) -> Self:
        """Restore the options in a model file, without the format of the training files.

        Raises:
            ValueError: An option has a value of another type.
        """
        hints = get_type_hints(cls)
        known = {each.name for each in fields(cls)} - {"format"}
        values = {name: value for name, value in stored.items() if name in known}
        for name, value in values.items():
            if not _fits(value, hints[name]):
                raise ValueError(f"format.{name} cannot be {value!r}")
        return cls(**values)


def _fits(value: object, kind: Any) -> bool:
    """Return whether a JSON value has the type of an option: one type, several, or listed values."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if isinstance(kind, UnionType):
        return any(_fits(value, each) for each in get_args(kind))
    return type(value) is kind
