"""Rows of tables: quoting, numbers of columns, and what one wrong row costs."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import LABELLED, PAIRS, LabelledOptions, PairOptions, Problems
from seqnlp.corpora.formats.rows import read_rows
from seqnlp.corpora.formats.table_options import CSV, TSV, Dialect
from seqnlp.errors import ConfigError, DataError

GOOD = [f"text {number},{number % 2}" for number in range(1000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.table"


def cells(path: Path, dialect: Dialect = CSV) -> list[list[str]]:
    rows = [row for _, row in read_rows(path, dialect)]
    assert not any(isinstance(row, DataError) for row in rows)
    return rows


def test_a_comma_without_quotes_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nfine,pos\nI liked it, a lot,pos\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.csv:3: 3 columns, but line 1 has 2$"):
        list(LABELLED.read(tmp_path / "a.csv"))
    (tmp_path / "b.csv").write_text("a,b,c\nd,e\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.csv:2: 2 columns, but line 1 has 3$"):
        list(PAIRS.read(tmp_path / "b.csv", PairOptions(source_column="0", target_column="1")))


def test_a_quote_is_text_in_tsv(tmp_path: Path) -> None:
    rows = ['"open\tpos', 'he said "no"\tneg', '"Quoted" film\tpos', '5" disk\tneg', 'closed"\tpos']
    (tmp_path / "a.tsv").write_text("\n".join(["text\tlabel", *rows]), encoding="utf-8")
    found = [f"{each.text}\t{each.label}" for each in LABELLED.read(tmp_path / "a.tsv")]
    assert found == rows


def test_quoting_is_an_option_of_both_tables(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('source\ttarget\n"a\tb"\t"c\nd"\n', encoding="utf-8")
    (pair,) = PAIRS.read(tmp_path / "a.tsv", PairOptions(quoting="double"))
    assert (pair.source, pair.target) == ("a\tb", "c\nd")
    (tmp_path / "a.csv").write_text('text,label\n"fine" film,pos\n', encoding="utf-8")
    (text,) = LABELLED.read(tmp_path / "a.csv", LabelledOptions(quoting="none"))
    assert text.text == '"fine" film'


def test_quoted_cells_in_tsv_are_reported_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('text\tlabel\n"two\nlines"\tpos\n', encoding="utf-8")
    with pytest.raises(DataError, match=r":2: 1 column, but line 1 has 2; --quoting double reads cells"):
        list(LABELLED.read(tmp_path / "a.tsv"))
    (tmp_path / "b.tsv").write_text('"text"\t"label"\n"a"\t"b"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r":1: no column 'text'; .*--quoting double reads cells"):
        list(LABELLED.read(tmp_path / "b.tsv"))


@pytest.mark.parametrize("bad", ['"open,0', 'fine,"open', '"two\nlines",1,"open', '"open ""cell"",0', '"'])
def test_an_unclosed_quote_loses_one_row(tmp_path: Path, bad: str) -> None:
    (tmp_path / "a.csv").write_text("\n".join(["text,label", bad, *GOOD]), encoding="utf-8")
    opened = 2 + bad.count("\n")
    with pytest.raises(DataError, match=f":{opened}: unclosed quote$"):
        list(LABELLED.read(tmp_path / "a.csv"))
    problems = Problems()
    texts = list(LABELLED.read(tmp_path / "a.csv", on_error=problems))
    assert [f"{each.text},{each.label}" for each in texts] == GOOD
    assert problems.count == 1


def test_a_quote_that_a_later_cell_closes_loses_one_row(tmp_path: Path) -> None:
    good = ['"a, b",1', "c,0", 'd,"1"', '"e\nf",0', "g,1"]
    (tmp_path / "a.csv").write_text("\n".join(["text,label", '"open,0', *good]), encoding="utf-8")
    problems = Problems()
    texts = [each.text for each in LABELLED.read(tmp_path / "a.csv", on_error=problems)]
    assert texts == ["a, b", "c", "d", "e\nf", "g"]
    assert [str(error) for error in problems.first] == [
        f"{tmp_path / 'a.csv'}:2: text after a closing quote: 'a, b\",1'"
    ]


def test_tweets_with_line_ends_and_quotes_are_read(tmp_path: Path) -> None:
    tweets = [
        'RT @ada: "Notes, etc."\n\n#maths https://t.co/x',
        'so he said ""hi""\r\nand left',
        '"',
        "👍🏽,\t'",
        "",
    ]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *((tweet, "x") for tweet in tweets)])
    read = [each.text for each in LABELLED.read(tmp_path / "a.csv")]
    assert read == [tweet.replace("\r\n", "\n") for tweet in tweets]


def test_tatoeba_has_ids_and_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        "\ufeff1276\tLet's try.\t565252\tVersuchen wir's!\n1277\t\"Why?\"\t4852\t„Warum?“\n", encoding="utf-8"
    )
    expected = [("Let's try.", "Versuchen wir's!"), ('"Why?"', "„Warum?“")]
    for options in (PairOptions(), PairOptions(source_column="1", target_column="3")):
        assert [(pair.source, pair.target) for pair in PAIRS.read(tmp_path / "a.tsv", options)] == expected


@pytest.mark.parametrize("row", ["en\tde", "Go!\tGeh!", "1\tGo!"])
def test_other_pairs_without_header_need_numbers(row: str, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(f"{row}\n", encoding="utf-8")
    with pytest.raises(
        DataError, match=r"no column 'source'; .*if there is no header, such as --source-column 0"
    ):
        list(PAIRS.read(tmp_path / "a.tsv"))


def test_numbers_do_not_replace_given_names(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("1\tGo!\t2\tGeh!\n", encoding="utf-8")
    with pytest.raises(DataError, match="no column 'en'"):
        list(PAIRS.read(tmp_path / "a.tsv", PairOptions(source_column="en")))


def test_a_name_of_two_columns_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,text\na,b,c\n", encoding="utf-8")
    with pytest.raises(DataError, match=r":1: 'text' names several columns; use --text-column with a number"):
        list(LABELLED.read(tmp_path / "a.csv"))


@pytest.mark.parametrize("delimiter", ["", "::", '"', "\n", "\r"])
def test_the_delimiter_is_one_character(delimiter: str) -> None:
    for options in (LabelledOptions, PairOptions):
        with pytest.raises(ConfigError, match="must be one character"):
            options(delimiter=delimiter)


TEXT = st.text(
    st.sampled_from('a",\t;\n é') | st.characters(exclude_categories=["Cs"], exclude_characters="\r")
)


def test_a_tab_may_be_written_with_a_backslash(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\tlabel\nfine\tpos\n", encoding="utf-8")
    (text,) = LABELLED.read(tmp_path / "a.csv", LabelledOptions(delimiter=r"\t"))
    assert (text.text, text.label) == ("fine", "pos")
    assert PairOptions(delimiter=r"\t").delimiter == "\t"


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1), st.sampled_from(",;\t|"))
def test_rows_are_read_as_the_csv_module_writes_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)
    assert cells(path, Dialect(delimiter, "double")) == rows


PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\t\ufeff"), min_size=1)


@given(st.lists(st.lists(PLAIN, min_size=2, max_size=4), min_size=1))
def test_tsv_rows_are_the_text_between_tabs(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8-sig", newline="")
    assert cells(path, TSV) == rows


@given(st.lists(st.text('a",\n\r\ufeff', max_size=6)), st.data())
def test_every_line_is_part_of_a_row_or_of_an_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], data: st.DataObject
) -> None:
    """One more line at the end, which no quote can contain, is always read."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text("\n".join([*lines, "last,row"]), encoding="utf-8", newline="")
    rows = list(read_rows(path, CSV))
    numbers = [number for number, _ in rows]
    assert numbers == sorted(set(numbers))
    if not isinstance(rows[-1][1], DataError) and len(rows[-1][1]) == 2:
        assert rows[-1][1][1].endswith("row")


def test_reading_with_many_unclosed_quotes_is_linear(path: Path) -> None:
    path.write_text('"a\n"b\n""c\n' * 50_000, encoding="utf-8")
    rows = list(read_rows(path, CSV))
    assert len(rows) == 150_000
    assert all(isinstance(row, DataError) for _, row in rows)
