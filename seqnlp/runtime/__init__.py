"""Prediction: needs numpy and onnxruntime, and nothing that trains."""

from seqnlp.runtime.classification import Classification
from seqnlp.runtime.classifier import Classifier
from seqnlp.runtime.evaluation import evaluate, evaluate_classifier, evaluate_translator
from seqnlp.runtime.model_file import ModelFile, open_model
from seqnlp.runtime.models import Model, load
from seqnlp.runtime.prediction import Entity, Prediction
from seqnlp.runtime.tagger import Tagger
from seqnlp.runtime.translation import Hypothesis, Translation
from seqnlp.runtime.translator import Translator

__all__ = [
    "Classification",
    "Classifier",
    "Entity",
    "Hypothesis",
    "Model",
    "ModelFile",
    "Prediction",
    "Tagger",
    "Translation",
    "Translator",
    "evaluate",
    "evaluate_classifier",
    "evaluate_translator",
    "load",
    "open_model",
]
