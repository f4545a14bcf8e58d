"""Prediction: needs numpy and onnxruntime, and nothing that trains.

A name is imported when it is first asked for: who has a model of one task does not wait for the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqnlp.runtime.classification import Classification
    from seqnlp.runtime.classifier import Classifier
    from seqnlp.runtime.evaluation import (
        evaluate,
        evaluate_classifier,
        evaluate_parser,
        evaluate_translator,
        evaluate_tree_classifier,
    )
    from seqnlp.runtime.labelled_tree import LabelledTree
    from seqnlp.runtime.model_file import ModelFile, open_model
    from seqnlp.runtime.models import Model, load
    from seqnlp.runtime.parse import Parse
    from seqnlp.runtime.parser import Parser
    from seqnlp.runtime.prediction import Entity, Prediction
    from seqnlp.runtime.tagger import Tagger
    from seqnlp.runtime.translation import Hypothesis, Translation
    from seqnlp.runtime.translator import Translator
    from seqnlp.runtime.tree_classifier import TreeClassifier

__all__ = [
    "Classification",
    "Classifier",
    "Entity",
    "Hypothesis",
    "LabelledTree",
    "Model",
    "ModelFile",
    "Parse",
    "Parser",
    "Prediction",
    "Tagger",
    "Translation",
    "Translator",
    "TreeClassifier",
    "evaluate",
    "evaluate_classifier",
    "evaluate_parser",
    "evaluate_translator",
    "evaluate_tree_classifier",
    "load",
    "open_model",
]

_HOMES = {
    "classification": ("Classification",),
    "classifier": ("Classifier",),
    "evaluation": (
        "evaluate",
        "evaluate_classifier",
        "evaluate_parser",
        "evaluate_translator",
        "evaluate_tree_classifier",
    ),
    "labelled_tree": ("LabelledTree",),
    "model_file": ("ModelFile", "open_model"),
    "models": ("Model", "load"),
    "parse": ("Parse",),
    "parser": ("Parser",),
    "prediction": ("Entity", "Prediction"),
    "tagger": ("Tagger",),
    "translation": ("Hypothesis", "Translation"),
    "translator": ("Translator",),
    "tree_classifier": ("TreeClassifier",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
