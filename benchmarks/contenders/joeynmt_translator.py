"""The recurrent network of JoeyNMT, with input feeding, as its own configuration builds it."""

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
from benchmarks.contenders.pytorch import rows_of
from benchmarks.contenders.translators import Sizes
from benchmarks.trained import TrainedTranslator
from seqnlp.data.batching import Batch
from seqnlp.text.tokenizers.spaced import END
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.training.batches import TrainingBatches, split_targets
from seqnlp.types import Array, Arrays

SPECIAL = {"unk": 0, "pad": 1, "bos": 2, "eos": 3}
"""JoeyNMT's ids of what is no text; seqnlp's have no `bos`, and other numbers."""


class Training:
    """Whole steps as `joeynmt.training.TrainManager` makes them, but for what it writes down.

    The sizes are those of the model; JoeyNMT cannot tie the output to embeddings of another size than the
    decoder's.

    Args:
        model: Gives the corpus and the sizes.
        steps: How many batches.
        threads: How many threads compute.
        packages: The directory that JoeyNMT was installed to.
    """

    def __init__(self, model: TrainedTranslator, steps: int, threads: int, packages: Path) -> None:
        torch.set_num_threads(threads)
        sizes, training = Sizes.of(model), model.settings.training
        self.model = _built(sizes, packages).train()
        from joeynmt.builders import build_gradient_clipper, build_optimizer

        batches = list(self.chosen(model.epochs, steps))
        self.tokens = sum(int(inputs["target_lengths"].sum()) for inputs, _ in batches)
        self.batches = [_batch(inputs, wanted) for inputs, wanted in batches]
        self.model.loss_function = "crossentropy", sizes.label_smoothing
        self.clip = build_gradient_clipper({"clip_grad_val": None, "clip_grad_norm": training.clip})
        self.optimizer = build_optimizer(
            {"optimizer": "adam", "learning_rate": training.learning_rate}, self.model.parameters()
        )

    def chosen(self, epochs: TrainingBatches, steps: int) -> Iterable[tuple[Arrays, Array]]:
        """The batches to train on: those of seqnlp."""
        return Steps(epochs, steps, counted="target_lengths")

    def run(self) -> int:
        """Train on all batches, which are ready; return how many target pieces they have."""
        for batch in self.batches:
            batch.sort_by_src_length()
            loss, *_ = self.model(return_type="loss", **vars(batch))
            batch.normalize(loss, "tokens").backward()
            self.clip(self.model.parameters())
            self.optimizer.step()
            self.optimizer.zero_grad()
        return self.tokens


class TrainingUnsorted(Training):
    """The same on batches as JoeyNMT makes them, by the rule of its `TokenBatchSampler`.

    Pairs come in random order, whatever their lengths; a batch is full when the length of its longest, times
    how many there are, reaches the positions that one of seqnlp's may have.
    """

    def chosen(self, epochs: TrainingBatches, steps: int) -> Iterable[tuple[Arrays, Array]]:
        """The batches to train on."""
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
    """Texts in, texts out, by `joeynmt.search.search`, with weights of no training.

    What a search costs goes with its steps. An untrained network does not end by itself; so it writes as many
    pieces as seqnlp does: with greedy search, whose batches are done when their longest hypothesis is, as
    many steps as that has pieces, and with a beam, where a sentence leaves its batch as it ends, as many as
    the batch's hypotheses have on average. What counts are the pieces of seqnlp's hypotheses.

    Args:
        model: Gives the codec and the sizes.
        texts: What to translate.
        threads: How many threads compute.
        packages: The directory that JoeyNMT was installed to.
        written: How many pieces seqnlp writes for each text, by the size of its beam.
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
        self.model = _built(Sizes.of(model), packages).eval()
        self.written = {beam_size: np.array(counts) for beam_size, counts in written.items()}

    def run(self, size: int, beam_size: int) -> int:
        """Translate all texts in batches of `size`; return how many pieces there are."""
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


def _built(sizes: Sizes, packages: Path) -> Any:
    """A new network of JoeyNMT's, which is installed to a directory of its own."""
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
        Vocabulary([str(number) for number in range(END + 1, pieces)], special)
        for pieces in (sizes.source, sizes.target)
    )
    return build_model(_configuration(sizes), source, target)


def _configuration(sizes: Sizes) -> dict[str, Any]:
    """The section `model` of a JoeyNMT configuration."""
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


def _batch(inputs: Arrays, wanted: NDArray[np.int32]) -> Any:
    """A batch of seqnlp's as JoeyNMT has it."""
    source, lengths = rows_of(inputs["source"], inputs), rows_of(inputs["lengths"], inputs)
    target = rows_of(wanted, {"lengths": inputs["target_lengths"]})
    return _joined(source, lengths, target)


def _joined(source: torch.Tensor, lengths: torch.Tensor, target: torch.Tensor | None) -> Any:
    """Pieces of seqnlp's as a batch of JoeyNMT's."""
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
    """Ids of seqnlp as JoeyNMT's: all but the first two move by one, to make room for `bos`."""
    moved = ids + 1
    moved[ids == PADDING], moved[ids == UNKNOWN] = SPECIAL["pad"], SPECIAL["unk"]
    return moved
