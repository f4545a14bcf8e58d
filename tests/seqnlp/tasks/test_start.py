"""Training that starts from another run: codecs and networks with new words and labels, and settings."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seqnlp
from seqnlp.data.batching import Batch
from seqnlp.records import LabelledText, TaggedSentence
from seqnlp.settings import Settings
from seqnlp.tasks.classification.class_weights import balance_classes
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.start import OtherRun
from seqnlp.tasks.task import AnyTask
from seqnlp.tasks.training import load_settings
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.training.directory_lock import lock_directory
from seqnlp.training.networks import load_network
from seqnlp.trees.brackets import parse_tree
from seqnlp.types import Arrays

WORDS = {"network.word_dimension": 6, "network.units": 5, "network.character_filters": 4}

TAGGED = (
    [TaggedSentence(("Ada", "lived", "in", "a", "house"), ("B-PER", "O", "O", "O", "O"))],
    [
        TaggedSentence(("Ada", "saw", "Öresund"), ("B-PER", "O", "B-LOC")),
        TaggedSentence(("a", "house", "in", "New", "York"), ("O", "O", "O", "B-LOC", "I-LOC")),
    ],
)
CLASSIFIED = (
    [LabelledText("a lovely film", ("good",)), LabelledText("a dull plot", ("bad",))],
    [LabelledText("a long film?", ("neutral",)), LabelledText("a lovely plot", ("good",))],
)
SEVERAL = (
    [LabelledText("a lovely film", ("film", "good")), LabelledText("a dull plot", ("plot",))],
    [LabelledText("a long film?", ("neutral", "film")), LabelledText("a lovely plot", ())],
)


def parse(*lines: str) -> list[seqnlp.ParseTree]:
    return [parse_tree([(1, line)]) for line in lines]


PARSED = (
    parse("(S (NP (NN Tom)) (VP (VB slept)))", "(S (NP (DT a) (NN cat)) (VP (VB sat)))"),
    parse("(S (NP (NN Tom)) (VP (VB slept) (ADVP (RB well))))", "(FRAG (NP (DT the) (NN dog)))"),
)
LABELLED_TREES = (
    parse("(4 (2 a) (4 good))", "(0 (2 a) (0 bad))"),
    parse("(3 (2 a) (3 fine))", "(4 (2 the) (4 good))"),
)

CASES: dict[str, tuple[str, tuple[Sequence[Any], Sequence[Any]], dict[str, Any]]] = {
    "tagger with a CRF": ("tagger", TAGGED, WORDS),
    "tagger with a softmax": ("tagger", TAGGED, {**WORDS, "network.decoder": "softmax"}),
    "tagger without characters": ("tagger", TAGGED, {**WORDS, "network.characters": "none"}),
    "tagger with an LSTM of characters": ("tagger", TAGGED, {**WORDS, "network.characters": "lstm"}),
    "classifier": ("classifier", CLASSIFIED, {**WORDS, "network.class_weights": "balanced"}),
    "classifier without ratios": ("classifier", CLASSIFIED, {**WORDS, "network.log_count_ratios": False}),
    "classifier of several labels": ("classifier", SEVERAL, {**WORDS, "format.label_separator": ","}),
    "parser with CKY": ("parser", PARSED, WORDS),
    "greedy parser": ("parser", PARSED, {**WORDS, "network.search": "greedy", "network.span_units": 7}),
    "tree classifier": ("tree-classifier", LABELLED_TREES, {"network.units": 4, "network.dimension": 6}),
}

Extended = tuple[AnyTask, Any, Prepared[Any, Any], Any, Prepared[Any, Any]]
"""A task, a network and its corpus, and the extended network and its corpus."""


@pytest.fixture(params=CASES)
def extended(request: pytest.FixtureRequest) -> Extended:
    name, (first, second), given = CASES[request.param]
    task = get_task(name)
    settings = load_settings(task, given, {})
    old = prepare(task, settings, {"train": first, "dev": first})
    network = task.build_network(old, settings)
    random = np.random.default_rng(3)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape))
    learn = partial(task.extend_codec, old.codec)
    new = prepare(task, settings, {"train": second, "dev": second}, learn)
    return task, network, old, task.extend_network(network, new, settings), new


def batch_of(task: AnyTask, prepared: Prepared[Any, Any]) -> Arrays:
    """Return the inputs of the dev split of the new corpus, encoded with the codec of a prepared corpus."""
    encoded = prepared.held_out["dev"].encoded
    lengths = encoded.lengths
    arrays = encoded.batch(Batch(np.arange(len(lengths)), len(lengths), int(lengths.max())))
    return {name: array for name, array in arrays.items() if name not in task.targets}


def test_old_ids_do_not_change(extended: Extended) -> None:
    task, _, old, _, new = extended
    ours, theirs = old.codec.to_spec(), new.codec.to_spec()
    for name in ("words", "characters", "labels", "tags"):
        if name in ours:
            count = len(ours[name]["entries"])
            assert theirs[name]["entries"][:count] == ours[name]["entries"]
    assert len(new.codec.words) > len(old.codec.words)
    assert len(new.codec.labels) > len(old.codec.labels)
    assert not task.unknown_labels(new.codec, new.held_out["dev"].examples)


def test_old_labels_keep_their_logits_and_new_words_are_read_as_unknown_ones(extended: Extended) -> None:
    """NumPy computes the logits of both networks from the states of the new one."""
    task, network, old, bigger, new = extended
    examples = new.held_out["dev"].examples
    unknown = replace(
        old, held_out={"dev": replace(new.held_out["dev"], encoded=task.encode(old.codec, examples))}
    )
    inputs, ours = batch_of(task, unknown), batch_of(task, new)
    if task.name == "tree-classifier":
        name, states = "classes", np.asarray(bigger.leaves(ours["words"].reshape(-1)))[:, :4]
        before = np.asarray(network.leaves(inputs["words"].reshape(-1)))[:, :4]
    else:
        name = {"tagger": "projection", "classifier": "classes", "parser": "tagger"}[task.name]
        states, before = np.asarray(bigger.encoder(ours)), np.asarray(network.encoder(inputs))
    np.testing.assert_allclose(states, before, rtol=1e-5, atol=1e-6)
    one, two = getattr(network, name), getattr(bigger, name)
    kernel, bias = (np.asarray(weight) for weight in (one.kernel, one.bias))
    found = states @ np.asarray(two.kernel) + np.asarray(two.bias)
    assert found.shape[-1] > kernel.shape[1]
    np.testing.assert_allclose(found[..., : kernel.shape[1]], states @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_the_outputs_of_the_networks_agree(extended: Extended) -> None:
    task, network, old, bigger, new = extended
    split = new.held_out["dev"]
    unknown = replace(old, held_out={"dev": replace(split, encoded=task.encode(old.codec, split.examples))})
    before = np.asarray(_logits(task, network, batch_of(task, unknown)))
    after = np.asarray(_logits(task, bigger, batch_of(task, new)))
    assert after.shape[-1] > before.shape[-1]
    np.testing.assert_allclose(after[..., : before.shape[-1]], before, rtol=1e-4, atol=1e-4)


def _logits(task: AnyTask, network: Any, inputs: Arrays) -> Any:
    outputs = network(inputs)
    if task.name != "parser":
        return outputs
    if "fences" in outputs:
        return network.label_scores(outputs["fences"][:-1], outputs["fences"][1:])
    scores = np.asarray(network.label_scores(outputs["leaves"]))
    return np.concatenate([scores[..., -1:], scores[..., :-1]], axis=-1)  # no label first


def test_a_crf_keeps_the_transitions_of_old_labels(extended: Extended) -> None:
    _, network, _, bigger, new = extended
    if getattr(network, "crf", None) is None:
        return
    for one, two in zip(network.crf.weights, bigger.crf.weights, strict=True):
        old, found = np.asarray(one), np.asarray(two)
        block = tuple(slice(0, size) for size in old.shape)
        np.testing.assert_array_equal(found[block], old)
        found[block] = 0
        assert not found.any()
    labels = new.codec.labels.entries
    legal = np.asarray(bigger.crf.legal[0])
    assert legal[labels.index("B-LOC"), labels.index("E-LOC")]
    assert not legal[labels.index("B-LOC"), labels.index("E-PER")]


def test_new_rows_of_tables_are_those_of_unknown_ones(extended: Extended) -> None:
    task, network, _, bigger, _ = extended
    tables: Callable[[Any], list[Any]] = (
        (lambda each: [each.table])
        if task.name == "tree-classifier"
        else (lambda each: [each.encoder.word_embedding.embeddings])
    )
    for one, two in zip(tables(network), tables(bigger), strict=True):
        old, found = np.asarray(one), np.asarray(two)
        np.testing.assert_array_equal(found[: len(old)], old)
        np.testing.assert_array_equal(
            found[len(old) :], np.broadcast_to(old[UNKNOWN], found[len(old) :].shape)
        )


def test_an_extended_network_survives_saving(extended: Extended, tmp_path: Path) -> None:
    from seqnlp.training.networks import save_network

    task, _, _, bigger, _ = extended
    save_network(bigger, tmp_path / "network.keras")
    again = load_network(tmp_path / "network.keras", task.network())
    for one, two in zip(bigger.weights, again.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(two))


def test_extending_twice_changes_nothing(extended: Extended) -> None:
    task, _, _, _, new = extended
    again = task.extend_codec(
        new.codec, new.held_out["dev"].examples, load_settings(task, _settings(task, new), {})
    )
    assert again.to_spec() == new.codec.to_spec()


def _settings(task: AnyTask, prepared: Prepared[Any, Any]) -> dict[str, Any]:
    return {f"format.{name}": value for name, value in prepared.format_options.items() if value is not None}


def log_softmax(logits: Any) -> Any:
    shifted = np.asarray(logits, np.float64) - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def test_labels_without_examples_have_the_weight_1() -> None:
    labels = np.array([[True, False, False], [True, False, False], [False, False, True]])
    assert balance_classes(labels, multi_label=False).tolist() == [0.75, 1.0, 1.5]
    assert balance_classes(labels, multi_label=True).tolist() == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("tied", [False, True])
def test_new_tokens_of_a_language_model_share_the_probability_of_unknown_ones(tied: bool) -> None:
    task = get_task("language-model")
    given = {"text.unit": "words", "text.min_count": 2, "network.units": 5, "network.dimension": 4}
    settings = load_settings(task, {**given, "network.tied": tied}, {})
    first, second = ["the cat sat on the cat"], ["the dog saw a dog , a dog on the cat"]
    old = prepare(task, settings, {"train": first, "dev": first})
    network = task.build_network(old, settings)
    random = np.random.default_rng(3)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape))
    new = prepare(task, settings, {"train": second, "dev": second}, partial(task.extend_codec, old.codec))
    assert new.codec.vocabulary.entries[: len(old.codec.vocabulary.entries)] == old.codec.vocabulary.entries
    assert new.codec.vocabulary.entries[-2:] == ("dog", "a")
    bigger = task.extend_network(network, new, settings)
    ids, known = (np.array([each.codec.encode(second[0])], np.int32) for each in (new, old))
    found = log_softmax(bigger({"ids": ids, "starts": np.ones(1, np.int32)}))
    expected = log_softmax(network({"ids": known, "starts": np.ones(1, np.int32)}))
    count = len(old.codec)
    others = [number for number in range(count) if number != UNKNOWN]
    np.testing.assert_allclose(found[..., others], expected[..., others], atol=1e-4)
    shared = np.exp(found[..., [UNKNOWN, count, count + 1]])
    np.testing.assert_allclose(shared.sum(axis=-1), np.exp(expected[..., UNKNOWN]), rtol=1e-4)
    shares = np.array([3, 3, 2]) / 8  # three words stay unknown
    np.testing.assert_allclose(shared / shared.sum(axis=-1, keepdims=True), shares + 0 * shared, rtol=1e-4)


def test_the_number_of_words_is_limited() -> None:
    task = get_task("tagger")
    settings = load_settings(task, {"text.max_words": 6}, {})
    old = prepare(task, settings, {"train": TAGGED[0], "dev": TAGGED[0]})
    new = prepare(
        task, settings, {"train": TAGGED[1], "dev": TAGGED[1]}, partial(task.extend_codec, old.codec)
    )
    assert len(old.codec.words.entries) == 5
    assert len(new.codec.words.entries) == 6


def test_spans_and_plain_tags_do_not_mix() -> None:
    task = get_task("tagger")
    settings = load_settings(task, {}, {})
    codec = prepare(task, settings, {"train": TAGGED[0], "dev": TAGGED[0]}).codec
    plain = [TaggedSentence(("Ada", "ran"), ("NOUN", "VERB"))]
    with pytest.raises(
        seqnlp.DataError, match="the data have a tag for each word, the model predicts labelled spans"
    ):
        prepare(task, settings, {"train": plain, "dev": plain}, partial(task.extend_codec, codec))


def test_one_and_several_labels_do_not_mix() -> None:
    task = get_task("classifier")
    one, several = load_settings(task, {}, {}), load_settings(task, {"format.label_separator": ","}, {})
    codec = prepare(task, one, {"train": CLASSIFIED[0], "dev": CLASSIFIED[0]}).codec
    with pytest.raises(seqnlp.DataError, match="a text has 2 labels, not one"):
        prepare(task, several, {"train": SEVERAL[0], "dev": SEVERAL[0]}, partial(task.extend_codec, codec))
    with pytest.raises(seqnlp.DataError, match=r"any number of labels per text .* exactly one"):
        prepare(
            task, several, {"train": CLASSIFIED[1], "dev": CLASSIFIED[1]}, partial(task.extend_codec, codec)
        )
    codec = prepare(task, several, {"train": SEVERAL[0], "dev": SEVERAL[0]}).codec
    with pytest.raises(seqnlp.DataError, match=r"exactly one label per text .* any number"):
        prepare(task, one, {"train": CLASSIFIED[1], "dev": CLASSIFIED[1]}, partial(task.extend_codec, codec))


# A run on disk.

TINY = {
    **WORDS,
    "network.characters": "none",
    "training.buckets": 1,
    "network.dropout": 0.4,
    "text.lower": False,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Run:
    """A tagger of a file with an unusual delimiter."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "train.conll").write_text("Ada;PER-B\nran;O\n\n" * 30, encoding="utf-8")
    settings = {
        **TINY,
        "format.delimiter": ";",
        "format.tag_form": "suffix",
        "training.averaging": 0.0,
        "training.learning_rate": 0.003,
    }
    return seqnlp.train(
        "tagger", train=folder / "train.conll", settings=settings, epochs=1, output=folder / "run", quiet=True
    )


def load_from(run: Path, *overrides: str, **values: Any) -> Settings:
    task = get_task("tagger")
    load = partial(task.settings().load, None, overrides, {"training.start_from": run, **values})
    return OtherRun.read(task, run).load_settings(load)


def test_settings_come_from_the_other_run(run: seqnlp.Run) -> None:
    values = load_from(run.path).flatten()
    assert {name: values[name] for name in TINY} == TINY
    assert values["format.delimiter"] == ";"
    assert values["training.averaging"] == 0.0
    assert values["training.epochs"] is None
    assert values["training.learning_rate"] == 0.003
    assert values["data.train"] == run.path.parent / "train.conll"
    new = load_from(run.path, **{"data.corpus": "sample/ner"}).flatten()
    assert (new["data.corpus"], new["data.train"]) == ("sample/ner", None)


def test_data_in_memory_are_not_used_again(run: seqnlp.Run, tmp_path: Path) -> None:
    other = shutil.copytree(run.path, tmp_path / "other")
    config = (other / "config.toml").read_text(encoding="utf-8")
    prepared = f'prepared = "{other / "prepared"}"'
    (other / "config.toml").write_text(config.replace("# prepared =", prepared))
    message = "other was trained on records in memory; give data for training"
    with pytest.raises(seqnlp.ConfigError, match=message):
        load_from(other)
    task = get_task("tagger")
    settings = load_settings(task, {"training.start_from": other}, {}, in_memory=True)
    assert settings.data.prepared is None


def test_settings_of_training_and_regularisation_may_change(run: seqnlp.Run) -> None:
    given = {"network.dropout": 0.2, "network.word_dropout": 1.0, "training.epochs": 3, "training.seed": 7}
    values = load_from(run.path, **given).flatten()
    assert {name: values[name] for name in given} == given


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("network.units=9", "network.units is 5 in .*; a run that starts from it cannot change it to 9"),
        ("network.cell=gru", 'network.cell is "lstm" in .* cannot change it to "gru"'),
        ("text.lower=true", "text.lower is false in .* cannot change it to true"),
        ("text.max_words=9", "text.max_words is not set in .* cannot change it to 9"),
        ("network.vectors=a.vec", 'network.vectors is not set in .* cannot change it to "a.vec"'),
        ("network.unit=9", "did you mean network.units"),
    ],
)
def test_a_contradiction_names_the_setting_and_both_values(
    run: seqnlp.Run, override: str, message: str
) -> None:
    with pytest.raises(seqnlp.ConfigError, match=message):
        load_from(run.path, override)


def test_format_options_of_the_user_replace_those_of_the_other_run(run: seqnlp.Run) -> None:
    assert load_from(run.path, "format.delimiter=,").flatten()["format.delimiter"] == ","


def test_format_options_of_a_prepared_corpus_are_those_of_the_model_file(
    run: seqnlp.Run, tmp_path: Path
) -> None:
    other = shutil.copytree(run.path, tmp_path / "other")
    config = (other / "config.toml").read_text(encoding="utf-8")
    for line in ('delimiter = ";"', 'tag_form = "suffix"'):
        assert line in config
        config = config.replace(line, "")
    (other / "config.toml").write_text(config.replace("# prepared =", 'prepared = "elsewhere"'))
    values = load_from(other, **{"data.train": Path("new.conll")}).flatten()
    assert values["format.delimiter"] == ";"
    assert values["format.tag_form"] == "auto"  # detected again
    assert values["data.prepared"] is None
    values = load_from(other).flatten()
    assert values["data.prepared"] == Path("elsewhere")
    assert values["format.delimiter"] is None


def test_a_named_format_is_used_for_the_same_ending_only(run: seqnlp.Run, tmp_path: Path) -> None:
    other = shutil.copytree(run.path, tmp_path / "other")
    config = (other / "config.toml").read_text(encoding="utf-8")
    (other / "config.toml").write_text(config.replace("# format =", 'format = "conll"'))
    named = {
        ending: load_from(other, **{"data.train": Path(f"new{ending}")}) for ending in (".conll", ".jsonl")
    }
    assert [named[ending].flatten()["format.format"] for ending in (".conll", ".jsonl")] == ["conll", None]


def test_a_run_that_is_damaged_or_does_not_fit_is_one_line(run: seqnlp.Run, tmp_path: Path) -> None:
    def copy(name: str, *, without: str | None = None, **content: bytes) -> Path:
        folder = Path(shutil.copytree(run.path, tmp_path / name))
        if without is not None:
            (folder / without).unlink()
        for file, data in content.items():
            (folder / file.replace("_", ".")).write_bytes(data)
        return folder

    weights = (run.path / "model.keras").read_bytes()
    (tmp_path / "empty").mkdir()
    cases = {
        tmp_path / "missing": "missing: no such run directory",
        tmp_path / "empty": "empty contains no run to start from",
        run.path
        / "model.onnx": "model.onnx is a file; training starts from a run directory, whose model.keras has",
        copy("unfinished", without="metrics.json"): "unfinished is not a finished run; resume it first",
        copy("no model", without="model.onnx"): "no model/model.onnx: no such file",
        copy("no network", without="model.keras"): "model.keras cannot be loaded: .*No such file",
        copy("model", model_onnx=b"x"): "model.onnx",
        copy("network", model_keras=weights[: len(weights) // 2]): "model.keras cannot be loaded",
        copy("settings", config_toml=b"[training"): "config.toml",
    }
    for path, message in cases.items():
        with pytest.raises(seqnlp.SeqnlpError, match=message) as raised:
            seqnlp.train(
                "tagger", train=TAGGED[1], dev=TAGGED[1], start_from=path, output=tmp_path / "new", quiet=True
            )
        assert "\n" not in str(raised.value)
        assert not (tmp_path / "new").exists()
    with pytest.raises(seqnlp.ConfigError, match="is the run of a tagger, not of a classifier"):
        seqnlp.train("classifier", train=CLASSIFIED[1], start_from=run.path, output=tmp_path / "new")
    with (
        lock_directory(tmp_path / "network"),
        pytest.raises(seqnlp.ConfigError, match="network is in use by process"),
    ):
        seqnlp.train(
            "tagger", train=TAGGED[1], dev=TAGGED[1], start_from=tmp_path / "network", output=tmp_path / "new"
        )
    assert not (tmp_path / "new").exists()


def test_weights_that_are_damaged_inside_the_file_are_one_line(run: seqnlp.Run, tmp_path: Path) -> None:
    """The archive is complete, but a byte of the weights differs."""
    folder = shutil.copytree(run.path, tmp_path / "run")
    data = bytearray((folder / "model.keras").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / "model.keras").write_bytes(data)
    with pytest.raises(seqnlp.ModelFileError, match=r"model\.keras cannot be loaded"):
        seqnlp.train(
            "tagger", train=TAGGED[1], dev=TAGGED[1], start_from=folder, output=tmp_path / "new", quiet=True
        )
    assert not (tmp_path / "new").exists()


def test_from_and_resume_exclude_each_other(run: seqnlp.Run, tmp_path: Path) -> None:
    with pytest.raises(seqnlp.ConfigError, match="give start_from or resume, not both"):
        seqnlp.train("tagger", start_from=run.path, resume=True, output=tmp_path / "new")


def test_a_prepared_corpus_needs_the_codec_of_the_other_run(run: seqnlp.Run, tmp_path: Path) -> None:
    task = get_task("tagger")
    settings = load_settings(task, {"text.lower": False}, {})
    prepare(task, settings, {"train": TAGGED[1], "dev": TAGGED[1]}).write(tmp_path / "prepared", task)
    with pytest.raises(seqnlp.ConfigError, match="prepared was prepared with other vocabularies"):
        seqnlp.train("tagger", prepared=tmp_path / "prepared", start_from=run.path, output=tmp_path / "new")


def test_new_labels_are_reported_and_learned(
    run: seqnlp.Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sentences = [
        TaggedSentence(("Ada", "ran"), ("B-PER", "O")),
        TaggedSentence(("Oslo", "is"), ("B-LOC", "O")),
    ]
    with caplog.at_level("INFO", logger="seqnlp"):
        new = seqnlp.train(
            "tagger",
            train=20 * sentences,
            dev=sentences,
            start_from=run.path,
            settings={"training.learning_rate": 0.05, "training.batch_tokens": 16},
            epochs=6,
            output=tmp_path / "new",
            quiet=True,
        )
    assert f"{run.path}: 1 new label: LOC; 2 new words; 5 new characters" in caplog.messages
    assert new.history[0]["epoch"] == 0
    assert new.metrics["dev"]["f1"] == 1.0
    assert new.model.codec.labels.entries[: len(run.model.codec.labels)] == run.model.codec.labels.entries
    provenance = new.model.file.metadata["provenance"]
    assert provenance["start"]["run"] == run.path.name
    seen = new.model.known
    assert ("Ada", "PER") in seen
    assert ("Oslo", "LOC") in seen
    assert json.loads((new.path / "metrics.json").read_text())["epochs"] == 6
    assert asdict(new.model.codec)["max_length"] == asdict(run.model.codec)["max_length"]
