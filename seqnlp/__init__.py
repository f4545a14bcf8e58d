"""Train recurrent sequence models on your own data, and deploy each as one ONNX file.

Names are imported when they are first used, so prediction never loads TensorFlow. Type checkers read
`__init__.pyi`.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

from seqnlp import export
from seqnlp.errors import ConfigError, CorpusError, DataError, ModelFileError, SeqnlpError, TrainingError

__version__ = "0.1.0"

__all__ = [
    "AnnotatedText",
    "Classifier",
    "ConfigError",
    "CorpusError",
    "DataError",
    "Document",
    "LabelledText",
    "LanguageModel",
    "ModelFileError",
    "ParseTree",
    "Parser",
    "Run",
    "SentencePair",
    "SeqnlpError",
    "Span",
    "TaggedSentence",
    "Tagger",
    "TrainingError",
    "Translator",
    "TreeClassifier",
    "__version__",
    "evaluate",
    "export",
    "load",
    "train",
]

_NAMES = {
    "seqnlp.records": (
        ("AnnotatedText", "Document", "LabelledText", "ParseTree", "SentencePair", "Span", "TaggedSentence")
    ),
    "seqnlp.tasks.classification.model": ("Classifier",),
    "seqnlp.tasks.evaluation": ("evaluate",),
    "seqnlp.tasks.language_modelling.model": ("LanguageModel",),
    "seqnlp.tasks.loading": ("load",),
    "seqnlp.tasks.parsing.model": ("Parser",),
    "seqnlp.tasks.run": ("Run",),
    "seqnlp.tasks.tagging.model": ("Tagger",),
    "seqnlp.tasks.training": ("train",),
    "seqnlp.tasks.translation.model": ("Translator",),
    "seqnlp.tasks.tree_classification.model": ("TreeClassifier",),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


class _ExportPackage(ModuleType):
    """The package `seqnlp.export`, which is also the function of that name."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from seqnlp.tasks.export import export as export_runs

        return export_runs(*arguments, **options)


export.__class__ = _ExportPackage
