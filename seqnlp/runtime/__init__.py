"""Prediction: needs numpy and onnxruntime, and nothing that trains."""

from seqnlp.runtime.evaluation import evaluate
from seqnlp.runtime.model_file import ModelFile, open_model
from seqnlp.runtime.prediction import Entity, Prediction
from seqnlp.runtime.tagger import Tagger

__all__ = ["Entity", "ModelFile", "Prediction", "Tagger", "evaluate", "open_model"]
