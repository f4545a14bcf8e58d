"""Prediction: needs numpy and onnxruntime, and nothing that trains."""

from seqnlp.runtime.classification import Classification
from seqnlp.runtime.classifier import Classifier
from seqnlp.runtime.evaluation import evaluate, evaluate_classifier
from seqnlp.runtime.model_file import ModelFile, open_model
from seqnlp.runtime.models import Model, load
from seqnlp.runtime.prediction import Entity, Prediction
from seqnlp.runtime.tagger import Tagger

__all__ = [
    "Classification",
    "Classifier",
    "Entity",
    "Model",
    "ModelFile",
    "Prediction",
    "Tagger",
    "evaluate",
    "evaluate_classifier",
    "load",
    "open_model",
]
