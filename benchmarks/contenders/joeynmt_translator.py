"""JoeyNMT's recurrent network with input feeding, built from JoeyNMT's own configuration."""

import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.contenders.batches import Steps, by_length
from benchmarks.contenders.pytorch import trim_rows
from benchmarks.contenders.translators import Sizes
from benchmarks.trained import TrainedTranslator
from seqnlp.data.batching import Batch
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.training.batches import TrainingBatches, split_targets
from seqnlp.types import Array, Arrays

SPECIAL = {"unk": 0, "pad": 1, "bos": 2, "eos": 3}
"""JoeyNMT's ids of special symbols. seqnlp has other ids, and no `bos`."""


class Training:
    """Whole training steps, as in `joeynmt.training.TrainManager` but without its logging.

    The sizes are those of the model. JoeyNMT cannot tie output and embeddings if their sizes differ.

    Args:
        model: Defines the corpus and the sizes.
        steps: Number of batches.
        threads: Number of threads.
        packages: The directory in which JoeyNMT is installed.
    """

    def __init__(self, model: TrainedTranslator, steps: int, threads: int, packages: Path) -> None:
        torch.set_num_threads(threads)
        sizes, training = Sizes.from_model(model), model.settings.training
        self.model = _build(sizes, packages).train()
        from joeynmt.builders import build_gradient_clipper, build_optimizer

        batches = list(self.chosen(model.batches, steps))
        self.tokens = sum(int(inputs["target_lengths"].sum()) for inputs, _ in batches)
        self.batches = [_batch(inputs, gold) for inputs, gold in batches]
        self.model.loss_function = "crossentropy", sizes.label_smoothing
        self.clip = build_gradient_clipper({"clip_grad_val": None, "clip_grad_norm": training.clip})
        self.optimizer = build_optimizer(
            {"optimizer": "adam", "learning_rate": training.learning_rate}, self.model.parameters()
        )

    def chosen(self, epochs: TrainingBatches, steps: int) -> Iterable[tuple[Arrays, Array]]:
        """Return the training batches of seqnlp."""
        return Steps(epochs, steps, counted="target_lengths")

    def run(self) -> int:
        """Train on all prepared batches, and return their number of target subwords."""
        for batch in self.batches:
            batch.sort_by_src_length()
            loss, *_ = self.model(return_type="loss", **vars(batch))
            batch.normalize(loss, "tokens").backward()
            self.clip(self.model.parameters())
            self.optimizer.step()
            self.optimizer.zero_grad()
        return self.tokens


class TrainingUnsorted(Training):
    """Training with batches by the rule of JoeyNMT's `TokenBatchSampler`.

    Pairs come in random order, not sorted by length. A batch is full when the length of its longest pair
    times its number of pairs reaches the number of positions of a batch of seqnlp.
    """

    def chosen(self, epochs: TrainingBatches, steps: int) -> Iterable[tuple[Arrays, Array]]:
        """Yield the training batches."""
        order = np.random.default_rng(epochs.seed).permutation(len(epochs.lengths))
        positions = epochs.buckets.positions
        first = 0
        for _ in range(steps):
            longest = np.maximum.accumulate(epochs.lengths[order[first:]])
            full = longest * np.arange(1, len(longest) + 1) >= positions
            count = int(np.argmax(full)) + 1 if full.any() else len(longest)
            batch = Batch(order[first : first + count], count, int(longest[count - 1]))
            inputs, targets = split_targets(epochs.encoded.batch(batch), epochs.targets)
            assert isinstance(targets, np.ndarray), "one target"
            yield inputs, targets
            first += count


class Search:
    """Translate texts with `joeynmt.search.search` and random weights.

    The cost of a search depends on its number of steps, and an untrained network rarely ends a hypothesis.
    Therefore it generates as many subwords as seqnlp. With greedy search, a batch takes the steps of its
    longest hypothesis. With a beam, finished sentences leave the batch, so a batch takes the mean number of
    steps. The amount of work is the number of subwords of seqnlp's hypotheses.

    Args:
        model: Defines the codec and the sizes.
        texts: The texts to translate.
        threads: Number of threads.
        packages: The directory in which JoeyNMT is installed.
        written: Number of subwords that seqnlp generates for each text, by beam size.
    """

    def __init__(
        self,
        model: TrainedTranslator,
        texts: Sequence[str],
        threads: int,
        packages: Path,
        written: Mapping[int, Sequence[int]],
    ) -> None:
        torch.set_num_threads(threads)
        self.codec = model.codec
        self.texts = texts
        self.model = _build(Sizes.from_model(model), packages).eval()
        self.written = {beam_size: np.array(counts) for beam_size, counts in written.items()}

    def run(self, size: int, beam_size: int) -> int:
        """Translate all texts in batches of `size`, and return the number of subwords."""
        from joeynmt.search import search

        encoded, written = self.codec.encode(self.texts), self.written[beam_size]
        for batch in by_length(encoded.lengths, size):
            counts = written[batch.rows]
            steps = int(counts.max() if beam_size == 1 else np.ceil(counts.mean()))
            sources = torch.from_numpy(encoded.rows(batch.rows))
            found, *_ = search(
                self.model,
                _joined(sources, torch.from_numpy(encoded.lengths[batch.rows]), None),
                steps,
                beam_size,
                beam_alpha=1.0,
                min_output_length=steps,
                generate_unk=False,
            )
            for ids in found:
                self.codec.target.decode(ids[ids > SPECIAL["eos"]] - 1)
        return int(written.sum())


def _build(sizes: Sizes, packages: Path) -> Any:
    """Return a new JoeyNMT network. JoeyNMT is installed in a separate directory."""
    sys.path.append(str(packages))
    logging.disable(logging.INFO)
    from joeynmt.model import build_model
    from joeynmt.vocabulary import Vocabulary

    special = SimpleNamespace(
        **{f"{name}_id": number for name, number in SPECIAL.items()},
        **{f"{name}_token": f"<{name}>" for name in SPECIAL},
        lang_tags=[],
        sep_token=None,
    )
    source, target = (
        Vocabulary([str(number) for number in range(END + 1, subwords)], special)
        for subwords in (sizes.source, sizes.target)
    )
    return build_model(_configuration(sizes), source, target)


def _configuration(sizes: Sizes) -> dict[str, Any]:
    """Return the section `model` of a JoeyNMT configuration."""
    layer = {
        "type": "recurrent",
        "rnn_type": "gru",
        "embeddings": {"embedding_dim": sizes.dimension, "dropout": sizes.dropout},
        "dropout": sizes.dropout,
    }
    return {
        "encoder": {**layer, "hidden_size": sizes.units // 2, "num_layers": 1, "bidirectional": True},
        "decoder": {
            **layer,
            "hidden_size": sizes.units,
            "num_layers": 2,
            "hidden_dropout": sizes.dropout,
            "attention": "luong",
            "input_feeding": True,
            "init_hidden": "bridge",
        },
    }


def _batch(inputs: Arrays, gold: NDArray[np.int32]) -> Any:
    """Convert a batch of seqnlp to JoeyNMT."""
    source, lengths = trim_rows(inputs["source"], inputs), trim_rows(inputs["lengths"], inputs)
    target = trim_rows(gold, {"lengths": inputs["target_lengths"]})
    return _joined(source, lengths, target)


def _joined(source: torch.Tensor, lengths: torch.Tensor, target: torch.Tensor | None) -> Any:
    """Convert subword ids of seqnlp to a batch of JoeyNMT."""
    from joeynmt.batch import Batch

    if target is not None:
        begin = torch.full((len(target), 1), SPECIAL["bos"])
        target = torch.cat([begin, _renumbered(target)], dim=1)
    return Batch(
        src=_renumbered(source),
        src_length=lengths,
        src_prompt_mask=None,
        trg=target,
        trg_prompt_mask=None,
        indices=torch.arange(len(source)),
        device=torch.device("cpu"),
        pad_index=SPECIAL["pad"],
        eos_index=SPECIAL["eos"],
    )


def _renumbered(ids: torch.Tensor) -> torch.Tensor:
    """Convert ids of seqnlp to ids of JoeyNMT: all but the first two move by one, because of `bos`."""
    moved = ids + 1
    moved[ids == PADDING], moved[ids == UNKNOWN] = SPECIAL["pad"], SPECIAL["unk"]
    return moved
