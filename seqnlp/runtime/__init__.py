"""Prediction: needs numpy and onnxruntime, and nothing that trains."""

from seqnlp.runtime.classification import Classification
from seqnlp.runtime.classifier import Classifier
from seqnlp.runtime.evaluation import (
    evaluate,
    evaluate_classifier,
    evaluate_translator,
    evaluate_tree_classifier,
)
from seqnlp.runtime.labelled_tree import LabelledTree
from seqnlp.runtime.model_file import ModelFile, open_model
from seqnlp.runtime.models import Model, load
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
    "Prediction",
    "Tagger",
    "Translation",
    "Translator",
    "TreeClassifier",
    "evaluate",
    "evaluate_classifier",
    "evaluate_translator",
    "evaluate_tree_classifier",
    "load",
    "open_model",
]
