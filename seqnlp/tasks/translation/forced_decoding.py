"""Log-likelihoods of gold targets, for dev scores and the parity check."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.export.parity import Difference, difference
from seqnlp.tasks.translation.encoded import EncodedPairs
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.training.batches import split_targets
from seqnlp.types import Arrays, Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.tasks.translation.network import TranslationNetwork


def mean_log_likelihood(
    network: "TranslationNetwork", pairs: EncodedPairs, batches: Iterable[Batch]
) -> float | None:
    """Return the mean log probability of the subwords of all targets, including their end symbols.

    Targets with characters that training never saw are impossible and do not count. None if all are.
    """
    total, subwords = 0.0, 0
    for batch in batches:
        arrays = pairs.batch(batch)
        sums = sum_log_likelihoods([network], arrays)[: len(batch.rows)]
        possible = np.isfinite(sums)
        total += float(sums[possible].sum())
        subwords += int(arrays["target_lengths"][: len(batch.rows)][possible].sum())
    return total / subwords if subwords else None


def compare_likelihoods(
    session: "InferenceSession", networks: "Sequence[TranslationNetwork]", pairs: EncodedPairs
) -> Iterator[Difference]:
    """Compare the mean log probability of the subwords of each target, by forced decoding."""
    for batch in Buckets.learn(pairs.lengths, positions=4096).batches(pairs.lengths):
        arrays = pairs.batch(batch)
        present = slice(0, len(batch.rows))
        lengths = arrays["target_lengths"]
        options = SearchOptions(beam_size=1, length_penalty=0.0, max_length=int(lengths.max()))
        given = {**options.inputs(), "prefix": arrays["target"][present]}
        given |= {name: arrays[name][present] for name in ("source", "lengths")}
        (found,) = session.run(["scores"], given)
        expected = sum_log_likelihoods(networks, arrays)[present]
        possible = np.isfinite(expected)  # a target with unknown characters has the probability 0
        ours, theirs = ({"scores": sums / lengths[present]} for sums in (expected, found[:, 0]))
        yield difference(theirs, ours, possible, exact=[], close=["scores"])


def sum_log_likelihoods(networks: "Sequence[TranslationNetwork]", arrays: Arrays) -> Floats:
    """Return the log probability of each target of a batch under an ensemble, computed as in training."""
    inputs, _ = split_targets(arrays, ["target"])
    target = arrays["target"]
    probabilities = np.zeros(target.shape)
    for network in networks:
        logits = np.asarray(network.predict_on_batch(inputs), np.float64).transpose(1, 0, 2)
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        gold = np.take_along_axis(powers, target[..., None], axis=-1)[..., 0]
        probabilities += gold / powers.sum(axis=-1) / len(networks)
    mask = np.arange(target.shape[1]) < inputs["target_lengths"][:, None]
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.where(mask, probabilities, 1.0)).sum(axis=1))
