"""Measure how the accuracy of classifiers grows with the number of labelled texts.

`python -m benchmarks.learning_curves --records FILE.jsonl --output FILE --picture FILE.png`

Each score is written to the records at once. Repeat the command to continue after an interruption.
"""

import json
import os
import random
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from benchmarks.baselines import train_and_score
from benchmarks.ngrams import Trainer, naive_bayes_svms, tfidf_regressions
from benchmarks.picture import draw_curves
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.rounds import Series
from benchmarks.targets import LEARNING_CURVES
from seqnlp.errors import SeqnlpError
from seqnlp.records import LabelledText
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.settings import ClassifierSettings
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.corpus import open_source, prepare
from seqnlp.tasks.prepared import Prepared

PACKAGES = ("tensorflow", "keras", "scikit-learn")
SIZES = (250, 500, 1000, 2000, 4000, 8000)
OURS, SHORT = "seqnlp", "seqnlp, 8 epochs"
SHORT_EPOCHS = 8
"""The default of a corpus that is not small."""
BASELINES: Mapping[str, Trainer] = {
    "logistic regression": tfidf_regressions,
    "NBSVM": naive_bayes_svms,
}
CONTENDERS = (OURS, SHORT, *BASELINES)


@dataclass(frozen=True)
class Record:
    """The scores of a contender.

    Attributes:
        corpus: The name of the corpus.
        texts: Number of labelled texts, including dev.
        seed: Seed of the choice of texts, and of the network.
        contender: One of `CONTENDERS`.
        dev: Accuracy on dev, a fraction.
        test: Accuracy on test.
        epochs: Number of epochs; 0 for a baseline.
    """

    corpus: str
    texts: int
    seed: int
    contender: str
    dev: float
    test: float
    epochs: int = 0

    @property
    def key(self) -> tuple[str, int, int, str]:
        """The identity of the measurement."""
        return self.corpus, self.texts, self.seed, self.contender


@dataclass(frozen=True)
class Sample:
    """Labelled texts that were drawn from the training texts of a corpus.

    Attributes:
        corpus: The name of the corpus.
        texts: Number of labelled texts. A tenth of them is dev.
        seed: Seed of the choice of texts, and of the network.
    """

    corpus: str
    texts: int
    seed: int

    @cached_property
    def settings(self) -> ClassifierSettings:
        """The settings of the network."""
        return ClassifierSettings.load(values={"training.seed": self.seed})

    @cached_property
    def prepared(self) -> Prepared[LabelledText, ClassificationCodec]:
        """The encoded texts. Dev and test of the corpus together are the test texts."""
        splits = load_splits(self.corpus)
        chosen = random.Random(self.seed).sample(splits["train"], self.texts)
        test = [*splits["dev"], *splits["test"]]
        return prepare(ClassifierTask(), self.settings, {"train": chosen, "test": test})

    def score(self, contenders: Sequence[str]) -> Iterator[Record]:
        """Train and score contenders."""
        baselines = {name: trainer for name, trainer in BASELINES.items() if name in contenders}
        for name, score in train_and_score(self.prepared, baselines).items():
            yield Record(self.corpus, self.texts, self.seed, name, score.dev, score.test)
        for name in (OURS, SHORT):
            if name in contenders:
                yield self._train(name)

    @property
    def is_short(self) -> bool:
        """True if the default number of epochs is `SHORT_EPOCHS`."""
        batches = ClassifierTask().batches(self.prepared.train, self.settings)
        return self.settings.training.max_epochs(batches.tokens, batches.steps) == SHORT_EPOCHS

    def _train(self, contender: str) -> Record:
        """Train a network and score its exported file."""
        from seqnlp.tasks.training import train_run
        from seqnlp.training.run_directory import RunDirectory

        epochs = SHORT_EPOCHS if contender == SHORT else None
        settings = self.settings.replace(training={"epochs": epochs})
        with TemporaryDirectory() as directory:
            run = RunDirectory(Path(directory) / "run")
            metrics = train_run(ClassifierTask(), settings, run, prepared=self.prepared, quiet=True)
        dev, test = (metrics[split]["accuracy"] for split in ("dev", "test"))
        return Record(self.corpus, self.texts, self.seed, contender, dev, test, metrics["epochs"])


def main() -> None:
    """Train classifiers on growing numbers of texts, and show their accuracy on the same test texts."""
    arguments = parser().parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    parts = [describe_machine(PACKAGES)]
    try:
        records = read_records(arguments.records)
        with arguments.records.open("a", encoding="utf-8") as file:
            for seed in arguments.seeds:
                for corpus in arguments.corpus:
                    most = len(load_splits(corpus)["train"])
                    for texts in (size for size in arguments.sizes if size <= most):
                        for record in measure(Sample(corpus, texts, seed), records):
                            records.append(record)
                            file.write(json.dumps(asdict(record)) + "\n")
                            file.flush()
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    chosen = [
        record
        for record in records
        if record.corpus in arguments.corpus
        and record.texts in arguments.sizes
        and record.seed in arguments.seeds
    ]
    curves = {corpus: collect(chosen, corpus) for corpus in arguments.corpus}
    for corpus, scores in curves.items():
        parts += [f"## {corpus}", score_table(scores), length_table(chosen, corpus)]
    parts.append(
        f"Test accuracy x 100, {len(arguments.seeds)} seeds: mean (lowest – highest). The seed also draws "
        "the texts. A tenth of the texts is dev, which selects the best epoch and the hyperparameters of the "
        "baselines. Dev and test of the corpus together are the test texts."
    )
    publish(parts, arguments.output)
    if arguments.picture is not None:
        draw_curves(curves, arguments.picture)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.learning_curves", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(LEARNING_CURVES), default=list(LEARNING_CURVES))
    options.add_argument("--sizes", nargs="+", type=int, default=list(SIZES), metavar="N")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    options.add_argument(
        "--records",
        type=Path,
        default=Path("learning-curves.jsonl"),
        help="file to which each score is added; scores that it contains are not measured again",
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    options.add_argument("--picture", type=Path, help="PNG file of the curves")
    return options


@cache
def load_splits(corpus: str) -> Mapping[str, Sequence[LabelledText]]:
    """Return the texts of each split of a corpus.

    Raises:
        SeqnlpError: The corpus cannot be read.
    """
    settings = ClassifierSettings.load(values=dict(LEARNING_CURVES[corpus]))
    return {name: list(texts) for name, texts in open_source(ClassifierTask(), settings).splits.items()}


def read_records(path: Path) -> list[Record]:
    """Return the scores that a file contains; none if it does not exist."""
    if not path.exists():
        return []
    return [Record(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def measure(sample: Sample, known: Sequence[Record]) -> Iterator[Record]:
    """Score the contenders on a sample that have no record yet."""
    done = {record.key for record in known}
    missing = [name for name in CONTENDERS if (sample.corpus, sample.texts, sample.seed, name) not in done]
    if not missing:
        return
    print(f"{sample.corpus}, {sample.texts:,} texts, seed {sample.seed} …", file=sys.stderr, flush=True)
    if SHORT in missing and sample.is_short:
        missing.remove(SHORT)
    yield from sample.score(missing)


def collect(records: Sequence[Record], corpus: str) -> dict[str, dict[int, Series]]:
    """Return the test accuracies of all seeds by contender and by number of texts."""
    found: dict[str, dict[int, Series]] = {name: {} for name in CONTENDERS}
    for record in sorted(records, key=lambda record: (record.texts, record.seed)):
        if record.corpus == corpus:
            sizes = found[record.contender]
            sizes[record.texts] = Series((*sizes.get(record.texts, Series(())).values, record.test))
    return found


def score_table(scores: Mapping[str, Mapping[int, Series]]) -> str:
    """Return a table with a row for each number of texts. The highest mean of a row is bold."""
    rows = []
    for size in scores[OURS]:
        means = {name: mean(scores[name][size].values) for name in CONTENDERS if size in scores[name]}
        best = max(means.values())
        rows.append(
            [
                f"{size:,}",
                *(
                    _cell(scores[name][size], means[name] == best) if name in means else NONE
                    for name in CONTENDERS
                ),
            ]
        )
    return table(["texts", *CONTENDERS], rows)


def _cell(scores: Series, best: bool) -> str:
    """Return the mean and the range of accuracies."""
    figure, low, high = (
        f"{100 * value:.1f}" for value in (mean(scores.values), min(scores.values), max(scores.values))
    )
    return f"{f'**{figure}**' if best else figure} ({low} – {high})"


def length_table(records: Sequence[Record], corpus: str) -> str:
    """Return a table of the number of epochs of the network with each seed, by number of texts."""
    found = {
        (record.texts, record.seed): record.epochs
        for record in records
        if (record.corpus, record.contender) == (corpus, OURS)
    }
    sizes, seeds = (sorted({key[place] for key in found}) for place in (0, 1))
    rows = [
        [f"seed {seed}", *(str(found[size, seed]) if (size, seed) in found else NONE for size in sizes)]
        for seed in seeds
    ]
    return table([f"epochs of {OURS}", *(f"{size:,} texts" for size in sizes)], rows)


if __name__ == "__main__":
    main()
