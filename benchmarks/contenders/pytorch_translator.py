"""An encoder-decoder of GRUs with attention, hand-written in PyTorch, and its searches."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.contenders.batches import Steps, by_length
from benchmarks.contenders.pytorch import convert_gru_weights, trim_rows
from benchmarks.contenders.translators import Output, Sizes, TranslatorPrediction
from benchmarks.trained import TrainedTranslator
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING
from seqnlp.types import Arrays, Ids, Integers

Sources = tuple[Ids, Integers, SearchOptions]
"""A batch to translate: its subwords [batch, source], their lengths [batch], and the search options."""
State = tuple[Tensor, Tensor]
"""The hidden states of both layers of the decoder, [rows, units]."""


class Memory(NamedTuple):
    """The output of the encoder.

    Attributes:
        states: [batch, source, units].
        keys: [batch, units, source].
        padding: Whether a position is padding, [batch, 1, source].
        mean: Mean of the states, [batch, units].
    """

    states: Tensor
    keys: Tensor
    padding: Tensor
    mean: Tensor


class Network(nn.Module):
    """The network of `seqnlp.tasks.translation` with default settings.

    Padding and the unknown subword are never generated. Scores begin with the end symbol.

    Args:
        sizes: Its sizes.
        can_start: Whether each subword may start a text, [subwords]; None for all.
    """

    no_start: Tensor

    def __init__(self, sizes: Sizes, can_start: NDArray[np.bool_] | None = None) -> None:
        super().__init__()
        if can_start is None:
            can_start = np.ones(sizes.target, bool)
        penalty = torch.from_numpy(np.where(can_start[END:], 0, -1e9).astype(np.float32))
        self.register_buffer("no_start", penalty, persistent=False)
        dimension, units = sizes.dimension, sizes.units
        self.source = nn.Embedding(sizes.source, dimension)
        self.target = nn.Embedding(sizes.target, dimension)
        self.encoder = nn.GRU(dimension, units // 2, batch_first=True, bidirectional=True)
        self.first = nn.GRU(dimension, units, batch_first=True)
        self.second = nn.GRU(2 * units, units, batch_first=True)
        self.first_bridge = nn.Linear(units, units)
        self.second_bridge = nn.Linear(units, units)
        self.keys = nn.Linear(units, units, bias=False)
        self.readout = nn.Linear(2 * units + dimension, dimension)
        self.bias = nn.Parameter(torch.zeros(sizes.target))
        self.dropout = nn.Dropout(sizes.dropout)
        for table in (self.source, self.target):
            nn.init.normal_(table.weight, std=dimension**-0.5)

    def encode(self, source: Tensor, lengths: Tensor) -> Memory:
        """Encode sentences [batch, source]."""
        vectors = self.dropout(self.source(source))
        if int(lengths.min()) == vectors.shape[1]:
            states = self.encoder(vectors)[0]
        else:
            packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
            states = pad_packed_sequence(self.encoder(packed)[0], batch_first=True)[0]
        padding = (torch.arange(states.shape[1]) >= lengths[:, None])[:, None]
        return Memory(
            states, self.keys(states).transpose(1, 2), padding, states.sum(dim=1) / lengths[:, None]
        )

    def begin(self, memory: Memory) -> State:
        """Return the state before the first step, one row per sentence."""
        first, second = self.first_bridge(memory.mean), self.second_bridge(memory.mean)
        return torch.tanh(first), torch.tanh(second)

    def forward(self, source: Tensor, lengths: Tensor, before: Tensor) -> Tensor:
        """Return the readouts of all steps of known targets, [batch, target, dimension]."""
        memory = self.encode(source, lengths)
        first, second = self.begin(memory)
        embedded = self.dropout(self.target(before))
        hidden, _ = self.first(embedded, first[None])
        contexts = self._attend(hidden, memory)
        joined = self.dropout(torch.cat([hidden, contexts], dim=-1))
        hidden, _ = self.second(joined, second[None])
        readouts: Tensor = self.dropout(self._read_out(hidden, contexts, embedded))
        return readouts

    def step(self, ids: Tensor, state: State, memory: Memory) -> tuple[Tensor, State]:
        """Return the scores [rows, subwords] of the subwords after `ids` [rows], and the next state.

        The rows of a sentence follow each other.
        """
        embedded = self.target(ids)
        first = torch.gru_cell(embedded, state[0], *self.first.all_weights[0])
        queries = first.view(len(memory.states), -1, first.shape[1])
        contexts = self._attend(queries, memory).view_as(first)
        joined = torch.cat([first, contexts], dim=-1)
        second = torch.gru_cell(joined, state[1], *self.second.all_weights[0])
        return self.scores(self._read_out(second, contexts, embedded)), (first, second)

    def scores(self, readouts: Tensor) -> Tensor:
        """Return the scores of the subwords from `END` on, [..., subwords]."""
        return functional.linear(readouts, self.target.weight[END:], self.bias[END:])

    def _attend(self, queries: Tensor, memory: Memory) -> Tensor:
        scores = torch.bmm(queries, memory.keys).masked_fill(memory.padding, -torch.inf)
        return torch.bmm(scores.softmax(dim=-1), memory.states)

    def _read_out(self, hidden: Tensor, contexts: Tensor, embedded: Tensor) -> Tensor:
        return torch.tanh(self.readout(torch.cat([hidden, contexts, embedded], dim=-1)))

    def load_weights(self, weights: Arrays) -> None:
        """Load the weights of a seqnlp network."""
        values = {
            "source.weight": weights["source_table"],
            "target.weight": weights["target_table"],
            "bias": weights["output_bias"],
            "keys.weight": weights["decoder/attention/keys/kernel"].T,
            **convert_gru_weights(weights, "encoder_1", "encoder"),
            **convert_gru_weights(weights, "decoder/recurrent_1", "first"),
            **convert_gru_weights(weights, "decoder/recurrent_2", "second"),
        }
        for source, target in (
            ("bridge_1", "first_bridge"),
            ("bridge_2", "second_bridge"),
            ("readout", "readout"),
        ):
            values[f"{target}.weight"] = weights[f"decoder/{source}/kernel"].T
            values[f"{target}.bias"] = weights[f"decoder/{source}/bias"]
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})


def length_limits(lengths: Tensor, options: SearchOptions) -> Tensor:
    """Return the maximum number of subwords of each translation, [batch]."""
    return torch.full_like(lengths, options.max_length) if options.max_length else 2 * lengths + 20


@torch.inference_mode()
def greedy(network: Network, source: Tensor, lengths: Tensor, options: SearchOptions) -> Tensor:
    """Return the most probable subword of each step, int64 [batch, steps]; 0 after the end."""
    memory = network.encode(source, lengths)
    state, limits = network.begin(memory), length_limits(lengths, options)
    ids, ended = torch.full_like(lengths, END), torch.zeros_like(lengths, dtype=torch.bool)
    written = []
    for step in range(1, int(limits.max()) + 1):
        scores, state = network.step(ids, state, memory)
        if step == 1:
            scores += network.no_start
        ids = (scores.argmax(dim=1) + END).masked_fill(ended, PADDING)
        written.append(ids)
        ended = ended | (ids == END) | (limits <= step)
        if ended.all():
            break
    return torch.stack(written, dim=1)


@torch.inference_mode()
def beam(network: Network, source: Tensor, lengths: Tensor, options: SearchOptions) -> Tensor:
    """Return the best hypothesis of a beam search, int64 [batch, steps]; 0 after the end.

    Hypotheses are ranked by score with length penalty. A finished hypothesis stays in the beam until others
    rank higher. The search ends when all hypotheses are finished.
    """
    size, batch = options.beam_size, len(lengths)
    memory, limits = network.encode(source, lengths), length_limits(lengths, options)[:, None]
    first, second = (part.repeat_interleave(size, dim=0) for part in network.begin(memory))
    sentences = torch.arange(batch)[:, None] * size
    ids = torch.full((batch, size), END)
    ended = torch.zeros(batch, size, dtype=torch.bool)
    written = torch.zeros(batch * size, 0, dtype=torch.int64)
    totals = torch.full((batch, size), -torch.inf)  # at the first step all hypotheses are the same
    totals[:, 0] = 0
    ranks = totals
    for step in range(1, int(limits.max()) + 1):
        scores, (first, second) = network.step(ids.flatten(), (first, second), memory)
        norm = ((5 + step) / 6) ** options.length_penalty
        candidates = scores.log_softmax(dim=1).view(batch, size, -1)
        if step == 1:
            candidates.add_(network.no_start)
        candidates.add_(totals[..., None]).div_(norm)
        candidates[ended] = -torch.inf
        candidates[..., 0] = torch.where(ended, ranks, candidates[..., 0])
        subwords = candidates.shape[2]
        ranks, places = candidates.view(batch, -1).topk(size)
        totals = ranks * norm
        parents = places // subwords
        rows = (sentences + parents).flatten()
        had_ended = ended.gather(1, parents)
        ids = (places % subwords + END).masked_fill(had_ended, PADDING)
        written = torch.cat([written.index_select(0, rows), ids.view(-1, 1)], dim=1)
        ended = had_ended | (ids == END) | (limits <= step)
        if ended.all():
            break
        first, second = first.index_select(0, rows), second.index_select(0, rows)
    return written.view(batch, size, -1)[:, 0]


class Prediction(TranslatorPrediction):
    """Translate texts with the weights of the exported model.

    Args:
        model: The model.
        texts: The texts to translate.
        threads: Number of threads.
    """

    def __init__(self, model: TrainedTranslator, texts: Sequence[str], threads: int) -> None:
        super().__init__(texts)
        torch.set_num_threads(threads)
        self.codec = model.codec
        self.network = Network(Sizes.from_model(model), self.codec.target.can_start).eval()
        self.network.load_weights(model.weights)

    def translate(self, texts: Sequence[str], size: int, beam_size: int) -> list[Output]:
        """Return the best translation of each text."""
        encoded = self.codec.encode(texts)
        batches = [batch.rows for batch in by_length(encoded.lengths, size)]
        options = SearchOptions(beam_size)
        inputs = ((encoded.rows(rows), encoded.lengths[rows], options) for rows in batches)
        found: list[Output | None] = [None] * len(texts)
        for rows, translations in zip(batches, self.compute_batches(inputs), strict=True):
            for row, ids in zip(rows, translations, strict=True):
                found[row] = self._written(ids)
        return [written for written in found if written is not None]

    def compute_batches(self, inputs: Iterable[Sources]) -> Iterable[list[list[int]]]:
        """Return the ids of the translations of each batch, one batch after the other on all threads."""
        return map(self.compute, inputs)

    def compute(self, inputs: Sources) -> list[list[int]]:
        """Return the ids of the translations of a batch."""
        source, lengths, options = inputs
        search = greedy if options.beam_size == 1 else beam
        ids: list[list[int]] = search(
            self.network, torch.from_numpy(source), torch.from_numpy(lengths), options
        ).tolist()
        return ids

    def _written(self, ids: Sequence[int]) -> Output:
        ids = [number for number in ids if number not in (PADDING, END)]
        return Output(self.codec.target.decode(ids), tuple(self.codec.target.texts(ids)))


class Parallel(Prediction):
    """Prediction with one batch per thread.

    Args:
        model: The model.
        texts: The texts to translate.
        threads: Number of threads.
    """

    def __init__(self, model: TrainedTranslator, texts: Sequence[str], threads: int) -> None:
        super().__init__(model, texts, threads=1)
        self.workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def compute_batches(self, inputs: Iterable[Sources]) -> Iterable[list[list[int]]]:
        """Return the ids of the translations of each batch. Each thread computes one batch at a time."""
        return self.workers.map(self.compute, inputs)


class Training:
    """Complete training steps with fused Adam.

    Args:
        model: Defines the corpus and the sizes.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, model: TrainedTranslator, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        sizes, training = Sizes.from_model(model), model.settings.training
        batches = Steps(model.batches, steps, counted="target_lengths")
        self.tokens = batches.tokens
        self.batches = [convert_batch(inputs, gold) for inputs, gold in batches]
        self.network = Network(sizes).train()
        self.smoothing, self.clip = sizes.label_smoothing, training.clip
        self.optimizer = torch.optim.Adam(self.network.parameters(), training.learning_rate, fused=True)

    def run(self) -> int:
        """Train on all prepared batches, and return their number of target subwords."""
        for batch in self.batches:
            self.optimizer.zero_grad()
            compute_loss(self.network, self.smoothing, *batch).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimizer.step()
        return self.tokens


def compute_loss(
    network: Network, smoothing: float, source: Tensor, lengths: Tensor, before: Tensor, gold: Tensor
) -> Tensor:
    """Return the mean cross entropy of the subwords `gold` [batch, target] without padding."""
    mask = gold != PADDING
    scores = network.scores(network(source, lengths, before)[mask])
    return functional.cross_entropy(scores, gold[mask] - END, label_smoothing=smoothing)


def convert_batch(inputs: Arrays, gold: NDArray[np.int32]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Convert a batch of seqnlp to the arguments of `compute_loss`, without empty rows and excess padding."""
    target = {"lengths": inputs["target_lengths"]}
    return (
        trim_rows(inputs["source"], inputs),
        trim_rows(inputs["lengths"], inputs),
        trim_rows(inputs["previous"], target),
        trim_rows(gold, target),
    )
