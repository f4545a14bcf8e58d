"""The base class of format options, the options for reading corpus files."""

from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, TypeVar

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
