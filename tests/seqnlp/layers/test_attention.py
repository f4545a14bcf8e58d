"""Attention compared with NumPy, score by score."""

import numpy as np
import pytest

from seqnlp.layers.attention import Attention

SOURCE, TARGET, BATCH, SIZE = 5, 3, 2, 4


@pytest.fixture
def tensors():
    random = np.random.default_rng(1)
    mask = np.ones((BATCH, 1, SOURCE), np.float32)
    mask[1, :, 3:] = 0
    return {
        "queries": random.normal(size=(TARGET, BATCH, SIZE)).astype(np.float32),
        "memory": random.normal(size=(BATCH, SOURCE, SIZE)).astype(np.float32),
        "mask": mask,
    }


def score_by_hand(layer: Attention, query, key) -> float:
    """Score one query and one encoder state (Luong et al. 2015, equation 8)."""
    if layer.score == "dot":
        return float(query @ key)
    kernel = np.asarray(layer.to_keys.kernel)
    if layer.score == "general":
        return float(query @ (key @ kernel))
    queries, bias = (np.asarray(weight) for weight in layer.to_queries.get_weights())
    return float(np.asarray(layer.score_vector) @ np.tanh(query @ queries + bias + key @ kernel))


@pytest.mark.parametrize("score", ["dot", "general", "concat"])
def test_contexts_and_weights_equal_those_of_numpy(tensors, score: str) -> None:
    layer = Attention(score, SIZE)
    layer.build((None, None, SIZE), (None, None, SIZE))
    keys = layer.project_keys(tensors["memory"])
    contexts, weights = layer(tensors["queries"], keys, tensors["memory"], tensors["mask"])
    for row, length in enumerate((SOURCE, 3)):
        for step in range(TARGET):
            scores = np.array(
                [
                    score_by_hand(layer, tensors["queries"][step, row], tensors["memory"][row, place])
                    for place in range(length)
                ]
            )
            expected = np.exp(scores) / np.exp(scores).sum()
            np.testing.assert_allclose(weights[row, step, :length], expected, atol=1e-5)
            np.testing.assert_array_equal(weights[row, step, length:], 0)
            context = expected @ tensors["memory"][row, :length]
            np.testing.assert_allclose(contexts[step, row], context, atol=1e-5)
