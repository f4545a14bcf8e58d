"""Fixtures: a small tagger and a small classifier as ONNX files with random weights."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper, numpy_helper, parser

from seqnlp.metrics.fingerprints import Fingerprints
from seqnlp.serving.model_file import FORMAT
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.binary import BinaryTree

# In CI, properties are tested with the same examples on every run; elsewhere, with new ones.
hypothesis.settings.register_profile(
    "seqnlp", deadline=None, derandomize="SEQNLP_FIXED_EXAMPLES" in os.environ
)
hypothesis.settings.load_profile("seqnlp")

GRAPH = """
<ir_version: 9, opset_import: ["" : 18]>
tagger (int32[batch, time] words, int32[batch, time] spellings,
        int32[distinct, width] characters, int32[batch] lengths)
    => (int32[batch, time] tags, float[batch, time] scores, float[batch, time, labels] emissions)
{
    embedded = Gather (word_table, words)
    drawn = Gather (character_table, characters)
    middle = Constant <value_ints = [1]> ()
    summed = ReduceSum <keepdims = 0> (drawn, middle)
    fresh = Tanh (summed)
    spelled_table = Concat <axis = 0> (folded_table, fresh)
    spelled = Gather (spelled_table, spellings)
    vectors = Concat <axis = 2> (embedded, spelled)
    by_time = Transpose <perm = [1, 0, 2]> (vectors)
    states = LSTM <direction = "bidirectional", hidden_size = HIDDEN> (by_time, W, R, B, lengths)
    by_batch = Transpose <perm = [2, 0, 1, 3]> (states)
    shape = Constant <value_ints = [0, 0, -1]> ()
    joined = Reshape (by_batch, shape)
    emissions = MatMul (joined, projection)
    posteriors = Softmax <axis = 2> (emissions)
    last = Constant <value_ints = [2]> ()
    scores = ReduceMax <keepdims = 0> (posteriors, last)
    best = ArgMax <axis = 2, keepdims = 0> (posteriors)
    tags = Cast <to = 6> (best)
}
"""

TRAINING = [
    ("Ada Lovelace lived in London .", "B-PER E-PER O O S-LOC O"),
    ("She wrote to Charles Babbage in 1843 .", "O O O B-PER E-PER O O O"),
    ("London is not Paris , and Ada is in London", "S-LOC O O S-LOC O O S-PER O O S-LOC"),
    ("The Royal Society of London met", "O B-ORG I-ORG I-ORG E-ORG O"),
]
SEEN = [
    ("Ada Lovelace", "PER"),
    ("Charles Babbage", "PER"),
    ("Ada", "PER"),
    ("London", "LOC"),
    ("Paris", "LOC"),
    ("Royal Society of London", "ORG"),
]


def make_codec(**changes: Any) -> TaggingCodec:
    """Return a codec learned on a few sentences. Its windows are short, so that tests cut sentences."""
    settings = {"max_length": 12, "context": 3, "max_word_length": 10, **changes}
    learned = TaggingCodec.learn(
        [(words.split(), tags.split()) for words, tags in TRAINING],
        "iobes",
        WordForm(lower=True, digits=True),
    )
    return replace(learned, **settings)


def make_model(
    codec: TaggingCodec, sizes: tuple[int, int, int] = (8, 6, 10), seed: int = 7
) -> onnx.ModelProto:
    """Return a bi-LSTM tagger with random weights.

    Args:
        codec: Defines the numbers of words, characters, labels and cached character vectors.
        sizes: Sizes of a word embedding, of a character vector, and of the hidden states of each direction.
        seed: Seed of the weights.
    """
    random = np.random.default_rng(seed)
    word, character, hidden = sizes
    cached = len(codec.frequent) if codec.caches_characters else 0
    weights: dict[str, NDArray[np.float32]] = {
        name: random.normal(0, scale, shape).astype(np.float32)
        for name, scale, shape in (
            ("word_table", 1, (len(codec.words), word)),
            ("character_table", 1, (len(codec.characters), character)),
            ("folded_table", 1, (cached, character)),
            ("W", 0.3, (2, 4 * hidden, word + character)),
            ("R", 0.3, (2, 4 * hidden, hidden)),
            ("B", 0.1, (2, 8 * hidden)),
            ("projection", 2, (2 * hidden, len(codec.labels))),
        )
    }
    # Padding has a vector of zeros, so that the vector of a word does not depend on its neighbours.
    weights["character_table"][0] = 0
    model = parser.parse_model(GRAPH.replace("HIDDEN", str(hidden)))
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in weights.items())
    return model


def make_metadata(codec: TaggingCodec) -> dict[str, str]:
    """Return the metadata of a model file."""
    provenance = {
        "seqnlp": "0.1.0",
        "created": "2026-11-21T12:00:00+00:00",
        "data": {"train": "sample/ner:train"},
        "settings": {"network": {"units": 10}},
        "scores": {"dev": {"f1": 0.93}, "test": {"f1": 0.91}},
        "versions": {"keras": "3.15.0"},
    }
    return {
        "seqnlp.format": str(FORMAT),
        "seqnlp.task": "tagger",
        "seqnlp.spec": json.dumps({"codec": codec.to_spec()}),
        "seqnlp.provenance": json.dumps(provenance),
        "seqnlp.facts": json.dumps({"seen": Fingerprints(SEEN).to_text()}),
    }


@pytest.fixture(scope="session")
def make_tagger(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Build model files: `make_tagger({"seqnlp.spec": "{"}, without=["seqnlp.facts"], max_length=4)`."""

    def build(metadata: dict[str, str] | None = None, without: Iterable[str] = (), **changes: Any) -> Path:
        codec = make_codec(**changes)
        properties = {**make_metadata(codec), **(metadata or {})}
        model = make_model(codec)
        helper.set_model_props(model, {key: properties[key] for key in properties.keys() - set(without)})
        path = tmp_path_factory.mktemp("run") / "model.onnx"
        onnx.save(model, str(path))
        return path

    return build


@pytest.fixture(scope="session")
def model(make_tagger: Callable[..., Path]) -> Path:
    """Return the small tagger, in its own directory."""
    return make_tagger()


ATTENDING = """
<ir_version: 9, opset_import: ["" : 18]>
classifier (int32[batch, time] words, int32[batch, time] spellings,
            int32[distinct, width] characters, int32[batch] lengths)
    => (float[batch, labels] logits, float[batch, time] attention)
{
    zero = Constant <value_ints = [0]> ()
    padding = Cast <to = 6> (zero)
    is_word = Greater (words, padding)
    mask = Cast <to = 1> (is_word)
    scores = Gather (score_table, words)
    exponentials = Exp (scores)
    powers = Mul (exponentials, mask)
    by_time = Constant <value_ints = [1]> ()
    total = ReduceSum <keepdims = 1> (powers, by_time)
    attention = Div (powers, total)
    values = Gather (value_table, words)
    last = Constant <value_ints = [2]> ()
    column = Unsqueeze (attention, last)
    weighted = Mul (values, column)
    logits = ReduceSum <keepdims = 0> (weighted, by_time)
}
"""


@dataclass(frozen=True)
class Attending:
    """A classifier whose attention depends on word ids only.

    Attributes:
        path: The model file. Its windows have 4 words.
        codec: The codec.
        scores: The attention score of each word, float32 [words].
    """

    path: Path
    codec: ClassificationCodec
    scores: NDArray[np.float32]


@pytest.fixture(scope="session")
def attending(tmp_path_factory: pytest.TempPathFactory) -> Attending:
    """Return a small classifier with attention, as an ONNX file."""
    learned = ClassificationCodec.learn(
        [("a warm and witty film .".split(), ["good"]), ("two hours of flat jokes".split(), ["bad"])],
        WordForm(lower=True),
    )
    codec = replace(learned, max_length=4)
    random = np.random.default_rng(5)
    tables = {
        "score_table": random.normal(size=len(codec.words)).astype(np.float32),
        "value_table": random.normal(size=(len(codec.words), 2)).astype(np.float32),
    }
    model = parser.parse_model(ATTENDING)
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in tables.items())
    metadata = {
        "seqnlp.format": str(FORMAT),
        "seqnlp.task": "classifier",
        "seqnlp.spec": json.dumps({"tokenizer": {"name": "words"}, "codec": codec.to_spec()}),
    }
    helper.set_model_props(model, metadata)
    path = tmp_path_factory.mktemp("attending") / "model.onnx"
    onnx.save(model, str(path))
    return Attending(path, codec, tables["score_table"])


@pytest.fixture
def random_tree() -> Callable[[np.random.Generator, int], BinaryTree]:
    """Return a function that builds a random binary tree by merging neighbouring nodes."""

    def make(random: np.random.Generator, count: int) -> BinaryTree:
        standing, left, right = list(range(count)), [], []
        for node in range(count, 2 * count - 1):
            place = int(random.integers(len(standing) - 1))
            left.append(standing[place])
            right.append(standing[place + 1])
            standing[place : place + 2] = [node]
        words = tuple(random.choice(list("abcde"), count))
        chains = tuple((str(random.integers(3)),) for _ in range(2 * count - 1))
        return BinaryTree(words, tuple(left), tuple(right), chains)

    return make
