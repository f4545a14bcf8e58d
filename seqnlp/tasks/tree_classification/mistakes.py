"""Mistakes of tree classifiers: trees with other labels of nodes."""

from collections import Counter
from collections.abc import Mapping

from seqnlp.metrics.mistakes import Mistake, tree_side
from seqnlp.records import ParseTree
from seqnlp.tasks.tree_classification.prediction import LabelledTree


def find_mistake(
    tree: ParseTree, gold: Mapping[tuple[int, int], str], labelled: LabelledTree
) -> Mistake | None:
    """Return the mistake of a tree, or None.

    Args:
        tree: The gold tree.
        gold: The label of each labelled node, by its first word and its end.
        labelled: The predicted labels of all nodes.
    """
    predicted = {(span.start, span.end): span.label for span in labelled.tree.spans}
    wrong = {bounds for bounds, label in gold.items() if predicted[bounds] != label}
    if not wrong:
        return None
    gold_side, side = (
        tree_side(each, Counter(span for span in each.spans if (span.start, span.end) in wrong))
        for each in (tree, labelled.tree)
    )
    return Mistake(" ".join(tree.words), gold_side, side, tree.origin)
