"""Base class of all scores."""

from functools import cached_property
from typing import ClassVar

from seqnlp.metrics.confusion import Confusion
from seqnlp.metrics.mistakes import Mistake
from seqnlp.metrics.report import Report, Table
from seqnlp.types import JsonObject


class Scores:
    """Scores of a model on labelled data.

    Every score is an attribute. `print` shows all of them as text, and a notebook shows them as HTML.
    `mistakes` has the examples behind them.
    """

    summary: ClassVar[tuple[str, ...]]
    """Names of the attributes that `repr` shows."""

    @cached_property
    def mistakes(self) -> list[Mistake]:
        """Examples whose predictions differ from the gold annotation, after an evaluation."""
        return []

    @property
    def confusion(self) -> Confusion | None:
        """Confusion matrix, or None if there is none."""
        return None

    def to_dict(self) -> JsonObject:
        """Return all scores as JSON values under their standard names."""
        return {name: getattr(self, name) for name in self.summary}

    def details(self) -> JsonObject:
        """Return further JSON values, such as the scores of each record, for `seqnlp evaluate --json`."""
        return {}

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return the tables and lines that show the scores; by default one line per score.

        Args:
            figures: The result of `to_dict`.
        """
        return tuple(f"{name} {value:.4f}" for name, value in figures.items())

    def report(self) -> Report:
        """Return a report of all scores."""
        figures = self.to_dict()
        return Report(figures, self.blocks(figures))

    def __str__(self) -> str:
        return str(self.report())

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()

    def __repr__(self) -> str:
        values = [(name, getattr(self, name)) for name in self.summary]
        texts = [
            f"{name}={value:.4f}" if isinstance(value, float) else f"{name}={value}" for name, value in values
        ]
        return f"<{' '.join([type(self).__name__, *texts])}>"
