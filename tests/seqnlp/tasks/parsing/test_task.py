"""The task: prepared treebanks, training batches, and scores."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqnlp.errors import DataError
from seqnlp.records import ParseTree
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.export import write_network
from seqnlp.tasks.parsing.model import Parser
from seqnlp.tasks.parsing.settings import ParserSettings
from seqnlp.tasks.parsing.task import ParserTask
from seqnlp.tasks.prepared import Prepared, load_prepared
from seqnlp.trees.brackets import parse_tree
from seqnlp.trees.constituents import Constituents

TRAIN = (
    "(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))",
    "(S (VP (VB Sleep)))",
    "(S (NP (PRP She)) (VP (VBD saw) (NP (NP (DT a) (NN man)) (PP (IN with) (NP (DT a) (NN hat))))))",
)
DEV = (
    "(S (NP (DT A) (NN man)) (VP (VBD saw) (NP (PRP her)) (ADVP (RB here))))",
    "(S (NP (PRP She)) (VP (VBZ sleeps)))",
)
LONG = (
    "(S (NP (DT A) (NN man)) (VP (VBD saw) (NP (NP (PRP her)) (PP (IN with) (NP (DT the) (NN cat)))) "
    "(PP (IN with) (NP (DT a) (NN hat)))) (. .))"
)
TASK = ParserTask()


def trees(*texts: str) -> list[ParseTree]:
    return [parse_tree([(1, text)]) for text in texts]


def constituents(*texts: str) -> list[Constituents]:
    return [Constituents.from_tree(tree) for tree in trees(*texts)]


def prepare_trees(*dev: str, settings: ParserSettings | None = None) -> Prepared[Constituents, object]:
    return prepare(TASK, settings or ParserSettings(), {"train": trees(*TRAIN), "dev": trees(*dev)})


def test_a_prepared_treebank_is_written_and_read(tmp_path: Path) -> None:
    prepared = prepare_trees(*DEV)
    prepared.write(tmp_path / "prepared", TASK)
    again = load_prepared(tmp_path / "prepared", TASK)
    assert (again.codec, again.encoding, again.source) == (
        prepared.codec,
        prepared.encoding,
        prepared.source,
    )
    assert again.held_out["dev"].examples == constituents(*DEV)
    for name, arrays in prepared.encoded.items():
        restored = again.encoded[name].to_arrays()
        assert arrays.to_arrays().keys() == restored.keys()
        assert all((restored[key] == array).all() for key, array in arrays.to_arrays().items())
    for each in (prepared, again):
        counts = {name: TASK.label_counts(each.codec, encoded) for name, encoded in each.encoded.items()}
        assert counts == {
            "train": {"S": 3, "NP": 5, "VP": 3, "PP": 1},
            "dev": {"S": 2, "NP": 3, "VP": 2},
        }
        assert TASK.unknown_labels(each.codec, each.held_out["dev"].examples) == ["ADVP"]


def test_an_unknown_label_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    prepare_trees(*DEV)
    assert "dev: the label ADVP is missing from the training data; it counts as an error" in caplog.text


def test_the_targets_of_a_batch_are_those_of_its_rows() -> None:
    settings = ParserSettings.load(values={"training.batch_tokens": 16, "training.seed": 2})
    prepared = prepare_trees(*DEV, settings=settings)
    batches = TASK.batches(prepared.train, settings)
    seen = set()
    for batch, (inputs, targets) in zip(batches.plan(0), batches.batches(0), strict=True):
        assert not {"tags", "brackets"} & inputs.keys()
        for place, row in enumerate(batch.rows.tolist()):
            sentence = constituents(*TRAIN)[row]
            tags = targets["tags"][place, : inputs["lengths"][place]]
            assert tuple(prepared.codec.tags.entries[tag] for tag in tags) == sentence.tags
            found = {
                (start, end): prepared.codec.chains[label]
                for number, start, end, label in targets["brackets"].tolist()
                if number == place
            }
            assert found == sentence.chains
            seen.add(row)
    assert seen == {0, 1, 2}


@pytest.mark.parametrize("search", ["cky", "greedy"])
def test_dev_scores_equal_the_scores_of_the_file(tmp_path: Path, search: str) -> None:
    sizes = {"search": search, "units": 5, "span_units": 6, "word_dimension": 4, "character_filters": 4}
    # LONG is longer than `max_length` and is parsed in two windows.
    values = {"network": {**sizes, "dropout": 0.0, "word_dropout": 0.0}, "text.max_length": 9}
    settings = ParserSettings.load(values={**values, "training.seed": 3})
    prepared = prepare_trees(*DEV, LONG, settings=settings)
    network = TASK.build_network(prepared, settings)
    random = np.random.default_rng(3)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.5, weight.shape))
    dev = prepared.held_out["dev"]
    assert dev.encoded.lengths.tolist() == [5, 2, 9, 2]
    found = TASK.dev_scores(network, prepared.codec, dev, TASK.batches(prepared.train, settings))
    path = tmp_path / "model.onnx"
    write_network(TASK, [network], prepared, path, {})
    options = TASK.predict_options()()
    scores = TASK.evaluate(Parser.load(path), dev.examples, options).to_dict()
    assert found == {name: scores[name] for name in found}
    assert 0 < found["f1"] < 1


def test_a_network_has_an_output_at_each_step() -> None:
    settings = ParserSettings.load(values={"network.units": 3, "network.span_units": 4})
    prepared = prepare_trees(*DEV)
    states = np.zeros((7, 2, 6), np.float32)
    outputs = TASK.step_outputs(TASK.build_network(prepared, settings), states)
    assert tuple(outputs.shape) == (2, 7, len(prepared.codec.tags))


def test_trees_without_constituents_are_an_error() -> None:
    with pytest.raises(DataError, match="no training tree has a constituent"):
        TASK.learn_codec([Constituents(("a",), ("X",), {})], ParserSettings())


def test_long_training_sentences_are_omitted(caplog: pytest.LogCaptureFixture) -> None:
    settings = ParserSettings.load(values={"text.max_length": 3})
    with caplog.at_level(logging.WARNING):
        assert len(prepare_trees(*DEV, settings=settings).train.lengths) == 2
    assert "1 training sentences of more than 3 words are left out" in caplog.text
    with pytest.raises(DataError, match="every training sentence has more than 3 words"):
        TASK.training_examples(constituents(TRAIN[2]), settings)


def test_gold_trees_need_a_part_of_speech_for_each_word() -> None:
    problems: list[DataError] = []
    records = trees("(S (NP Tom) sleeps)", DEV[1])
    unused: Any = None
    found = TASK.gold(records, unused, unused, problems.append, repair=False)
    assert found == constituents(DEV[1])
    assert "the word 'sleeps' has no part of speech of its own: (TAG sleeps)" in str(problems[0])


def test_a_record_must_be_a_tree() -> None:
    tree = trees(DEV[0])[0]
    assert TASK.record(tree, TASK.reader().options()) is tree
    with pytest.raises(TypeError, match="expected a ParseTree"):
        TASK.record(DEV[0], TASK.reader().options())
