"""Docstrings: examples give the results that they show, and no docstring opens with a relative clause."""

import ast
import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for folder in ("text", "trees", "metrics", "data")
    for path in (ROOT / "seqnlp" / folder).rglob("*.py")
    if ">>>" in path.read_text("utf-8")
)


@pytest.mark.parametrize("module", [*MODULES, "seqnlp.records", "seqnlp.errors"])
def test_examples_are_true(module: str) -> None:
    result = doctest.testmod(import_module(module))
    assert result.attempted
    assert not result.failed


PRODUCT = [
    path for folder in ("seqnlp", "cli", "corpora", "export") for path in (ROOT / folder).rglob("*.py")
]
OPENINGS = {"What", "How", "Who", "Whose", "Where", "Which", "That", "Those", "These"}


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_docstring_opens_with_a_relative_clause(path: Path) -> None:
    strings = [
        node.value.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    assert not [text for text in strings if isinstance(text, str) and text.split()[0] in OPENINGS]
