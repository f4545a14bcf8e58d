"""A Bi-GRU classifier, hand-written in PyTorch."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.contenders.classifiers import (
    ClassifierPrediction,
    Content,
    LabelledBatches,
    Sizes,
    TextBatch,
    TextReader,
)
from benchmarks.contenders.pytorch import convert_gru_weights, trim_rows
from benchmarks.untrained import UntrainedClassifier, UntrainedTagger


class Network(nn.Module):
    """A Bi-GRU with attention pooling or max pooling.

    Args:
        sizes: Its sizes.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.words = nn.Embedding(sizes.words, sizes.dimension)
        self.dropout = nn.Dropout(sizes.dropout)
        self.recurrent = nn.GRU(sizes.dimension, sizes.units, batch_first=True, bidirectional=True)
        self.classes = nn.Linear(2 * sizes.units, sizes.classes)
        self.hidden = nn.Linear(2 * sizes.units, sizes.attention) if sizes.attention else None
        self.context = nn.Linear(sizes.attention, 1, bias=False) if sizes.attention else None

    def forward(self, words: Tensor, lengths: Tensor, ordered: bool = False) -> Tensor:
        """Return logits [batch, classes] of texts [batch, time]. If `ordered`, the longest is first."""
        vectors = self.dropout(self.words(words))
        if int(lengths.min()) == vectors.shape[1]:
            states = self.recurrent(vectors)[0]
        else:
            packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=ordered)
            states = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True, padding_value=-2.0)[0]
        logits: Tensor = self.classes(self.dropout(self._pooled(states, lengths)))
        return logits

    def _pooled(self, states: Tensor, lengths: Tensor) -> Tensor:
        if self.hidden is None or self.context is None:
            return states.amax(dim=1)
        scores: Tensor = self.context(torch.tanh(self.hidden(states)))
        padding = torch.arange(states.shape[1]) >= lengths[:, None]
        weights = scores.masked_fill(padding[..., None], -torch.inf).softmax(dim=1)
        return (states * weights).sum(dim=1)

    def load_weights(self, untrained: UntrainedClassifier) -> None:
        """Load the weights of a seqnlp network."""
        weights = untrained.weights
        values = {
            "words.weight": untrained.embeddings,
            "classes.weight": weights["classes/kernel"].T,
            "classes.bias": weights["classes/bias"],
            "hidden.weight": weights["pooling/hidden/kernel"].T,
            "hidden.bias": weights["pooling/hidden/bias"],
            "context.weight": weights["pooling/context/kernel"].T,
        }
        values |= convert_gru_weights(weights, "encoder/recurrent_1", "recurrent")
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})


class Prediction(ClassifierPrediction):
    """Predict the labels of texts with the weights of the exported model, without its temperature.

    Args:
        untrained: The model.
        texts: The texts to classify, by form.
        threads: Number of threads.
    """

    def __init__(
        self, untrained: UntrainedClassifier, texts: Mapping[str, Sequence[Content]], threads: int
    ) -> None:
        super().__init__(texts)
        torch.set_num_threads(threads)
        self.reader = TextReader(untrained)
        self.network = Network(Sizes.from_model(untrained)).eval()
        self.network.load_weights(untrained)

    def classify(self, contents: Sequence[Content], size: int) -> list[str]:
        """Return the label of each text."""
        batches = list(self.reader.batches(contents, size))
        return self.reader.name_labels(batches, list(self.compute_batches(batches)))

    def compute_batches(self, batches: Sequence[TextBatch]) -> Iterable[NDArray[np.int64]]:
        """Return the classes of each batch, one batch after the other on all threads."""
        return map(self.compute, batches)

    @torch.inference_mode()
    def compute(self, batch: TextBatch) -> NDArray[np.int64]:
        """Return the class of each text of a batch, [rows]."""
        logits = self.network(torch.from_numpy(batch.words), torch.from_numpy(batch.lengths), ordered=True)
        return np.asarray(logits.argmax(dim=1))


class Parallel(Prediction):
    """Prediction with one batch per thread.

    Args:
        untrained: The model.
        texts: The texts to classify, by form.
        threads: Number of threads.
    """

    def __init__(
        self, untrained: UntrainedClassifier, texts: Mapping[str, Sequence[Content]], threads: int
    ) -> None:
        super().__init__(untrained, texts, threads=1)
        self.workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def compute_batches(self, batches: Sequence[TextBatch]) -> Iterable[NDArray[np.int64]]:
        """Return the classes of each batch. Each thread computes one batch at a time."""
        return self.workers.map(self.compute, batches)


class Training:
    """Complete training steps of a Bi-GRU classifier with fused Adam.

    Args:
        untrained: Defines the corpus.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        batches = LabelledBatches(untrained, steps)
        self.tokens = batches.tokens
        self.batches = [
            (
                trim_rows(inputs["words"], inputs),
                trim_rows(inputs["lengths"], inputs),
                torch.from_numpy(classes[: np.count_nonzero(inputs["lengths"])].astype(np.int64)),
            )
            for inputs, classes in batches
        ]
        self.network = Network(batches.sizes).train()
        training = untrained.settings.training
        self.clip = training.clip
        self.optimizer = torch.optim.Adam(self.network.parameters(), training.learning_rate, fused=True)

    def run(self) -> int:
        """Train on all prepared batches, and return their number of tokens."""
        for words, lengths, classes in self.batches:
            self.optimizer.zero_grad()
            functional.cross_entropy(self.network(words, lengths), classes).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimizer.step()
        return self.tokens
