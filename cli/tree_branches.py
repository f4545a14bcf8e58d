"""Trees for terminals: a node a line, branches before it."""

from collections.abc import Callable, Sequence

from seqnlp.records import ParseTree
from seqnlp.trees.outline import Entry, child_indices, outline_tree


def branches(tree: ParseTree, name: Callable[[Entry], str], scores: Sequence[float] | None = None) -> str:
    """Draw a tree; a node over nothing but a word stands before it on its line.

    Args:
        tree: The tree.
        name: Writes the label of a node.
        scores: How sure the label of each span is, if that is known.
    """
    entries = outline_tree(tree, scores)
    parts = child_indices(entries)
    lines: list[str] = []
    before = [""] * len(entries)  # what stands before the lines of what is below
    for number, entry in enumerate(entries):
        alone = entry.is_word and len(parts[entry.parent]) == 1
        if alone:
            lines[-1] += f" {entry.text}"
            continue
        text = entry.text if entry.is_word else name(entry)
        if entry.parent < 0:
            lines.append(text)
            continue
        last = number == parts[entry.parent][-1]
        lines.append(f"{before[entry.parent]}{'└─' if last else '├─'} {text}")
        before[number] = before[entry.parent] + ("   " if last else "│  ")
    return "\n".join(lines)
