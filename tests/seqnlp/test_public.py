"""The public names of `import seqnlp`, and the modules that it loads."""

import subprocess
import sys
from pathlib import Path

import pytest

import seqnlp
from seqnlp import errors
from seqnlp.tasks.tagging.model import Tagger


def test_the_public_names_are_exported() -> None:
    assert seqnlp.__all__ == sorted(seqnlp.__all__)
    assert set(seqnlp.__all__) == {
        *("ConfigError", "CorpusError", "DataError", "ModelFileError", "SeqnlpError", "TrainingError"),
        *("AnnotatedText", "Document", "LabelledText", "ParseTree", "SentencePair", "Span", "TaggedSentence"),
        *("Classifier", "LanguageModel", "Parser", "Tagger", "Translator", "TreeClassifier"),
        *("Run", "__version__", "evaluate", "export", "load", "train"),
    }
    with pytest.raises(AttributeError, match="no attribute 'Planner'"):
        _ = seqnlp.Planner
    for name in seqnlp.__all__:
        assert callable(getattr(seqnlp, name)) or name == "__version__"


def test_all_errors_are_exported() -> None:
    ours = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)}
    assert ours == {getattr(seqnlp, name) for name in seqnlp.__all__ if name.endswith("Error")}
    assert all(issubclass(each, seqnlp.SeqnlpError) for each in ours)


def test_importing_seqnlp_imports_nothing_large() -> None:
    code = "import sys, seqnlp; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"numpy", "onnxruntime", "typer", "rich", "json"}.isdisjoint(run.stdout.split())


def test_a_model_can_be_loaded(model: Path) -> None:
    tagger = seqnlp.load(str(model.parent), threads=1)
    assert isinstance(tagger, Tagger)
    prediction = tagger("Ada Lovelace lived in London.")
    assert [token.text for token in prediction.tokens] == ["Ada", "Lovelace", "lived", "in", "London", "."]


def test_a_model_of_one_task_does_not_import_the_others() -> None:
    code = "import sys; from seqnlp.tasks.translation.model import Translator; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "seqnlp.tasks.translation.codec" in loaded
    assert loaded.isdisjoint(
        {
            "seqnlp.tasks.tagging.codec",
            "seqnlp.tasks.classification.codec",
            "seqnlp.tasks.tree_classification.codec",
        }
    )
