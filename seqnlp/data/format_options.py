"""The base class of format options, the options for reading corpus files."""

from collections.abc import Collection, Mapping
from dataclasses import Field, dataclass, field, fields
from types import UnionType
from typing import Any, ClassVar, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from seqnlp.types import JsonObject

Value = TypeVar("Value")


def option(default: Value, description: str) -> Value:
    """Return a dataclass field with a help text, which settings and the command line show."""
    return field(default=default, metadata={"help": description})


def gold_option(default: Value, description: str) -> Value:
    """Return a dataclass field as `option` does, for an option that input without labels does not need."""
    return field(default=default, metadata={"help": description, "gold": True})


def input_fields(kind: "type[FormatOptions]") -> list[Field[Any]]:
    """Return the fields that say how to read input without labels, which `seqnlp predict` has too."""
    return [each for each in fields(kind) if not each.metadata.get("gold")]


def unescape_delimiter(delimiter: str | None) -> str | None:
    r"""Return a delimiter as the user meant it: a tab for `\t`, which a shell does not turn into a tab."""
    return "\t" if delimiter == r"\t" else delimiter


@dataclass(frozen=True, kw_only=True)
class FormatOptions:
    """The options of file formats. Each has a default.

    They are a section of the settings, and options of the command line. A model file stores them, so
    evaluation reads a file the way the training files were read.

    Attributes:
        format: The file format; None to select it by the file ending.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    format: str | None = gold_option(None, "File format; the file ending selects it by default")

    def for_input(self, given: Collection[str]) -> Self:
        """Return the options for input without gold data.

        Args:
            given: The names of the options that the user gave for this input. All others are from training.
        """
        return self

    @classmethod
    def contradicted(cls, stored: Mapping[str, Any], given: Mapping[str, Any]) -> Collection[str]:
        """Return the names of stored options that contradict given ones. They are then not used.

        Args:
            stored: The options of the training, by name.
            given: The options that the user gave, by name.
        """
        return ()

    @classmethod
    def read_stored(cls, stored: JsonObject) -> dict[str, Any]:
        """Return the options that a model file stores, by name. Unknown names are ignored.

        Raises:
            ValueError: An option has a value of another type.
        """
        hints = get_type_hints(cls)
        values = {each.name: stored[each.name] for each in fields(cls) if each.name in stored}
        for name, value in values.items():
            if not _fits(value, hints[name]):
                raise ValueError(f"format.{name} cannot be {value!r}")
        return values


def _fits(value: object, kind: Any) -> bool:
    """Return whether a JSON value has the type of an option: one type, several, or listed values."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) in (Union, UnionType):  # Literal[...] | None is a Union
        return any(_fits(value, each) for each in get_args(kind))
    return type(value) is kind
