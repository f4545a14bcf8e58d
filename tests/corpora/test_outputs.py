"""Predictions in tables: what is written is read back."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import LABELLED, LabelledOptions
from seqnlp.corpora.formats.rows import parse_rows
from seqnlp.corpora.formats.table_options import Dialect
from seqnlp.corpora.inputs.tables import table_reader
from seqnlp.corpora.outputs.table_output import TableOutput
from seqnlp.errors import DataError
from seqnlp.serving.items import Item

CELL = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('",;\t\n\r \ufeff'))
NAMES = st.lists(CELL | st.sampled_from(["label", "input", "input.label", "id"]), unique=True, max_size=4)
DIALECT = st.builds(Dialect, st.sampled_from([",", ";", "\t", "|", " "]), st.sampled_from(["double", "none"]))


def line_ends(cell: str) -> str:
    r"""Return a cell as it is read: its lines end in \n, and begin without a byte order mark."""
    return re.sub("\r?\n\ufeff?", "\n", cell)


def write_table(dialect: Dialect, fields: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Write rows; the columns of the prediction are `text` and `label`."""
    table = TableOutput(dialect, tuple(fields), ("text", "label"), lambda found: found)
    items = [Item("", 0, {name: row[f"field {name}"] for name in fields}) for row in rows]
    lines = [table.header(), *(table.write(item, row) for item, row in zip(items, rows, strict=True))]
    return "".join(f"{line}\n" for line in lines)


@given(data=st.data(), dialect=DIALECT, fields=NAMES)
def test_tables_are_read_back(
    tmp_path_factory, data: st.DataObject, dialect: Dialect, fields: list[str]
) -> None:
    columns = [*(f"field {name}" for name in fields), "text", "label"]
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, CELL)), max_size=3))
    try:
        content = write_table(dialect, fields, rows)
    except DataError:
        assert dialect.quoting == "none"
        return
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_bytes(content.encode())
    header, *found = [cells for _, cells in parse_rows(lines_of(content), path, dialect)]
    assert found == [[line_ends(row[name]) for name in columns] for row in rows]
    assert len(set(header)) == len(header)
    assert header[-2:] == ["text", "label"]
    if not {"text", "label"} & set(fields):
        assert header[:-2] == list(map(line_ends, fields))
    if dialect.quoting == "double":
        again = list(csv.reader(io.StringIO(content, newline=""), delimiter=dialect.delimiter, strict=True))
        assert [row[-2:] for row in again[1:]] == [[row["text"], row["label"]] for row in rows]


def lines_of(content: str) -> list[tuple[int, str]]:
    """Return the numbered lines of a content as files are read."""
    lines = content.removesuffix("\n").split("\n")
    return [(number, line.removeprefix("\ufeff").removesuffix("\r")) for number, line in enumerate(lines, 1)]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufeff"))


LABELLED_TEXTS = st.lists(st.tuples(TEXT, st.sampled_from(["a", "b c"])), min_size=1, max_size=3)


@given(LABELLED_TEXTS, st.sampled_from([",", ";"]))
def test_predictions_are_read_as_labelled_texts(tmp_path_factory, rows, delimiter: str) -> None:
    values = [{"text": text, "label": label, "field id": "7"} for text, label in rows]
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_bytes(write_table(Dialect(delimiter, "double"), ["id"], values).encode())
    found = LABELLED.read(path, LabelledOptions(delimiter=delimiter))
    assert [(each.text, each.label) for each in found] == rows


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (["id"], ["id"]),
        (["label", "id"], ["input.label", "id"]),
        (["label", "input"], ["input.label", "input.input"]),
        (["label", "input.label"], ["input.label", "input.input.label"]),
        (["input.label"], ["input.label"]),
        (["text"], ["input.text"]),
    ],
)
def test_columns_of_the_same_name_are_moved(fields: list[str], names: list[str]) -> None:
    table = TableOutput(Dialect(",", "double"), tuple(fields), ("text", "label"), lambda found: found)
    assert table.header() == ",".join([*names, "text", "label"])


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        *(("a", "a"), (7, "7"), (0.5, "0.5"), (None, ""), (True, "true")),
        *((["a"], '"[""a""]"'), ({"b": "é"}, '"{""b"": ""é""}"')),
    ],
)
def test_values_of_json_become_cells(value: Any, cell: str) -> None:
    table = TableOutput(Dialect(",", "double"), ("id",), ("text",), lambda found: found)
    assert table.write(Item("", 0, {"id": value}), {"text": "fine"}) == f"{cell},fine"


def test_a_new_field_is_an_error() -> None:
    table = TableOutput(Dialect(",", "double"), ("id",), ("text",), lambda found: found)
    assert table.write(Item("", 0, {}), {"text": "fine"}) == ",fine"
    with pytest.raises(DataError, match="the first input has no field 'date'"):
        table.write(Item("", 0, {"date": "May"}), {"text": "fine"})


def test_repeated_names_get_the_number_of_their_column() -> None:
    read = table_reader(Dialect(",", "double"), {"text_column": "text"}, has_header=True)
    (item,) = read([(1, "a,text,a,a.2,"), (2, "1,fine,2,3,4")], "in.csv")
    assert item.fields == {"a": "1", "a.2": "2", "a.2.3": "3", "": "4"}


@pytest.mark.parametrize("delimiter", [" ", "\t", ","])
def test_a_row_of_blanks_is_no_blank_line(tmp_path, delimiter: str) -> None:
    dialect = Dialect(delimiter, "double")
    rows = [{"text": "", "label": ""}, {"text": " ", "label": ""}]
    content = write_table(dialect, [], rows)
    _, *found = [cells for _, cells in parse_rows(lines_of(content), tmp_path, dialect)]
    assert found == [["", ""], [" ", ""]]
