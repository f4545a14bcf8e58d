"""A Bi-GRU classifier written by hand in PyTorch."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.contenders.classifiers import ClassifierPrediction, Content, Labelled, Read, Reader, Sizes
from benchmarks.contenders.pytorch import gru_weights, rows_of
from benchmarks.untrained import UntrainedClassifier, UntrainedTagger


class Network(nn.Module):
    """A Bi-GRU and attention to its states, or their maximum.

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
        """Logits [batch, classes] of texts [batch, time]; if `ordered`, the longest stands first."""
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

    def take(self, untrained: UntrainedClassifier) -> None:
        """Take the weights of a seqnlp network."""
        weights = untrained.weights
        values = {
            "words.weight": untrained.embeddings,
            "classes.weight": weights["classes/kernel"].T,
            "classes.bias": weights["classes/bias"],
            "hidden.weight": weights["pooling/hidden/kernel"].T,
            "hidden.bias": weights["pooling/hidden/bias"],
            "context.weight": weights["pooling/context/kernel"].T,
        }
        values |= gru_weights(weights, "encoder/recurrent_1", "recurrent")
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})


class Prediction(ClassifierPrediction):
    """Texts in, labels out, with the weights of the exported model; its temperature changes no label.

    Args:
        untrained: The model.
        texts: What to classify, by its form.
        threads: How many threads compute.
    """

    def __init__(
        self, untrained: UntrainedClassifier, texts: Mapping[str, Sequence[Content]], threads: int
    ) -> None:
        super().__init__(texts)
        torch.set_num_threads(threads)
        self.reader = Reader(untrained)
        self.network = Network(Sizes.of(untrained)).eval()
        self.network.take(untrained)

    def classify(self, contents: Sequence[Content], size: int) -> list[str]:
        """The label of each text."""
        batches = list(self.reader.batches(contents, size))
        return self.reader.named(batches, list(self.computed(batches)))

    def computed(self, batches: Sequence[Read]) -> Iterable[NDArray[np.int64]]:
        """The class of each text of each batch, one batch after the other on all threads."""
        return map(self.compute, batches)

    @torch.inference_mode()
    def compute(self, batch: Read) -> NDArray[np.int64]:
        """The class of each text of a batch, [rows]."""
        logits = self.network(torch.from_numpy(batch.words), torch.from_numpy(batch.lengths), ordered=True)
        return np.asarray(logits.argmax(dim=1))


class SideBySide(Prediction):
    """The same with a batch on each thread.

    Args:
        untrained: The model.
        texts: What to classify, by its form.
        threads: How many threads compute.
    """

    def __init__(
        self, untrained: UntrainedClassifier, texts: Mapping[str, Sequence[Content]], threads: int
    ) -> None:
        super().__init__(untrained, texts, threads=1)
        self.workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def computed(self, batches: Sequence[Read]) -> Iterable[NDArray[np.int64]]:
        """The class of each text of each batch, as many batches at a time as there are threads."""
        return self.workers.map(self.compute, batches)


class Training:
    """Whole steps of a Bi-GRU classifier with fused Adam.

    Args:
        untrained: Names the corpus.
        steps: How many batches.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        batches = Labelled(untrained, steps)
        self.tokens = batches.tokens
        self.batches = [
            (
                rows_of(inputs["words"], inputs),
                rows_of(inputs["lengths"], inputs),
                torch.from_numpy(classes[: np.count_nonzero(inputs["lengths"])].astype(np.int64)),
            )
            for inputs, classes in batches
        ]
        self.network = Network(batches.sizes).train()
        training = untrained.settings.training
        self.clip = training.clip
        self.optimizer = torch.optim.Adam(self.network.parameters(), training.learning_rate, fused=True)

    def run(self) -> int:
        """Train on all batches, which are ready; return how many tokens they have."""
        for words, lengths, classes in self.batches:
            self.optimizer.zero_grad()
            functional.cross_entropy(self.network(words, lengths), classes).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimizer.step()
        return self.tokens
