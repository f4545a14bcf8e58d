"""The scores of a network on dev."""

import numpy as np

from seqnlp.tasks.tree_classification.encoded import EncodedTrees
from seqnlp.trees.binary import NO_LABEL
from seqnlp.types import Array, Floats


def score_nodes(logits: Floats, encoded: EncodedTrees) -> dict[str, float]:
    """Score the logits of all nodes. Nodes without a gold label are ignored.

    Args:
        logits: float32 [nodes, labels].
        encoded: The trees with their gold labels.

    Returns:
        `accuracy` of whole trees, `node_accuracy` of all nodes, and `loss`, the mean negative log-likelihood
        of the gold labels that training knows.
    """
    labels = encoded.labels
    labelled, correct = labels != NO_LABEL, logits.argmax(axis=1) == labels
    roots = np.zeros(len(labels), bool)
    roots[encoded.forest.node_starts[1:] - 1] = True
    known = labelled & (labels < logits.shape[1])
    highest = logits.max(axis=1, keepdims=True)
    totals = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
    losses = totals[known] - logits[known, labels[known]]
    return {
        "accuracy": _mean(correct[labelled & roots]),
        "node_accuracy": _mean(correct[labelled]),
        "loss": _mean(losses),
    }


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else 0.0
