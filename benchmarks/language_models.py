"""Compare trained language models with n-gram models on the same tokens, and with themselves when they adapt.

`python -m benchmarks.language_models RUN... --kenlm build/bin --output FILE`

Each run is scored on the test split of its corpus, or on dev if there is no test split. The n-gram models are
estimated on its training data, and dev selects their order.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contest import log
from benchmarks.kneser_ney import KenLm
from benchmarks.report import NONE, describe_machine, publish, table
from seqnlp.corpora.formats.documents import join_passages
from seqnlp.errors import SeqnlpError
from seqnlp.metrics.language import LanguageScores
from seqnlp.records import Passage
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.evaluation import evaluate
from seqnlp.tasks.language_modelling.model import LanguageModel
from seqnlp.tasks.language_modelling.settings import LanguageModelSettings
from seqnlp.tasks.language_modelling.streams import EncodedDocuments
from seqnlp.tasks.language_modelling.task import LanguageModelTask
from seqnlp.tasks.prepared import Prepared
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.training.run_directory import RunDirectory

PACKAGES = ("tensorflow", "keras", "onnxruntime")
ORDERS: Mapping[str, Sequence[int]] = {"words": (2, 3, 4, 5), "characters": (4, 5, 6, 7, 8, 9, 10)}
"""The orders of n-gram models that are tried."""
METHODS = {"dynamic": "with dynamic evaluation", "cache": "with a neural cache"}


@dataclass(frozen=True)
class Trained:
    """A trained run and its corpus.

    Attributes:
        directory: The run directory.
    """

    directory: RunDirectory

    @cached_property
    def model(self) -> LanguageModel:
        """The model file."""
        return LanguageModel.load(self.directory.path)

    @cached_property
    def prepared(self) -> Prepared[Passage, Any]:
        """The corpus, encoded with the codec of the model."""
        return prepare(LanguageModelTask(), LanguageModelSettings.load_complete(self.directory.config))

    @property
    def split(self) -> str:
        """The split to score."""
        return "test" if "test" in self.prepared.held_out else "dev"

    def rows(self, split: str) -> list[list[int]]:
        """Return the ids of each document of a split, without end symbols."""
        encoded = self.prepared.encoded[split]
        assert isinstance(encoded, EncodedDocuments)
        documents = np.split(encoded.ids, np.cumsum(encoded.lengths)[:-1])
        return [document[:-1].tolist() for document in documents]

    def scores(self, split: str, log_probs: Iterable[Sequence[float]]) -> LanguageScores:
        """Return the scores of a split.

        Args:
            split: The split.
            log_probs: The log probability of each token of each document and of its end.
        """
        scores = LanguageScores(self.model.codec.unit.noun)
        documents = join_passages(self.prepared.held_out[split].examples)
        for document, row, values in zip(documents, self.rows(split), log_probs, strict=True):
            size = len(document.text.encode(errors="surrogatepass"))
            scores.add(-sum(values), len(values), size, row.count(UNKNOWN), document.origin)
        return scores


@dataclass(frozen=True)
class Ngrams:
    """An n-gram model.

    Attributes:
        order: Its order.
        dev: Its nats per token on dev.
        scores: Its scores on the scored split.
    """

    order: int
    dev: float
    scores: LanguageScores


def main() -> None:
    """Score runs, n-gram models of their tokens, and the runs as they adapt to the text."""
    options = ArgumentParser(prog="python -m benchmarks.language_models", description=main.__doc__)
    options.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run directories")
    options.add_argument("--kenlm", type=Path, help="folder of the programs lmplz and query")
    options.add_argument("--orders", nargs="+", type=int, metavar="N", help="orders of n-gram models")
    options.add_argument("--adapt", nargs="*", choices=list(METHODS), default=list(METHODS))
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    parts = [describe_machine(PACKAGES)]
    try:
        kenlm = KenLm(arguments.kenlm)
        for path in arguments.runs:
            run = Trained(RunDirectory(path))
            parts += [
                f"## {path.name}: {describe(run)}",
                report(run, kenlm, arguments.orders, arguments.adapt),
            ]
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    publish(parts, arguments.output)


def describe(run: Trained) -> str:
    """Return the scored split and its size."""
    counts, noun = run.prepared.held_out[run.split].encoded.lengths, run.model.codec.unit.noun
    return f"{run.split}, {len(counts):,} documents, {int(counts.sum()):,} {noun} with ends"


def report(run: Trained, kenlm: KenLm, orders: Sequence[int] | None, methods: Sequence[str]) -> str:
    """Return the table of a run. The order that is best on dev is bold.

    Args:
        run: The run.
        kenlm: The programs of KenLM.
        orders: The orders of n-gram models; None for the usual ones of the unit.
        methods: The methods of adaptation.
    """
    unit = run.model.codec.unit.name
    found = list(ngrams(run, kenlm, orders or ORDERS.get(unit, ORDERS["characters"])))
    best = min(found, key=lambda each: each.dev)
    rows = [
        [
            f"**Kneser-Ney, order {each.order}**" if each is best else f"Kneser-Ney, order {each.order}",
            f"{each.dev:.4f}",
            *_cells(each.scores.to_dict()),
        ]
        for each in found
    ]
    documents = list(join_passages(run.prepared.held_out[run.split].examples))
    log(f"{run.directory.path}: {run.split}")
    figures = evaluate(run.model, documents).to_dict()
    dev = run.directory.read_metrics()["dev"]["nats_per_token"]
    rows.append(["seqnlp", f"{dev:.4f}", *_cells(figures)])
    for method in methods:
        log(f"{run.directory.path}: {run.split}, {METHODS[method]}")
        adapted = evaluate(run.model, documents, adapt=method).to_dict()[method]
        rows.append([METHODS[method], NONE, *_cells(adapted)])
    return table(["", "dev nats per token", "nats per token", "perplexity", "bits per byte"], rows)


def _cells(figures: Mapping[str, float]) -> list[str]:
    return [
        f"{figures['nats_per_token']:.4f}",
        f"{figures['perplexity']:.2f}",
        f"{figures['bits_per_byte']:.4f}",
    ]


def ngrams(run: Trained, kenlm: KenLm, orders: Sequence[int]) -> Iterator[Ngrams]:
    """Yield the scores of an n-gram model of each order."""
    train, splits = run.rows("train"), dict.fromkeys(["dev", run.split])
    for order in orders:
        log(f"{run.directory.path}: n-grams of order {order}")
        rows = {split: run.rows(split) for split in splits}
        values = iter(kenlm.score(train, order, [row for each in rows.values() for row in each]))
        scores = {split: run.scores(split, [next(values) for _ in each]) for split, each in rows.items()}
        yield Ngrams(order, scores["dev"].nats_per_token, scores[run.split])


if __name__ == "__main__":
    main()
