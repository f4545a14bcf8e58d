"""Classified texts."""

from collections.abc import Mapping
from dataclasses import dataclass

from seqnlp.serving.marking import NO_LABEL, escape_html
from seqnlp.serving.prediction import Prediction
from seqnlp.types import JsonObject


@dataclass(frozen=True, slots=True)
class Classification(Prediction):
    """A classified text.

    Attributes:
        text: The text.
        labels: Its label. For a multi-label model, all its labels, possibly none, the most probable first.
        scores: The probability of each label of the model.
        multi_label: Whether the text may have any number of labels.

    Example:
        >>> found = Classification("A witty film.", ("good",), {"bad": 0.125, "good": 0.875})
        >>> found.label, found.score
        ('good', 0.875)
    """

    text: str
    labels: tuple[str, ...]
    scores: Mapping[str, float]
    multi_label: bool = False

    @property
    def label(self) -> str:
        """The most probable label, even if the text does not get it."""
        return max(self.scores, key=self.scores.__getitem__)

    @property
    def score(self) -> float:
        """The probability of `label`."""
        return self.scores[self.label]

    def to_dict(self) -> JsonObject:
        """Return the classification as JSON values: with `label` and `score`, or with `labels`."""
        decided = (
            {"labels": list(self.labels)}
            if self.multi_label
            else {"label": self.label, "score": round(self.score, 4)}
        )
        return {
            "text": self.text,
            **decided,
            "scores": {label: round(score, 4) for label, score in self.scores.items()},
        }

    def _repr_html_(self) -> str:
        text = f'<p dir="auto" style="white-space: pre-wrap">{escape_html(self.text)}</p>'
        return labels_to_html(self) + text


def labels_to_html(found: Classification) -> str:
    """Return the labels of a text, each with its probability, as a paragraph of HTML."""
    labels = (
        f"<b>{escape_html(label)}</b> <small>{found.scores[label]:.3f}</small>" for label in found.labels
    )
    return f"<p>{', '.join(labels) or NO_LABEL}</p>"
