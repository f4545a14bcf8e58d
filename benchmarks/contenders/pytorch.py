"""The same tagger, hand-written in PyTorch for speed."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.contenders.batches import Sentences, Steps, by_length
from benchmarks.untrained import UntrainedTagger
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.settings import NetworkSettings
from seqnlp.types import Arrays


class Network(nn.Module):
    """A Bi-LSTM-CRF that reads the characters of each distinct word of a batch once.

    Args:
        codec: Defines the sizes of the vocabularies.
        settings: Define all other sizes.
    """

    def __init__(self, codec: TaggingCodec, settings: NetworkSettings) -> None:
        super().__init__()
        labels = len(codec.labels)
        self.dropout = nn.Dropout(settings.dropout)
        self.words = nn.Embedding(len(codec.words), settings.word_dimension)
        self.characters = nn.Embedding(len(codec.characters), settings.character_dimension)
        self.convolution = nn.Conv1d(
            settings.character_dimension, settings.character_filters, kernel_size=3, padding=1
        )
        self.recurrent = nn.LSTM(
            settings.word_dimension + settings.character_filters,
            settings.units,
            settings.layers,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
            bidirectional=True,
        )
        self.projection = nn.Linear(2 * settings.units, labels)
        self.transitions = nn.Parameter(torch.zeros(labels, labels))
        self.start = nn.Parameter(torch.zeros(labels))
        self.end = nn.Parameter(torch.zeros(labels))

    def forward(self, words: Tensor, spellings: Tensor, characters: Tensor, lengths: Tensor) -> Tensor:
        """Return the emissions, [batch, time, labels]. The arguments are those of seqnlp's encoder."""
        present = (characters != 0)[:, None, :]
        spelled = self.convolution(self.characters(characters).transpose(1, 2) * present)
        spelled = functional.relu(spelled.masked_fill(~present, -1e4).amax(dim=2))
        inputs = torch.cat([self.words(words), functional.embedding(spellings, spelled)], dim=-1)
        hidden = self._recur(self.dropout(inputs), lengths)
        emissions: Tensor = self.projection(self.dropout(hidden))
        return emissions

    def _recur(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        if int(lengths.min()) == inputs.shape[1]:
            whole: Tensor = self.recurrent(inputs)[0]
            return whole
        packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)[0]

    def best(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Return the best path of tags (Viterbi 1967), [batch, time]."""
        score = self.start + emissions[:, 0]
        stay = torch.arange(emissions.shape[2])
        pointers = []
        for step in range(1, emissions.shape[1]):
            highest, before = (score[:, :, None] + self.transitions).max(dim=1)
            here = (step < lengths)[:, None]
            score = torch.where(here, highest + emissions[:, step], score)
            pointers.append(torch.where(here, before, stay))
        tags = [(score + self.end).argmax(dim=1)]
        for before in reversed(pointers):
            tags.append(before.gather(1, tags[-1][:, None])[:, 0])
        return torch.stack(tags[::-1], dim=1)

    def loss(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the negative log-likelihood of `tags` [batch, time] per token."""
        mask = torch.arange(emissions.shape[1]) < lengths[:, None]
        total = self.start + emissions[:, 0]
        for step in range(1, emissions.shape[1]):
            through = torch.logsumexp(total[:, :, None] + self.transitions, dim=1) + emissions[:, step]
            total = torch.where(mask[:, step, None], through, total)
        normaliser = torch.logsumexp(total + self.end, dim=1).sum()
        emitted = emissions.gather(2, tags[:, :, None])[:, :, 0]
        stepped = self.transitions[tags[:, :-1], tags[:, 1:]]
        last = tags.gather(1, lengths[:, None] - 1)[:, 0]
        path = (emitted * mask).sum() + (stepped * mask[:, 1:]).sum()
        path = path + self.start[tags[:, 0]].sum() + self.end[last].sum()
        return (normaliser - path) / lengths.sum()

    def load_weights(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Load the weights of a seqnlp network with one layer. PyTorch has the same order of gates."""
        values = {
            "words.weight": weights["encoder/words/embeddings"],
            "characters.weight": weights["encoder/characters/embedding/embeddings"],
            "convolution.weight": weights["encoder/characters/width_3/kernel"].transpose(2, 1, 0),
            "convolution.bias": weights["encoder/characters/width_3/bias"],
            "projection.weight": weights["emissions/kernel"].T,
            "projection.bias": weights["emissions/bias"],
            **{name: weights[name] for name in ("transitions", "start", "end")},
        }
        for direction, suffix in (("forward", ""), ("backward", "_reverse")):
            source, target = f"encoder/recurrent_1/{direction}", f"l0{suffix}"
            values[f"recurrent.weight_ih_{target}"] = weights[f"{source}/kernel"].T
            values[f"recurrent.weight_hh_{target}"] = weights[f"{source}/recurrent_kernel"].T
            values[f"recurrent.bias_ih_{target}"] = weights[f"{source}/bias"]
            values[f"recurrent.bias_hh_{target}"] = np.zeros_like(weights[f"{source}/bias"])
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})


class Prediction:
    """Predict the labels of words with the weights of the exported model.

    Args:
        untrained: The model.
        sentences: The sentences to tag.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, sentences: Sentences, threads: int) -> None:
        torch.set_num_threads(threads)
        self.codec = untrained.codec
        self.network = Network(self.codec, untrained.settings.network).eval()
        self.network.load_weights(untrained.weights)
        self.sentences = sentences

    def tags(self, size: int) -> list[list[str]]:
        """Return the labels of all sentences, computed in batches of `size`."""
        labels: list[list[str]] = self._tag(self.sentences, size)
        return labels

    def run(self, size: int) -> int:
        """Tag all sentences in batches of `size`, and return the number of labels."""
        return sum(map(len, self.tags(size)))

    def one_by_one(self) -> int:
        """Tag the sentences one at a time, and return the number of labels."""
        return sum(len(self._tag([sentence], 1)[0]) for sentence in self.sentences)

    @torch.inference_mode()
    def _tag(self, sentences: Sentences, size: int) -> list[list[str]]:
        encoded = self.codec.encode(sentences)
        ids = np.zeros(len(encoded.words), np.int64)
        for batch in by_length(encoded.windows.lengths, size):
            tensors = _tensors(encoded.batch(batch))
            emissions = self.network(**tensors)
            encoded.windows.join(batch, self.network.best(emissions, tensors["lengths"]).numpy(), ids)
        return self.codec.decode(ids, [len(sentence) for sentence in sentences])


class Training:
    """Complete training steps with fused Adam.

    Args:
        untrained: Defines the vocabularies and the sizes.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTagger, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        settings = untrained.settings
        batches = Steps(untrained.batches, steps)
        self.tokens = batches.tokens
        self.batches = [(_tensors(inputs), trim_rows(tags, inputs)) for inputs, tags in batches]
        self.network = Network(untrained.codec, settings.network).train()
        self.clip = settings.training.clip
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), settings.training.learning_rate, fused=True
        )

    def run(self) -> int:
        """Train on all prepared batches, and return their number of tokens."""
        for inputs, tags in self.batches:
            self.optimizer.zero_grad()
            loss = self.network.loss(self.network(**inputs), tags, inputs["lengths"])
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimizer.step()
        return self.tokens


class Layer:
    """Forward and backward pass of one bidirectional layer.

    Args:
        cell: The cell.
        threads: Number of threads.
    """

    def __init__(self, cell: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self.layer = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell]
        self.layers: dict[int, nn.Module] = {}

    def run(self, units: int, batch: int, time: int, rounds: int) -> int:
        """Compute the gradients of a layer as wide as its inputs, and return the number of time steps."""
        if units not in self.layers:
            self.layers[units] = self.layer(units, units, batch_first=True, bidirectional=True)
        layer = self.layers[units]
        inputs = torch.randn(batch, time, units, requires_grad=True)
        for _ in range(rounds):
            layer.zero_grad()
            inputs.grad = None
            layer(inputs)[0].sum().backward()
        return rounds * batch * time


def trim_rows(array: NDArray[Any], inputs: Arrays) -> Tensor:
    """Return a batch without empty rows and without padding of all rows, [rows] or [rows, longest]."""
    lengths = inputs["lengths"]
    whole = array[: np.count_nonzero(lengths)]
    return torch.from_numpy(np.asarray(whole if array.ndim == 1 else whole[:, : lengths.max()], np.int64))


def convert_gru_weights(weights: Arrays, source: str, target: str) -> Arrays:
    """Convert the weights of a seqnlp GRU to `nn.GRU`, which has the reset gate first, not the update gate.

    Args:
        weights: The weights of the network by path.
        source: The path of the layer.
        target: The name of the layer in PyTorch.
    """
    values = {}
    for direction, suffix in (("forward", ""), ("backward", "_reverse")):
        if f"{source}/{direction}/kernel" not in weights:
            continue
        into, again = weights[f"{source}/{direction}/bias"]
        for name, value in (
            ("weight_ih", weights[f"{source}/{direction}/kernel"].T),
            ("weight_hh", weights[f"{source}/{direction}/recurrent_kernel"].T),
            ("bias_ih", into),
            ("bias_hh", again),
        ):
            update, reset, candidate = np.split(value, 3)
            values[f"{target}.{name}_l0{suffix}"] = np.concatenate([reset, update, candidate])
    return values


def _tensors(inputs: Arrays) -> dict[str, Tensor]:
    rows = {name: trim_rows(inputs[name], inputs) for name in ("words", "spellings", "lengths")}
    return {**rows, "characters": torch.from_numpy(inputs["characters"])}
