"""Models of different cells on one corpus."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from seqnlp.comparison.reach import reach
from seqnlp.comparison.variant import Variant
from seqnlp.data.words import WordCodec
from seqnlp.layers.encoder import Encoder

Tensor = Any
Sentences = Sequence[Sequence[str]]

_ROUNDS = 3
_DISTANCE = 40  # words; the longest way over which a gradient is measured
_ROWS = 64


@dataclass(frozen=True)
class CorpusResult(Variant):
    """What a model of one cell came to.

    Attributes:
        metric: What the scores are: `f1` or `accuracy`.
        scores: By the part of the corpus, from 0 to 1.
        epochs: How many it was trained.
        parameters: How many weights there are.
        training_speed: Tokens a second in training, the first epoch, which compiles, left out.
        prediction_speed: Tokens a second, words in, labels out, by the exported file.
        reach: Norms of the gradient of what the last word says by the vector of the word 0, 1, 2, … words
            before.
    """

    metric: str
    scores: dict[str, float]
    epochs: int
    parameters: int
    training_speed: float
    prediction_speed: float
    reach: list[float]


def prediction_speed(label: Callable[[Sentences], Any], sentences: Sentences) -> float:
    """Tokens a second: the median of some rounds, after one that does not count."""
    label(sentences)
    seconds = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        label(sentences)
        seconds.append(time.perf_counter() - start)
    return sum(map(len, sentences)) / median(seconds)


def reach_of_words(
    encoder: Encoder, outputs: Callable[[Tensor], Tensor], codec: WordCodec, sentences: Sentences
) -> NDArray[np.float64]:
    """How far back the gradient of a network reaches.

    Args:
        encoder: The network's encoder.
        outputs: What each word says, [batch, time, any], from hidden states [time, batch, size].
        codec: The codec that it was trained with.
        sentences: The longest of them are measured, from their last word back; one at least has a word.

    Returns:
        As `reach` does, up to 40 words, or to the length of the shortest of those measured.
    """
    longest = sorted(filter(None, sentences), key=len, reverse=True)[:_ROWS]
    words = min(_DISTANCE, len(longest[-1]))
    encoded = codec.encode([sentence[-words:] for sentence in longest])
    starts = encoded.windows.starts
    inputs = {
        "words": np.stack([encoded.words[start : start + words] for start in starts]),
        "spellings": np.stack([encoded.spellings[start : start + words] for start in starts]),
        "characters": encoded.characters,
    }
    lengths = np.full(len(longest), words, np.int32)
    vectors = np.asarray(encoder.represent(inputs)).swapaxes(0, 1)

    def last(each: Tensor) -> Tensor:
        return outputs(encoder.states(ops.transpose(each, (1, 0, 2)), lengths))

    return reach(last, vectors)
