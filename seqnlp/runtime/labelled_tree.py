"""What a tree classifier says of a tree."""

from dataclasses import dataclass

from seqnlp.records import ParseTree


@dataclass(frozen=True, slots=True)
class LabelledTree:
    """A tree whose nodes have been labelled.

    Attributes:
        tree: The tree with the most probable label at each of its nodes; nodes over the same words have one.
        scores: The probability of the label of each of its spans.
    """

    tree: ParseTree
    scores: tuple[float, ...]

    @property
    def label(self) -> str:
        """The label of the whole."""
        return self.tree.spans[0].label
