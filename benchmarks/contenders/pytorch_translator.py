"""An encoder-decoder of GRUs with attention, written by hand in PyTorch, and its searches."""

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
from benchmarks.contenders.pytorch import gru_weights, rows_of
from benchmarks.contenders.translators import Sizes, TranslatorPrediction, Written
from benchmarks.trained import TrainedTranslator
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING
from seqnlp.types import Arrays, Ids, Integers

Sources = tuple[Ids, Integers, SearchOptions]
"""A batch to translate: its pieces [batch, source], their lengths [batch], and how to search."""
State = tuple[Tensor, Tensor]
"""What each layer of the decoder holds, [rows, units]."""


class Memory(NamedTuple):
    """What the encoder leaves behind.

    Attributes:
        states: [batch, source, units].
        keys: [batch, units, source].
        padding: Whether there is nothing, [batch, 1, source].
        mean: Of the states, [batch, units].
    """

    states: Tensor
    keys: Tensor
    padding: Tensor
    mean: Tensor


class Network(nn.Module):
    """The network of `seqnlp.tasks.translation`, of the default kind.

    The padding and the unknown piece cannot be written, and have no scores: those of the others begin with
    the end's.

    Args:
        sizes: Its sizes.
        openings: Whether each piece may be a text's first, [pieces]; None for all.
    """

    no_opening: Tensor

    def __init__(self, sizes: Sizes, openings: NDArray[np.bool_] | None = None) -> None:
        super().__init__()
        if openings is None:
            openings = np.ones(sizes.target, bool)
        penalty = torch.from_numpy(np.where(openings[END:], 0, -1e9).astype(np.float32))
        self.register_buffer("no_opening", penalty, persistent=False)
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
        """Read sentences [batch, source]."""
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
        """The state before the first step, a row a sentence."""
        first, second = self.first_bridge(memory.mean), self.second_bridge(memory.mean)
        return torch.tanh(first), torch.tanh(second)

    def forward(self, source: Tensor, lengths: Tensor, before: Tensor) -> Tensor:
        """Read out all steps of targets that are known, [batch, target, dimension]."""
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
        """The scores [rows, pieces] of what may follow `ids` [rows], and the state after them.

        As many rows as a sentence has stand one after the other.
        """
        embedded = self.target(ids)
        first = torch.gru_cell(embedded, state[0], *self.first.all_weights[0])
        queries = first.view(len(memory.states), -1, first.shape[1])
        contexts = self._attend(queries, memory).view_as(first)
        joined = torch.cat([first, contexts], dim=-1)
        second = torch.gru_cell(joined, state[1], *self.second.all_weights[0])
        return self.scores(self._read_out(second, contexts, embedded)), (first, second)

    def scores(self, readouts: Tensor) -> Tensor:
        """The scores of the pieces from `END` on, [..., pieces]."""
        return functional.linear(readouts, self.target.weight[END:], self.bias[END:])

    def _attend(self, queries: Tensor, memory: Memory) -> Tensor:
        scores = torch.bmm(queries, memory.keys).masked_fill(memory.padding, -torch.inf)
        return torch.bmm(scores.softmax(dim=-1), memory.states)

    def _read_out(self, hidden: Tensor, contexts: Tensor, embedded: Tensor) -> Tensor:
        return torch.tanh(self.readout(torch.cat([hidden, contexts, embedded], dim=-1)))

    def take(self, weights: Arrays) -> None:
        """Take the weights of a seqnlp network."""
        values = {
            "source.weight": weights["source_table"],
            "target.weight": weights["target_table"],
            "bias": weights["output_bias"],
            "keys.weight": weights["decoder/attention/keys/kernel"].T,
            **gru_weights(weights, "encoder_1", "encoder"),
            **gru_weights(weights, "decoder/recurrent_1", "first"),
            **gru_weights(weights, "decoder/recurrent_2", "second"),
        }
        for source, target in (
            ("bridge_1", "first_bridge"),
            ("bridge_2", "second_bridge"),
            ("readout", "readout"),
        ):
            values[f"{target}.weight"] = weights[f"decoder/{source}/kernel"].T
            values[f"{target}.bias"] = weights[f"decoder/{source}/bias"]
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})


def limits_of(lengths: Tensor, options: SearchOptions) -> Tensor:
    """The most pieces of each translation, [batch]."""
    return torch.full_like(lengths, options.max_length) if options.max_length else 2 * lengths + 20


@torch.inference_mode()
def greedy(network: Network, source: Tensor, lengths: Tensor, options: SearchOptions) -> Tensor:
    """The likeliest piece at each step, int64 [batch, steps]; 0 behind the end."""
    memory = network.encode(source, lengths)
    state, limits = network.begin(memory), limits_of(lengths, options)
    ids, ended = torch.full_like(lengths, END), torch.zeros_like(lengths, dtype=torch.bool)
    written = []
    for step in range(1, int(limits.max()) + 1):
        scores, state = network.step(ids, state, memory)
        if step == 1:
            scores += network.no_opening
        ids = (scores.argmax(dim=1) + END).masked_fill(ended, PADDING)
        written.append(ids)
        ended = ended | (ids == END) | (limits <= step)
        if ended.all():
            break
    return torch.stack(written, dim=1)


@torch.inference_mode()
def beam(network: Network, source: Tensor, lengths: Tensor, options: SearchOptions) -> Tensor:
    """The best hypothesis of a beam search, int64 [batch, steps]; 0 behind the end.

    Hypotheses rank by their scores with the length penalty. One that has ended keeps its place until others
    rank higher. The batch is done when all have ended.
    """
    size, batch = options.beam_size, len(lengths)
    memory, limits = network.encode(source, lengths), limits_of(lengths, options)[:, None]
    first, second = (part.repeat_interleave(size, dim=0) for part in network.begin(memory))
    sentences = torch.arange(batch)[:, None] * size
    ids = torch.full((batch, size), END)
    ended = torch.zeros(batch, size, dtype=torch.bool)
    written = torch.zeros(batch * size, 0, dtype=torch.int64)
    totals = torch.full((batch, size), -torch.inf)  # at the first step all beams are alike: one will do
    totals[:, 0] = 0
    ranks = totals
    for step in range(1, int(limits.max()) + 1):
        scores, (first, second) = network.step(ids.flatten(), (first, second), memory)
        norm = ((5 + step) / 6) ** options.length_penalty
        candidates = scores.log_softmax(dim=1).view(batch, size, -1)
        if step == 1:
            candidates.add_(network.no_opening)
        candidates.add_(totals[..., None]).div_(norm)
        candidates[ended] = -torch.inf
        candidates[..., 0] = torch.where(ended, ranks, candidates[..., 0])
        pieces = candidates.shape[2]
        ranks, places = candidates.view(batch, -1).topk(size)
        totals = ranks * norm
        parents = places // pieces
        rows = (sentences + parents).flatten()
        had_ended = ended.gather(1, parents)
        ids = (places % pieces + END).masked_fill(had_ended, PADDING)
        written = torch.cat([written.index_select(0, rows), ids.view(-1, 1)], dim=1)
        ended = had_ended | (ids == END) | (limits <= step)
        if ended.all():
            break
        first, second = first.index_select(0, rows), second.index_select(0, rows)
    return written.view(batch, size, -1)[:, 0]


class Prediction(TranslatorPrediction):
    """Texts in, texts out, with the weights of the exported model.

    Args:
        model: The model.
        texts: What to translate.
        threads: How many threads compute.
    """

    def __init__(self, model: TrainedTranslator, texts: Sequence[str], threads: int) -> None:
        super().__init__(texts)
        torch.set_num_threads(threads)
        self.codec = model.codec
        self.network = Network(Sizes.of(model), self.codec.target.can_start).eval()
        self.network.take(model.weights)

    def translate(self, texts: Sequence[str], size: int, beam_size: int) -> list[Written]:
        """The best translation of each text."""
        encoded = self.codec.encode(texts)
        batches = [batch.rows for batch in by_length(encoded.lengths, size)]
        options = SearchOptions(beam_size)
        inputs = ((encoded.rows(rows), encoded.lengths[rows], options) for rows in batches)
        found: list[Written | None] = [None] * len(texts)
        for rows, translations in zip(batches, self.computed(inputs), strict=True):
            for row, ids in zip(rows, translations, strict=True):
                found[row] = self._written(ids)
        return [written for written in found if written is not None]

    def computed(self, inputs: Iterable[Sources]) -> Iterable[list[list[int]]]:
        """The ids of the translations of each batch, one batch after the other on all threads."""
        return map(self.compute, inputs)

    def compute(self, inputs: Sources) -> list[list[int]]:
        """The ids of the translations of a batch."""
        source, lengths, options = inputs
        search = greedy if options.beam_size == 1 else beam
        ids: list[list[int]] = search(
            self.network, torch.from_numpy(source), torch.from_numpy(lengths), options
        ).tolist()
        return ids

    def _written(self, ids: Sequence[int]) -> Written:
        ids = [number for number in ids if number not in (PADDING, END)]
        return Written(self.codec.target.decode(ids), tuple(self.codec.target.texts(ids)))


class SideBySide(Prediction):
    """The same with a batch on each thread.

    Args:
        model: The model.
        texts: What to translate.
        threads: How many threads compute.
    """

    def __init__(self, model: TrainedTranslator, texts: Sequence[str], threads: int) -> None:
        super().__init__(model, texts, threads=1)
        self.workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def computed(self, inputs: Iterable[Sources]) -> Iterable[list[list[int]]]:
        """The ids of the translations of each batch, as many batches at a time as there are threads."""
        return self.workers.map(self.compute, inputs)


class Training:
    """Whole steps with fused Adam.

    Args:
        model: Gives the corpus and the sizes.
        steps: How many batches.
        threads: How many threads compute.
    """

    def __init__(self, model: TrainedTranslator, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        sizes, training = Sizes.of(model), model.settings.training
        batches = Steps(model.epochs, steps, counted="target_lengths")
        self.tokens = batches.tokens
        self.batches = [batch_of(inputs, wanted) for inputs, wanted in batches]
        self.network = Network(sizes).train()
        self.smoothing, self.clip = sizes.label_smoothing, training.clip
        self.optimizer = torch.optim.Adam(self.network.parameters(), training.learning_rate, fused=True)

    def run(self) -> int:
        """Train on all batches, which are ready; return how many target pieces they have."""
        for batch in self.batches:
            self.optimizer.zero_grad()
            loss_of(self.network, self.smoothing, *batch).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
            self.optimizer.step()
        return self.tokens


def loss_of(
    network: Network, smoothing: float, source: Tensor, lengths: Tensor, before: Tensor, wanted: Tensor
) -> Tensor:
    """The cross entropy of the pieces `wanted` [batch, target], per piece; padding is not scored."""
    inside = wanted != PADDING
    scores = network.scores(network(source, lengths, before)[inside])
    return functional.cross_entropy(scores, wanted[inside] - END, label_smoothing=smoothing)


def batch_of(inputs: Arrays, wanted: NDArray[np.int32]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A batch of seqnlp's as `loss_of` takes it: no empty rows, and each side as long as it needs."""
    target = {"lengths": inputs["target_lengths"]}
    return (
        rows_of(inputs["source"], inputs),
        rows_of(inputs["lengths"], inputs),
        rows_of(inputs["previous"], target),
        rows_of(wanted, target),
    )
