"""Mistakes of classifiers: texts with other labels."""

from seqnlp.metrics.mistakes import Mistake, label_side
from seqnlp.records import LabelledText
from seqnlp.tasks.classification.prediction import Classification


def find_mistake(gold: LabelledText, found: Classification) -> Mistake | None:
    """Return the mistake of a text, or None. Its `scores` are those of the labels of both sides."""
    if set(gold.labels) == set(found.labels):
        return None
    gold_value, value = (
        list(labels) if found.multi_label else labels[0] for labels in (gold.labels, found.labels)
    )
    labels = dict.fromkeys((*gold.labels, *found.labels))
    scores = {label: round(found.scores[label], 4) for label in labels if label in found.scores}
    return Mistake(
        gold.text,
        label_side(gold_value, gold.labels, found.labels),
        label_side(value, found.labels, gold.labels),
        gold.origin,
        {"scores": scores},
    )
