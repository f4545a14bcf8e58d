"""Dev scores equal those of documents that are scored one by one."""

from itertools import pairwise

import numpy as np
import pytest

from seqnlp.data.language_codec import END
from seqnlp.tasks.language_modelling import dev_scores
from seqnlp.tasks.language_modelling.dev_scores import score_documents
from seqnlp.tasks.language_modelling.streams import EncodedDocuments
from tests.seqnlp.tasks.language_modelling.test_network import VOCABULARY, make_network


def draw_documents(lengths: list[int]) -> EncodedDocuments:
    random = np.random.default_rng(1)
    rows = [(random.integers(3, VOCABULARY, length).tolist(), True) for length in lengths]
    return EncodedDocuments.write(rows, VOCABULARY)


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("lengths", [[0], [5, 0, 20, 3, 30], [17] * 9, [3] * 40])
def test_each_document_is_scored_from_its_beginning(
    lengths: list[int], direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev_scores, "_WINDOWS", (4, 8))
    network, documents = make_network(direction="both"), draw_documents(lengths)
    ends = np.cumsum(documents.lengths)
    expected = [
        -network.log_probabilities(
            np.array([[END, *documents.ids[end - length : end]]], np.int32), direction
        ).sum()
        for length, end in zip(documents.lengths, ends, strict=True)
    ]
    found = score_documents(network, documents, direction)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("direction", "bounds"), [("forward", [0, 11, 23, 35]), ("backward", [0, 12, 24, 35])]
)
def test_a_long_document_is_cut_into_streams(
    direction: str, bounds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference scores each stream next to the last token of the stream that is read before."""
    monkeypatch.setattr(dev_scores, "_LONG_STREAM", 10)  # 35 tokens with the end are three streams
    network, documents = make_network(direction="both"), draw_documents([34, 5])
    ids = [END, *documents.ids.tolist()]
    expected = -sum(
        network.log_probabilities(np.array([ids[start : end + 1]], np.int32), direction).sum()
        for start, end in pairwise(bounds)
    )
    found = score_documents(network, documents, direction)
    assert found[0] == pytest.approx(expected, rel=1e-5)
    if direction == "backward":
        return
    last = network.log_probabilities(np.array([[END, *documents.ids[35:]]], np.int32)).sum()
    assert found[1] == pytest.approx(-last, rel=1e-5)


def test_a_large_vocabulary_has_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    network, documents = make_network(), draw_documents([30] * 5)
    expected = score_documents(network, documents)
    monkeypatch.setattr(dev_scores, "_LOGITS", 1)
    np.testing.assert_allclose(score_documents(network, documents), expected, rtol=1e-5)
