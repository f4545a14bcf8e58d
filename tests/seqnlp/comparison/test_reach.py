"""How far back a gradient reaches, against what is known of a linear recurrence."""

import numpy as np

from seqnlp.comparison.reach import reach
from seqnlp.layers.recurrent import Recurrent


def test_the_gradient_of_a_shrinking_memory_shrinks_by_that_factor() -> None:
    units = 5
    layer = Recurrent(units, "rnn", bidirectional=False)
    layer.build((None, None, units))
    # So small that tanh is straight: the state is 0.5 times the one before plus the input.
    layer.set_weights([np.eye(units), 0.5 * np.eye(units), np.zeros(units)])
    inputs = 1e-4 * np.random.default_rng(0).normal(size=(3, 8, units)).astype(np.float32)
    norms = reach(lambda each: layer(each, np.full(3, 8, np.int32)), inputs)
    np.testing.assert_allclose(norms, 0.5 ** np.arange(8), rtol=1e-4)
