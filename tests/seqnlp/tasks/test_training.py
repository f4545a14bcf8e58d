"""Training as a library: `seqnlp.train` on files, corpora by name and records in memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seqnlp
from seqnlp.corpora import load
from seqnlp.tasks.corpus import records_from_memory
from seqnlp.tasks.registry import get_task

TINY = {
    "network.word_dimension": 8,
    "network.character_dimension": 4,
    "network.character_filters": 6,
    "network.units": 8,
    "training.buckets": 2,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Run:
    """A tagger trained on sentences in memory, with dev data held out."""
    sentences = list(load("sample/ner").train[:200])
    output = tmp_path_factory.mktemp("runs") / "memory"
    return seqnlp.train("tagger", train=sentences, settings=TINY, epochs=2, output=output, quiet=True)


def test_sentences_in_memory_train_a_tagger(run: seqnlp.Run) -> None:
    assert run.metrics["epochs"] == len(run.history) == 2
    assert run.metrics["dev"]["sentences"] == 20
    assert run.model("Ada Lovelace lived in London.").text == "Ada Lovelace lived in London."
    assert repr(run).startswith("Run('")


def test_the_run_directory_contains_the_data_of_memory(run: seqnlp.Run) -> None:
    assert (run.path / "prepared" / "manifest.json").exists()
    assert f'prepared = "{run.path / "prepared"}"' in (run.path / "config.toml").read_text()


def test_a_run_on_data_in_memory_resumes_to_the_same_result(
    run: seqnlp.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seqnlp.training.progress import TrainingProgress

    def interrupt(self: Any, record: Any, best: bool) -> None:
        raise KeyboardInterrupt

    sentences = list(load("sample/ner").train[:200])
    with monkeypatch.context() as patch:
        patch.setattr(TrainingProgress, "epoch", interrupt)
        with pytest.raises(KeyboardInterrupt):
            seqnlp.train(
                "tagger", train=sentences, settings=TINY, epochs=2, output=tmp_path / "run", quiet=True
            )
    resumed = seqnlp.train("tagger", output=tmp_path / "run", resume=True, quiet=True)
    assert resumed.metrics["dev"] == run.metrics["dev"]


def test_a_file_gives_the_same_result_as_its_records(run: seqnlp.Run, tmp_path: Path) -> None:
    path = tmp_path / "train.conll"
    sentences = load("sample/ner").train[:200]
    path.write_text(
        "\n".join("".join(f"{w} {t}\n" for w, t in zip(s.words, s.tags, strict=True)) for s in sentences)
    )
    again = seqnlp.train(
        "tagger", train=str(path), settings=TINY, epochs=2, output=tmp_path / "run", quiet=True
    )
    assert again.metrics["dev"] == run.metrics["dev"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"train": "missing.conll"}, "missing.conll"),
        ({"dev": "conll2002/esp"}, "pass a corpus as train"),
        ({"dev": [("Ada", "O")]}, "train is missing"),
        ({"train": [], "dev": "dev.conll"}, "give files or records, not both"),
        ({"train": [], "prepared": "folder"}, "give a prepared corpus or records, not both"),
        ({"resume": True}, "give output and nothing else"),
        ({"resume": True, "output": "run", "epochs": 3}, "give output and nothing else"),
        ({"resume": True, "output": "run", "settings": {"network.units": 3}}, "give output and nothing else"),
        ({"resume": True, "output": "run", "train": "train.conll"}, "give output and nothing else"),
        ({"settings": {"network.unit": 3}}, "did you mean network.units?"),
    ],
)
def test_wrong_arguments_are_named(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(seqnlp.SeqnlpError, match=message.replace("?", r"\?")):
        seqnlp.train("tagger", **{"output": None if "resume" in arguments else tmp_path / "run", **arguments})
    assert not (tmp_path / "run").exists()


def test_pairs_and_rows_become_records() -> None:
    classifier, translator, tagger = (get_task(name) for name in ("classifier", "translator", "tagger"))
    options = classifier.settings().load(values={"format.text_column": "review"}).format

    class Frame:
        def to_dict(self, kind: str) -> list[dict[str, str]]:
            assert kind == "records"
            return [{"review": "dull", "label": "bad"}]

    assert records_from_memory(classifier, Frame(), options) == [seqnlp.LabelledText("dull", ("bad",))]
    assert records_from_memory(classifier, [("fun", "good")], options) == [
        seqnlp.LabelledText("fun", ("good",))
    ]
    rows = [{"review": "dull", "label": 3}]
    assert records_from_memory(classifier, rows, options) == [seqnlp.LabelledText("dull", ("3",))]
    rows = [{"review": "dull", "label": np.int64(3)}]
    assert records_from_memory(classifier, rows, options) == [seqnlp.LabelledText("dull", ("3",))]
    with pytest.raises(seqnlp.ConfigError, match=r"no column 'review'.*the columns are 'text', 'label'"):
        records_from_memory(classifier, [{"text": "dull", "label": "bad"}], options)
    options = translator.settings()().format
    pairs = records_from_memory(translator, [("a cat", "eine Katze")], options)
    assert pairs == [seqnlp.SentencePair("a cat", "eine Katze")]
    options = tagger.settings()().format
    tagged = records_from_memory(tagger, [(["Ada", "ran"], ["B-PER", "O"])], options)
    assert tagged == [seqnlp.TaggedSentence(("Ada", "ran"), ("B-PER", "O"))]
    with pytest.raises(TypeError, match="expected a TaggedSentence"):
        records_from_memory(tagger, ["Ada ran"], options)


def test_training_from_python_does_not_import_the_command_line() -> None:
    code = "import sys, json, seqnlp; seqnlp.train; print(json.dumps(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in json.loads(found.stdout) if name.startswith(("seqnlp.cli", "typer"))]
