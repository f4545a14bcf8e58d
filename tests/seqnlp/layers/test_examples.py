"""The examples in the docstrings of the layers run."""

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

import seqnlp.layers

MODULES = [f"seqnlp.layers.{module.name}" for module in iter_modules(seqnlp.layers.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_public_layers_have_an_example() -> None:
    found = doctest.DocTestFinder(exclude_empty=True)
    names = {test.name for name in MODULES for test in found.find(import_module(name)) if test.examples}
    public = (
        "recurrent.Recurrent",
        "attention.Attention",
        "pooling.AttentionPooling",
        "pooling.LastPooling",
        "pooling.MaxPooling",
        "pooling.MeanPooling",
        "characters.CharacterCNN",
        "characters.CharacterLSTM",
        "crf.CRF",
        "encoder.Encoder",
        "tree_recurrence.TreeRecurrence",
    )
    assert {f"seqnlp.layers.{name}" for name in public} <= names
