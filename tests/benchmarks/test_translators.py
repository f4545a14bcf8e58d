"""The PyTorch translator finds the same translations as seqnlp, and has the same loss."""

import numpy as np
import pytest

from benchmarks.weights import load_weights, save_weights
from seqnlp.data.batching import Batch
from seqnlp.tasks.translation.encoded import EncodedPairs, EncodedTexts
from seqnlp.tasks.translation.graph import convert_networks
from seqnlp.tasks.translation.network import TranslationNetwork
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.text.tokenizers.spaced import END
from seqnlp.training.batches import split_targets

torch = pytest.importorskip("torch")

SOURCE, TARGET, DIMENSION, UNITS, SMOOTHING = 12, 9, 6, 8, 0.1
CAN_START = np.arange(TARGET) != 4


@pytest.fixture(scope="module")
def network() -> TranslationNetwork:
    decoder = {
        "dimension": DIMENSION,
        "units": UNITS,
        "cell": "gru",
        "layers": 2,
        "attention": "general",
        "input_feeding": False,
        "dropout": 0.0,
        "recurrent_dropout": 0.0,
    }
    network = TranslationNetwork(SOURCE, TARGET, decoder, 1, "target", SMOOTHING, seed=1)
    network.build()
    random = np.random.default_rng(2)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape))
    # Hypotheses end after different numbers of steps.
    network.output_bias.assign(np.eye(TARGET)[END])
    return network


@pytest.fixture(scope="module")
def peer(network, tmp_path_factory):
    from benchmarks.contenders.pytorch_translator import Network, Sizes

    directory = tmp_path_factory.mktemp("weights")
    save_weights(network, directory)
    peer = Network(Sizes(SOURCE, TARGET, DIMENSION, UNITS), CAN_START)
    peer.load_weights(load_weights(directory))
    return peer


@pytest.fixture(scope="module")
def session(network):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(convert_networks([network], CAN_START).SerializeToString(), options)


def texts(count: int, subwords: int, seed: int = 3) -> EncodedTexts:
    random = np.random.default_rng(seed)
    return EncodedTexts.from_rows(
        random.integers(END + 1, subwords, random.integers(1, 9)) for _ in range(count)
    )


@pytest.mark.parametrize(
    "options",
    [
        SearchOptions(1),
        SearchOptions(5),
        SearchOptions(3, length_penalty=0.0),
        SearchOptions(5, max_length=4),
    ],
    ids=["greedy", "beam", "no length penalty", "a limit"],
)
def test_it_finds_what_the_exported_search_finds(session, peer, options) -> None:
    from benchmarks.contenders.pytorch_translator import beam, greedy

    read, everyone = texts(40, SOURCE), np.arange(40)
    source, lengths = read.rows(everyone), read.lengths
    given = {"source": source, "lengths": lengths.astype(np.int32), **options.inputs()}
    (expected,) = session.run(["hypotheses"], given)
    search = greedy if options.beam_size == 1 else beam
    found = search(peer, torch.from_numpy(source), torch.from_numpy(lengths), options).numpy()

    def written(rows) -> list[list[int]]:
        return [row[: row.index(END) + 1] if END in row else [n for n in row if n] for row in rows.tolist()]

    assert written(found) == written(expected[:, 0])
    assert len({len(row) for row in written(found)}) > 2


def test_it_has_the_same_loss(network, peer) -> None:
    from benchmarks.contenders.pytorch_translator import compute_loss, convert_batch

    sources, targets = texts(10, SOURCE), texts(10, TARGET, seed=4)
    targets = EncodedTexts.from_rows([*targets.rows(np.array([row]))[0], END] for row in range(10))
    batch = Batch(np.arange(10), 12, 11)  # two rows are empty
    inputs, gold = split_targets(EncodedPairs(sources, targets).batch(batch), ["target"])
    expected = network.compute_loss(inputs, gold, network(inputs), training=True)
    found = compute_loss(peer, SMOOTHING, *convert_batch(inputs, gold))
    assert found.item() == pytest.approx(float(expected), abs=1e-5)
