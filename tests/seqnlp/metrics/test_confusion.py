import numpy as np
import pytest

from seqnlp.metrics.confusion import Confusion, LabelPair

PAIRS: dict[LabelPair, int] = {
    ("A", "A"): 90,
    ("A", "B"): 1,
    ("B", "B"): 5,
    ("C", "C"): 7,
    ("C", "D"): 4,
    ("D", "C"): 3,
    (None, "B"): 2,
    ("C", None): 1,
}


def test_a_label_may_be_named_missed() -> None:
    table = Confusion.from_spans({("missed", "missed"): 3, ("missed", None): 2, (None, "missed"): 1})
    assert table.columns == ("missed", "missed")
    assert table.rows == ("missed", "spurious")
    np.testing.assert_array_equal(table.counts, [[3, 2], [1, 0]])


def test_most_confused_keeps_missed_spurious_and_order() -> None:
    """Errors, rows and columns together: A 1, B 3, C 8, D 7."""
    table = Confusion.from_spans(PAIRS).most_confused(2)
    assert table.labels == ("C", "D")
    assert table.rows == ("C", "D", "spurious")
    np.testing.assert_array_equal(table.counts, [[7, 4, 1], [3, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("count", [4, 100])
def test_most_confused_of_few_labels_keeps_all(count: int) -> None:
    table = Confusion.from_spans(PAIRS)
    assert table.most_confused(count).to_dict() == table.to_dict()


def test_tags_have_no_missed_or_spurious() -> None:
    pairs: dict[LabelPair, int] = {("A", "B"): 1, ("B", "C"): 2, ("C", "C"): 9}
    table = Confusion.from_tags(pairs)
    assert table.rows == table.columns == ("A", "B", "C")
    assert table.counts.dtype == np.int64
    assert table.most_confused(1).to_dict() == {"rows": ["B"], "columns": ["B"], "counts": [[0]]}


def test_an_empty_matrix_has_no_labels() -> None:
    assert Confusion.from_tags({}).to_dict() == {"rows": [], "columns": [], "counts": []}
    assert Confusion.from_spans({}).to_dict() == {
        "rows": ["spurious"],
        "columns": ["missed"],
        "counts": [[0]],
    }
