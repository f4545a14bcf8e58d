"""Labelled trees."""

import json
from pathlib import Path
from xml.etree import ElementTree

from seqnlp.records import ParseTree, Span
from seqnlp.tasks.tree_classification.prediction import LabelledTree

GIVEN = ParseTree(("not", "so", "good"), (Span("S", 0, 3), Span("R", 0, 1), Span("J", 1, 3), Span("J", 2, 3)))
LABELLED = LabelledTree(GIVEN, ("0", "2", "4", "4"), (0.9, 0.8, 0.7, 0.6))


def test_a_labelled_tree_is_written_as_json() -> None:
    values = json.loads(LABELLED.to_json({"id": 7}))
    assert list(values) == ["id", "text", "tree", "label", "score", "nodes"]
    assert values["tree"] == "(0 (2 not) (4 so (4 good)))"
    assert values["nodes"][2] == {"label": "4", "start": 1, "end": 3, "score": 0.7}
    assert (values["id"], values["text"], values["label"], values["score"]) == (7, "not so good", "0", 0.9)


def test_a_notebook_shows_the_drawing(tmp_path: Path) -> None:
    drawing = LABELLED._repr_html_()
    root = ElementTree.fromstring(drawing)
    assert root.tag.endswith("svg")
    assert [each.text for each in root.iter() if each.tag.endswith("title")] == [
        "0.900",
        "0.800",
        "0.700",
        "0.600",
    ]
    LABELLED.draw(tmp_path / "tree.svg")
    assert (tmp_path / "tree.svg").read_text(encoding="utf-8") == drawing
