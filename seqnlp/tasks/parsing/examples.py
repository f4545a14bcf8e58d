"""Trees of a treebank as examples for a parser."""

from collections.abc import Callable, Iterable

from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.trees.constituents import Constituents, NoPartOfSpeechError, simplify_tree

OnError = Callable[[DataError], None]


def examples(trees: Iterable[ParseTree], on_error: OnError) -> list[Constituents]:
    """Take trees apart, without their traces and the functions of their labels.

    Args:
        trees: The trees; one of which nothing is left is passed over.
        on_error: Told of each tree that cannot be used; if it returns, the tree is left out.
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
