"""Mistakes of parsers: sentences with other constituents or parts of speech."""

from collections import Counter

from seqnlp.metrics.mistakes import Mistake, tree_side
from seqnlp.trees.constituents import Constituents


def find_mistake(gold: Constituents, found: Constituents) -> Mistake | None:
    """Return the mistake of a sentence, or None if both trees are equal."""
    if (gold.tags, dict(gold.chains)) == (found.tags, dict(found.chains)):
        return None
    trees = gold.to_tree(), found.to_tree()
    spans, others = (Counter(tree.spans) for tree in trees)
    return Mistake(
        " ".join(gold.words),
        tree_side(trees[0], spans - others),
        tree_side(trees[1], others - spans),
        gold.origin,
    )
