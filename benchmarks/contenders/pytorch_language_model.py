"""A recurrent language model, hand-written in PyTorch, that continues texts in a Python loop."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.contenders.language_models import Draw, GenerationContender
from benchmarks.untrained_language_model import UntrainedLanguageModel
from seqnlp.data.language_codec import END
from seqnlp.types import Arrays

State = tuple[Tensor, Tensor]


class Network(nn.Module):
    """Embeddings, one LSTM and a linear layer, as in the tutorials. Padding and unknown are not generated.

    Args:
        weights: The weights of a seqnlp network.
    """

    def __init__(self, weights: Arrays) -> None:
        super().__init__()
        vocabulary, dimension = weights["input_table"].shape
        units = weights["output_table"].shape[1]
        self.embedding = nn.Embedding(vocabulary, dimension)
        self.lstm = nn.LSTM(dimension, units, batch_first=True)
        self.cell = nn.LSTMCell(dimension, units)
        self.output = nn.Linear(units, vocabulary)
        bias = weights["output_bias"].copy()
        bias[:END] = -1e9
        kernel, recurrent, gates = (
            weights[f"forward_1/forward/{name}"] for name in ("kernel", "recurrent_kernel", "bias")
        )
        values = {
            "embedding.weight": weights["input_table"],
            "output.weight": weights["output_table"],
            "output.bias": bias,
        }
        for prefix, suffix in (("lstm", "_l0"), ("cell", "")):
            values |= {
                f"{prefix}.weight_ih{suffix}": kernel.T,
                f"{prefix}.weight_hh{suffix}": recurrent.T,
                f"{prefix}.bias_ih{suffix}": gates,
                f"{prefix}.bias_hh{suffix}": np.zeros_like(gates),
            }
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits [rows, vocabulary] after `ids` [rows, 1], and the next state [1, rows, units]."""
        hidden, after = self.lstm(self.embedding(ids), state)
        return self.output(hidden[:, -1]), after


class CellNetwork(Network):
    """The same with `nn.LSTMCell`, which is faster for single steps."""

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits and the next state."""
        hidden, memory = self.cell(self.embedding(ids[:, 0]), (state[0][0], state[1][0]))
        return self.output(hidden), (hidden[None], memory[None])


@torch.inference_mode()
def generate(network: Network, prompts: Tensor, length: int, draw: Draw) -> Tensor:
    """Continue prompts of equal length, int64 [rows, time], and return the new ids [rows, length]."""
    _, state = network.lstm(network.embedding(prompts[:, :-1]))
    ids = prompts[:, -1:]
    written = []
    for _ in range(length):
        logits, state = network.step(ids, state)
        logits = logits / draw.temperature
        if draw.top_k:
            least = logits.topk(draw.top_k).values[:, -1:]
            logits = logits.masked_fill(logits < least, -torch.inf)
        ids = torch.multinomial(logits.softmax(dim=-1), 1)
        written.append(ids)
    return torch.cat(written, dim=1)


class Generation(GenerationContender):
    """Continue texts with the weights of the exported model.

    Args:
        model: The model.
        prompts: The prompts, all of the same length.
        length: Number of characters to add.
        threads: Number of threads.
    """

    network: type[Network] = Network

    def __init__(
        self, model: UntrainedLanguageModel, prompts: Sequence[str], length: int, threads: int
    ) -> None:
        super().__init__(prompts, length)
        torch.set_num_threads(threads)
        self.codec = model.codec
        self.model = self.network(model.weights).eval()

    def texts(self, prompts: Sequence[str], draw: Draw) -> list[str]:
        """Return the continuation of each prompt."""
        torch.manual_seed(draw.seed)
        ids = torch.tensor([[END, *self.codec.encode(prompt)] for prompt in prompts])
        return [self.codec.decode(row) for row in generate(self.model, ids, self.length, draw).tolist()]


class CellGeneration(Generation):
    """Generation with `nn.LSTMCell`."""

    network = CellNetwork
