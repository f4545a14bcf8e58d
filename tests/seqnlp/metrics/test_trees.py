"""Scores of tree nodes, by hand."""

from seqnlp.metrics.trees import TreeScores


def test_roots_and_nodes_by_hand() -> None:
    scores = TreeScores()
    scores.add({(0, 2): "a", (0, 1): "b", (1, 2): "b"}, {(0, 2): "a", (0, 1): "a", (1, 2): "b"})
    scores.add({(0, 1): "b"}, {(0, 1): "a"})
    scores.add({(0, 1): "a"}, {(0, 1): "b", (0, 3): "a"})  # a root without a label does not count
    found = scores.to_dict()
    assert (scores.accuracy, scores.node_accuracy) == (1 / 2, 2 / 5)
    assert (found["trees"], found["labelled_trees"], found["nodes"]) == (3, 2, 5)
    assert found["labels"]["a"] == {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "support": 1}
    assert found["labels"]["b"]["support"] == 1


def test_no_trees_score_zero() -> None:
    assert TreeScores().to_dict()["accuracy"] == 0.0
