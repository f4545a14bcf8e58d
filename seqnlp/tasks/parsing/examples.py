"""Trees of a treebank as examples for a parser."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.trees.constituents import Constituents, NoPartOfSpeechError, simplify_tree

if TYPE_CHECKING:
    from seqnlp.corpora import OnError


def to_constituents(trees: Iterable[ParseTree], on_error: "OnError") -> list[Constituents]:
    """Convert trees to constituents, without traces and without the functions in labels.

    Args:
        trees: The trees. A tree that consists of traces is left out.
        on_error: Receives each tree that cannot be used; if it returns, the tree is left out.
    """
    found: list[Constituents] = []
    for tree in trees:
        stripped = simplify_tree(tree)
        if stripped is None:
            continue
        try:
            found.append(Constituents.from_tree(stripped))
        except NoPartOfSpeechError as error:
            origin = tree.origin
            place = (None, None) if origin is None else (origin.path, origin.line)
            on_error(DataError(str(error), *place))
    return found
