"""What `seqnlp corpora` reports of trees, as JSON values."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seqnlp import corpora
from seqnlp.cli.pair_report import lengths_report
from seqnlp.cli.tree_files import FORMAT, check_format
from seqnlp.corpora import OnError, Problems
from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.tasks.parsing.examples import examples


def check_trees(path: Path, task: str, file_format: str | None = None) -> tuple[dict[str, Any], Problems]:
    """Read a whole file of trees.

    Args:
        path: The file.
        task: `parser`: without traces, functions of labels, and with a part of speech for each word; or
            `tree-classifier`: as they are.
        file_format: `trees`, if it is named.

    Returns:
        What it holds, as JSON values, and what is wrong: what is no tree, or none for the task.

    Raises:
        DataError: Nothing in the file can be read.
        ConfigError: The format is not that of trees.
    """
    check_format(file_format)
    problems = Problems()
    report = {
        "file": str(path),
        "task": task,
        "format": FORMAT,
        **describe_trees(path, corpora.read_trees(path, on_error=problems), task, problems),
        "problems": problems.count,
        "first_problems": [str(error) for error in problems.first],
    }
    return report, problems


def describe_trees(
    name: Path | str, trees: Iterable[ParseTree], task: str, on_error: OnError
) -> dict[str, Any]:
    """Count trees, as JSON values.

    Args:
        name: The file or the corpus, for messages.
        trees: The trees.
        task: As `check_trees` takes it.
        on_error: Told of each tree that is none for the task.

    Raises:
        DataError: None is left.
    """
    lengths, labels, tags = Lengths(), Counter[str](), Counter[str]()
    if task == "parser":
        for sentence in examples(trees, on_error):
            lengths[len(sentence.words)] += 1
            labels.update(label for chain in sentence.chains.values() for label in chain)
            tags.update(sentence.tags)
    else:
        for tree in trees:
            lengths[len(tree.words)] += 1
            labels.update(span.label for span in tree.spans)
    if not lengths:
        raise DataError("no tree of it can be used", name)
    return {
        "sentences": lengths.total(),
        "tokens": lengths.size,
        "labels": dict(labels.most_common()),
        **({"tags": dict(tags.most_common())} if tags else {}),
        "lengths": lengths_report(lengths),
    }
