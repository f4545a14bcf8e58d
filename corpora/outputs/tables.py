"""Predictions as rows of a table, next to the columns of their input."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect, TableOptions
from seqnlp.serving.predict_options import NewTable
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from seqnlp.corpora.outputs.table_output import TableOutput


def tables(
    form: TableOptions, columns: Sequence[str], values: Callable[[Any], JsonObject]
) -> Mapping[str, NewTable]:
    """Return the tables that predictions can be written to, in the notation of the training files.

    Args:
        form: The format options of the training files.
        columns: The names of the columns of a prediction. The values of an object are columns such as
            `scores.good`.
        values: Returns a prediction as JSON values.
    """
    return {
        name: partial(_new_table, form.dialect(default), tuple(columns), values)
        for name, default in (("csv", CSV), ("tsv", TSV))
    }


def _new_table(
    dialect: Dialect, columns: tuple[str, ...], values: Callable[[Any], JsonObject], fields: Sequence[str]
) -> "TableOutput":
    from seqnlp.corpora.outputs.table_output import TableOutput

    return TableOutput(dialect, tuple(fields), columns, values)
