"""The decoding graphs, compared with sums over all paths."""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import onnx
import onnxruntime
import pytest

from seqnlp.export.decoders import crf_decoder, softmax_decoder


def run(model: onnx.ModelProto, emissions: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    tags, scores = session.run(["tags", "scores"], {"emissions": emissions, "lengths": lengths})
    return tags, scores


@pytest.mark.parametrize(("count", "batch", "time"), [(4, 6, 5), (3, 5, 1), (4, 3, 2), (2, 1, 7)])
def test_crf_tags_and_marginals_equal_enumeration(count: int, batch: int, time: int) -> None:
    random = np.random.default_rng(count)
    transitions, start, end = (random.normal(size=size) for size in ((count, count), (count,), (count,)))
    transitions[0, 1] = start[1] = -1e4
    emissions = random.normal(size=(batch, time, count), scale=2).astype(np.float32)
    lengths = random.integers(1, time + 1, batch).astype(np.int32)
    lengths[0] = time
    tags, scores = run(crf_decoder(transitions, start, end), emissions, lengths)
    for row, length in enumerate(lengths):
        paths = list(product(range(count), repeat=int(length)))
        totals = np.array(
            [
                start[path[0]]
                + end[path[-1]]
                + sum(emissions[row, at, tag] for at, tag in enumerate(path))
                + sum(transitions[a, b] for a, b in pairwise(path))
                for path in paths
            ]
        )
        weights = np.exp(totals - totals.max())
        best = paths[int(totals.argmax())]
        assert tuple(tags[row, :length]) == best
        for at, tag in enumerate(best):
            through = sum(weight for weight, path in zip(weights, paths, strict=True) if path[at] == tag)
            assert scores[row, at] == pytest.approx(through / weights.sum(), abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_crf_returns_one_path_if_several_are_best(seed: int) -> None:
    # Whole numbers are exact, so that many paths tie; a mixture of two of them would score less.
    random = np.random.default_rng(seed)
    count, batch, time = 3, 8, 5
    transitions, start, end = (random.integers(-1, 2, size) for size in ((count, count), count, count))
    emissions = random.integers(-1, 2, (batch, time, count)).astype(np.float32)
    lengths = random.integers(1, time + 1, batch).astype(np.int32)
    tags, _ = run(crf_decoder(transitions, start, end), emissions, lengths)

    def total(row: int, path: Sequence[int]) -> float:
        steps = sum(transitions[a, b] for a, b in pairwise(path))
        return start[path[0]] + end[path[-1]] + steps + emissions[row, range(len(path)), path].sum()

    for row, length in enumerate(lengths):
        best = max(total(row, path) for path in product(range(count), repeat=int(length)))
        assert total(row, tags[row, :length].tolist()) == best


def test_crf_scores_are_probabilities_if_exponentials_underflow() -> None:
    emissions = np.array([[[0, 300, -300], [300, -300, 0], [-300, 0, 300]]], np.float32)
    zeros = np.zeros(3)
    tags, scores = run(crf_decoder(np.zeros((3, 3)), zeros, zeros), emissions, np.array([3], np.int32))
    assert tags.tolist() == [[1, 0, 2]]
    np.testing.assert_allclose(scores, 1, atol=1e-6)


@pytest.mark.parametrize("size", [100, 1000])
def test_crf_scores_are_probabilities_if_exponentials_overflow(size: float) -> None:
    transitions = np.array([[-size, size], [size, -size]])
    emissions = np.array([[[1, 0], [0, 1], [1, 0]]], np.float32)
    edge = np.array([size, -size])
    tags, scores = run(crf_decoder(transitions, edge, edge), emissions, np.array([3], np.int32))
    assert tags.tolist() == [[0, 1, 0]]
    np.testing.assert_allclose(scores, 1, atol=1e-6)


def test_crf_scores_are_finite_if_all_scores_are_extreme() -> None:
    # The start, the word and the end each exclude the tags that the other two prefer.
    start, end = np.array([0, -2000, -2000]), np.array([-2000, 0, -2000])
    emissions = np.array([[[-2000, -2000, 0]]], np.float32)
    _, scores = run(crf_decoder(np.zeros((3, 3)), start, end), emissions, np.array([1], np.int32))
    assert np.isfinite(scores).all()


def test_softmax_decodes_each_word_independently() -> None:
    emissions = np.log(np.array([[[0.7, 0.3], [0.1, 0.9]]], np.float32))
    tags, scores = run(softmax_decoder(), emissions, np.array([2], np.int32))
    assert tags.tolist() == [[0, 1]]
    np.testing.assert_allclose(scores, [[0.7, 0.9]], atol=1e-6)
