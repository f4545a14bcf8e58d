"""Draw trees as text: one node per line, with branches in front."""

from collections.abc import Callable, Sequence

from seqnlp.records import ParseTree
from seqnlp.trees.outline import Entry, child_indices, outline_tree


def draw_branches(
    tree: ParseTree, name: Callable[[Entry], str], scores: Sequence[float] | None = None
) -> str:
    """Return a drawing of a tree as text. A word that is an only child is on the line of its parent.

    Args:
        tree: The tree. Its first span covers all words.
        name: Returns the text of a node, for example its label in colour.
        scores: The probability of each span's label, if known.

    Example:
        >>> from seqnlp.trees.brackets import parse_tree
        >>> tree = parse_tree([(1, "(S (NP Birds) (VP (V sing) (ADV loudly)))")])
        >>> print(draw_branches(tree, lambda entry: entry.text))
        S
        ├─ NP Birds
        └─ VP
           ├─ V sing
           └─ ADV loudly
    """
    entries = outline_tree(tree, scores)
    children = child_indices(entries)
    lines: list[str] = []
    indents = [""] * len(entries)  # before the children of each entry
    for number, entry in enumerate(entries):
        if entry.is_word and len(children[entry.parent]) == 1:
            lines[-1] += f" {entry.text}"
            continue
        text = entry.text if entry.is_word else name(entry)
        if entry.parent < 0:
            lines.append(text)
            continue
        last = number == children[entry.parent][-1]
        lines.append(f"{indents[entry.parent]}{'└─' if last else '├─'} {text}")
        indents[number] = indents[entry.parent] + ("   " if last else "│  ")
    return "\n".join(lines)
