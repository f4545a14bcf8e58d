"""Trees built from outputs."""

import numpy as np
import pytest

from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.decoding import ChartDecoder, MergeDecoder, ParsedRow, join_rows
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.constituents import Constituents


@pytest.fixture
def codec() -> ParserCodec:
    sentence = Constituents(("a", "b"), ("X", "Y"), {(0, 2): ("S", "VP"), (0, 1): ("NP",)})
    return ParserCodec.learn([sentence], WordForm(), max_length=5)


def test_a_sentence_always_has_a_label_and_other_spans_have_one_if_it_scores_above_zero(
    codec: ParserCodec,
) -> None:
    # Spans of three words in order: 01 02 03 12 13 23. The second sentence has one word only.
    best = np.array([[0.5, -1, -2, -0.1, 3, -4], [-7, 9, 9, 9, 9, 9]], np.float32)
    labels = np.array([[0, 0, 1, 0, 1, 0], [0, 1, 1, 1, 1, 1]])
    tags = np.array([[0, 1, 1], [1, 0, 0]])
    found = {"tags": tags, "labels": labels, "best": best}
    three, one = ChartDecoder()(codec, found, np.array([3, 1]))
    assert three.tags == ("X", "Y", "Y")
    assert three.chains == {(0, 3): ("S", "VP"), (0, 1): ("NP",), (1, 3): ("S", "VP")}
    assert three.score == pytest.approx(0.5 - 2 + 3)
    assert one == ParsedRow(("Y",), {(0, 1): ("NP",)}, -7)


def test_merged_nodes_and_words_are_labelled(codec: ParserCodec) -> None:
    # Labels of three words and of two merges; 2 means no label. The second sentence has one word only.
    found = {
        "tags": np.array([[0, 1, 1], [1, 0, 0]]),
        "starts": np.array([[1, 0], [0, 0]]),
        "ends": np.array([[3, 3], [2, 3]]),
        "scores": np.array([[0.5, -2], [9, 9]], np.float32),
        "labels": np.array([[2, 0, 2, 2, 1], [0, 1, 1, 1, 1]]),
    }
    three, one = MergeDecoder()(codec, found, np.array([3, 1]))
    assert three == ParsedRow(("X", "Y", "Y"), {(1, 2): ("NP",), (0, 3): ("S", "VP")}, -1.5)
    assert one == ParsedRow(("Y",), {(0, 1): ("NP",)}, 0.0)


def test_the_rows_of_a_sentence_become_children_of_one_constituent() -> None:
    rows = [
        ParsedRow(("X", "Y"), {(0, 2): ("S", "VP")}, 1.5),
        ParsedRow(("Z",), {(0, 1): ("NP",)}, 2.0),
    ]
    sentence, score = join_rows(["a", "b", "c"], rows)
    assert sentence.tags == ("X", "Y", "Z")
    assert sentence.chains == {(0, 3): ("S",), (0, 2): ("S", "VP"), (2, 3): ("NP",)}
    assert score == 3.5
