"""Exported recurrent layers: one node each, with the outputs of the layer."""

from collections import Counter

import numpy as np
import onnxruntime
import pytest
from keras import ops

from seqnlp.export.conversion import convert
from seqnlp.layers.lookup import lookup
from seqnlp.layers.recurrent import Recurrent

WORDS, WIDTH, UNITS = 11, 5, 6
LENGTHS = np.array([7, 3, 0, 1], np.int32)


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("directions", ["forward", "backward", "both"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_layer_is_one_node_that_computes_the_same(cell: str, directions: str, started: bool) -> None:
    random = np.random.default_rng(6)
    bidirectional = directions == "both"
    layer = Recurrent(UNITS, cell, bidirectional, backwards=directions == "backward")
    layer.build((None, None, WIDTH))
    layer.set_weights([random.normal(size=weight.shape, scale=0.5) for weight in layer.get_weights()])
    table = random.normal(size=(WORDS, WIDTH)).astype(np.float32)
    states = random.normal(size=(WORDS, UNITS)).astype(np.float32)
    places = (1 + bidirectional) * (2 if cell == "lstm" else 1)

    def start(ids):
        # Each initial state is a multiple of the first word's row, so that all of them differ.
        firsts = [lookup(states, ids[:, 0]) * (place + 1) for place in range(places)]
        return ops.reshape(ops.stack(firsts), (1 + bidirectional, -1, len(LENGTHS), UNITS))

    def function(inputs):
        first = start(inputs["words"]) if started else None
        return {"hidden": layer(lookup(table, inputs["words"]), inputs["lengths"], first)}

    model = convert(
        function, {"words": ("batch", "time"), "lengths": ("batch",)}, {"hidden": ("batch", "time", "units")}
    )
    kinds = Counter(node.op_type for node in model.graph.node)
    assert kinds[cell.upper()] == 1
    assert not {"Loop", "Scan", "If"} & set(kinds)

    words = random.integers(0, WORDS, (len(LENGTHS), 7)).astype(np.int32)
    expected = np.asarray(function({"words": words, "lengths": LENGTHS})["hidden"])
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (hidden,) = session.run(None, {"words": words, "lengths": LENGTHS})
    mask = np.arange(7) < LENGTHS[:, None]
    np.testing.assert_allclose(hidden[mask], expected[mask], atol=1e-5)
