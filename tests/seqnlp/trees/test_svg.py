"""Drawings of trees."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from seqnlp.records import ParseTree, Span
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.outline import Entry, outline_tree
from seqnlp.trees.svg import draw_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_entries_are_in_preorder() -> None:
    tree = parse_tree([(1, "(S a (NP (NN b) c) d)")])
    assert outline_tree(tree, [0.5, 0.6, 0.7]) == [
        Entry("S", -1, 0, 4, score=0.5),
        Entry("a", 0, 0, 1, is_word=True),
        Entry("NP", 0, 1, 3, score=0.6),
        Entry("NN", 2, 1, 2, score=0.7),
        Entry("b", 3, 1, 2, is_word=True),
        Entry("c", 2, 2, 3, is_word=True),
        Entry("d", 0, 3, 4, is_word=True),
    ]


def test_labels_and_words_are_placed_in_order() -> None:
    tree = parse_tree([(1, "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))")])
    root = ElementTree.fromstring(draw_svg([tree], [[0.5] * 6]))
    texts = {each.text: each for each in root.iter(f"{SVG}text")}
    places = {text: (float(each.get("x")), float(each.get("y"))) for text, each in texts.items()}
    assert list(places) == ["S", "NP", "DT", "The", "NN", "cat", "VP", "VBZ", "sleeps"]
    assert places["The"][0] < places["cat"][0] < places["sleeps"][0]
    assert len({places[label][1] for label in ("NP", "VP")}) == 1
    assert places["S"][1] < places["NP"][1] < places["DT"][1] < places["The"][1]
    assert places["NP"][0] == (places["DT"][0] + places["NN"][0]) / 2
    assert len(list(root.iter(f"{SVG}line"))) == 8
    assert texts["NP"].find(f"{SVG}title").text == "0.500"
    width = float(root.get("width"))
    assert all(0 < x < width for x, _ in places.values())


def test_sentiment_labels_go_from_red_to_blue() -> None:
    drawn = draw_svg([parse_tree([(1, "(4 (0 bad) (2 film))")])])
    colours = [drawn.count(colour) for colour in ("#b2182b", "#666666", "#2166ac")]
    assert colours == [1, 1, 1]


@given(st.text(min_size=1), st.text(), st.integers(1, 400))
def test_any_tree_gives_valid_xml(word: str, label: str, count: int) -> None:
    spans = tuple(Span(label, place, count) for place in range(count))
    root = ElementTree.fromstring(draw_svg([ParseTree((word,) * count, spans)]))
    assert len(list(root.iter(f"{SVG}text"))) == 2 * count


def test_no_trees_give_an_empty_drawing() -> None:
    assert ElementTree.fromstring(draw_svg([])).tag == f"{SVG}svg"
