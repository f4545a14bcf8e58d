"""The results of several variants on the same data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from seqnlp.comparison.variant import Result
from seqnlp.files import atomic_write_text
from seqnlp.metrics.report import Report, Table
from seqnlp.strict_json import dump_json
from seqnlp.types import JsonObject

ResultT = TypeVar("ResultT", bound=Result)

Rows: TypeAlias = Mapping[str, Callable[[ResultT], str]]
"""The rows of a table by label: functions that format one value of a result."""


@dataclass(frozen=True)
class Comparison(Generic[ResultT]):
    """The results of several variants on the same data.

    `print` shows a table with one column per variant, and a notebook shows it as HTML.

    Attributes:
        results: One result per variant.
        rows: The rows of the table.
        directory: The directory with `comparison.json` and `comparison.png`.
        title: The heading of the first column.
    """

    results: Sequence[ResultT]
    rows: Rows[ResultT]
    directory: Path
    title: str = ""

    @property
    def picture(self) -> Path:
        """The file of the figure."""
        return self.directory / "comparison.png"

    def to_json(self) -> list[JsonObject]:
        """Return the results as JSON values."""
        return [result.to_dict() for result in self.results]

    def write_json(self) -> None:
        """Write `comparison.json`, and create the directory if it does not exist."""
        self.directory.mkdir(parents=True, exist_ok=True)
        atomic_write_text(self.directory / "comparison.json", dump_json(self.to_json(), indent=1) + "\n")

    def report(self) -> Report:
        """Return the table and the path of the figure."""
        columns = (self.title, *(result.name for result in self.results))
        rows = tuple((label, *map(show, self.results)) for label, show in self.rows.items())
        return Report({"results": self.to_json()}, (Table(columns, rows), str(self.picture)))

    def __str__(self) -> str:
        return str(self.report())

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()


def measurement_rows(unit: str) -> Rows[Result]:
    """Return the rows for the number of parameters and the speeds.

    Args:
        unit: The unit of the speeds, such as `tokens`.
    """
    return {
        "parameters": lambda result: f"{result.parameters:,}",
        f"{unit}/s in training": lambda result: f"{result.training_speed:,.0f}",
        f"{unit}/s in prediction": lambda result: f"{result.prediction_speed:,.0f}",
    }


def gradient_label(norms: Sequence[float]) -> str:
    """Return the row label for the values of `format_last_norm`."""
    return f"gradient norm at lag {len(norms) - 1}"


def format_last_norm(norms: Sequence[float]) -> str:
    """Return the gradient norm at the largest lag, relative to the norm at lag 0."""
    return f"{norms[-1] / norms[0]:.0e}" if norms[0] else "0"
