"""Gradient norms by lag, compared with those of a linear recurrence."""

import numpy as np

from seqnlp.comparison.gradient_norms import gradient_norms
from seqnlp.layers.recurrent import Recurrent


def test_the_gradient_of_a_decaying_state_decays_by_the_same_factor() -> None:
    units = 5
    layer = Recurrent(units, "rnn", bidirectional=False)
    layer.build((None, None, units))
    # Inputs are so small that tanh is linear: the state is 0.5 times the previous state plus the input.
    layer.set_weights([np.eye(units), 0.5 * np.eye(units), np.zeros(units)])
    inputs = 1e-4 * np.random.default_rng(0).normal(size=(3, 8, units)).astype(np.float32)
    norms = gradient_norms(lambda batch: layer(batch, np.full(3, 8, np.int32)), inputs)
    np.testing.assert_allclose(norms, 0.5 ** np.arange(8), rtol=1e-4)
