r"""Measure the speed of a tagger with a character language model, and of Flair's.

`python -m benchmarks.pretrained_tagging --runs runs/pretrained-tagging --output FILE`

Both train a forward and a backward language model and a tagger on the same sentences, each with its own
trainers. The training is short, because the length of training does not change the speed. Finished runs are
kept, so you can stop the command and repeat it at any time.
"""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.contenders.pretrained import Sizes
from benchmarks.contest import best_size, comparison_table, log, size_table, start_contender, try_sizes
from benchmarks.pretraining import to_columns
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.rounds import Worker, run_interleaved
from benchmarks.runs import Run, errors_end_the_command, finish
from seqnlp.corpora import load_split
from seqnlp.files import atomic_write_text
from seqnlp.records import TaggedSentence
from seqnlp.tasks.registry import get_task
from seqnlp.training.run_directory import RunDirectory

PACKAGES = ("onnxruntime", "tensorflow", "keras", "flair", "torch", "transformers")
SIZES = (1, 8, 32, 64, 128)
"""Batch sizes that Flair tries."""
MINIMUM = "10"
ROWS = 16
"""Parallel streams of the training of the language models."""
BATCH_SIZE = 8
"""Sentences of a training batch of Flair's tagger."""


@dataclass(frozen=True)
class Runs:
    """The files and the runs in a folder.

    Attributes:
        folder: The folder.
    """

    folder: Path

    @property
    def text(self) -> Path:
        """The folder of the plain text, laid out for Flair: `train/` and two files, a sentence per line."""
        return self.folder / "files" / "text"

    @property
    def tagged(self) -> Mapping[str, Path]:
        """The labelled sentences by split, in columns."""
        return {split: self.folder / "files" / f"{split}.conll" for split in ("train", "dev", "test")}

    @property
    def language_model(self) -> RunDirectory:
        """The language model of seqnlp."""
        return RunDirectory(self.folder / "language-model")

    @property
    def tagger(self) -> RunDirectory:
        """The tagger of seqnlp."""
        return RunDirectory(self.folder / "tagger")

    @property
    def flair(self) -> Path:
        """The directory of the language models and the tagger of Flair."""
        return self.folder / "flair"

    def write_files(self, splits: Mapping[str, Sequence[TaggedSentence]]) -> None:
        """Write the sentences of each split, the plain text and the labels."""
        lines = {
            split: "".join(f"{' '.join(sentence.words)}\n" for sentence in sentences)
            for split, sentences in splits.items()
        }
        (self.text / "train").mkdir(parents=True, exist_ok=True)
        for name, split in (("train/train.txt", "train"), ("valid.txt", "dev"), ("test.txt", "dev")):
            atomic_write_text(self.text / name, lines[split])
        for split, path in self.tagged.items():
            atomic_write_text(path, "\n".join(map(to_columns, splits[split])))


def main() -> None:
    """Train both taggers, and compare their speed and their scores."""
    arguments = parser().parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    os.environ["FLAIR_DEVICE"] = "cpu"
    os.environ["USE_TF"] = "0"  # Flair's transformers need no TensorFlow
    runs = Runs(arguments.runs)
    with errors_end_the_command():
        splits = {
            split: load_split(f"{arguments.corpus}:{split}")[:: 1 if split == "test" else arguments.every]
            for split in runs.tagged
        }
        runs.write_files(splits)
        train_ours(runs, arguments)
    flair = train_flair(runs, arguments, splits)
    if arguments.train:
        return
    conditions = describe_machine(PACKAGES)
    words = [sentence.words for sentence in splits["test"]][: arguments.sentences]
    parts = [
        f"{conditions} {arguments.threads} threads for each contender, no GPU.",
        *prediction(runs, words, arguments),
        *describe_training(runs, arguments, splits["train"], flair),
    ]
    publish(parts, arguments.output)


def train_ours(runs: Runs, arguments: Namespace) -> None:
    """Train the language model and the tagger of seqnlp."""
    language, tagger = language_settings(runs, arguments), tagger_settings(runs, arguments)
    finish([Run("language-model", runs.language_model.path, overrides=language)], 1)
    finish([Run("tagger", runs.tagger.path, overrides=tagger)], 1)


def language_settings(runs: Runs, arguments: Namespace) -> list[str]:
    """Return the settings of the language model."""
    return [
        f"data.train={json.dumps(str(runs.text / 'train' / 'train.txt'))}",
        f"data.dev={json.dumps(str(runs.text / 'valid.txt'))}",
        'format.document="line"',
        'network.direction="both"',
        f"network.units={arguments.units}",
        "network.dimension=128",
        f"training.rows={ROWS}",
        f"training.epochs={arguments.language_epochs}",
    ]


def tagger_settings(runs: Runs, arguments: Namespace) -> list[str]:
    """Return the settings of the tagger."""
    return [
        *(f"data.{split}={json.dumps(str(path))}" for split, path in runs.tagged.items()),
        f"network.language_model={json.dumps(str(runs.language_model.path))}",
        f"training.epochs={arguments.epochs}",
    ]


def train_flair(
    runs: Runs, arguments: Namespace, splits: Mapping[str, Sequence[TaggedSentence]]
) -> tuple[float, dict[str, float]]:
    """Train Flair's networks, and return the seconds of its language models and the figures of its tagger."""
    log(f"{runs.flair}")
    with Worker(
        "benchmarks.contenders.flair_tagger:Training",
        run=runs.flair,
        sizes=flair_sizes(runs, arguments),
        threads=arguments.threads,
    ) as worker:
        language = worker.call("train_language_models", runs.text)
        return language, worker.call("train_tagger", splits["train"], splits["dev"], splits["test"])


def flair_sizes(runs: Runs, arguments: Namespace) -> Sizes:
    """Return the sizes of Flair's networks: those of seqnlp's runs."""
    language = get_task("language-model").settings().load(overrides=language_settings(runs, arguments))
    tagger = get_task("tagger").settings().load(overrides=tagger_settings(runs, arguments))
    return Sizes(
        characters=language.network.dimension,
        language_units=language.network.units,
        words=tagger.network.word_dimension,
        units=tagger.network.units,
        rows=language.training.rows,
        window=language.training.window,
        language_epochs=language.training.epochs,
        batch_size=BATCH_SIZE,
        epochs=tagger.training.epochs,
    )


def prediction(runs: Runs, words: Sequence[Sequence[str]], arguments: Namespace) -> Iterator[str]:
    """Measure prediction from words to labels: in batches, and one sentence at a time."""
    rounds, single = arguments.rounds, arguments.single
    with ExitStack() as stack:
        begin = partial(start_contender, stack, sentences=words, threads=arguments.threads)
        ours = begin("ours_pretrained:Prediction", model=runs.tagger.model)
        peer = begin("flair_tagger:Prediction", run=runs.flair)
        log("choosing the batch size of Flair")
        trials = try_sizes(peer, "run", SIZES)
        size = best_size(trials)
        log(f"in batches: {rounds} rounds")
        batched = run_interleaved([partial(ours.speed, "run"), partial(peer.speed, "run", size)], rounds)
        log(f"one sentence at a time: {rounds} rounds")
        alone = run_interleaved([partial(each.speed, "one_by_one", single) for each in (ours, peer)], rounds)
    tokens = sum(map(len, words))
    yield f"## Prediction: {len(words):,} sentences, {tokens:,} tokens of {arguments.corpus}:test"
    names = ("seqnlp `Tagger.tag`", NONE), (f"Flair `predict`, batches of {size}", MINIMUM)
    yield comparison_table("in batches", batched, *names)
    names = names[0], ("Flair `predict`", MINIMUM)
    yield comparison_table(f"one sentence at a time, {single} sentences", alone, *names)
    yield (
        "From words to labels: times include the conversion of words to ids, and for Flair its `Sentence` "
        "objects. Flair computes no gradients and stores no embeddings. Ratios are computed round by round: "
        "median, lowest and highest."
    )
    yield size_table({"Flair `predict`": trials})


def describe_training(
    runs: Runs,
    arguments: Namespace,
    train: Sequence[TaggedSentence],
    flair: tuple[float, Mapping[str, float]],
) -> Iterator[str]:
    """Describe the networks, their training and their scores."""
    with Worker("benchmarks.contenders.ours_pretrained:Network", run=runs.tagger.path) as worker:
        ours = worker.call("parameters")
    with Worker(
        "benchmarks.contenders.flair_tagger:Prediction", run=runs.flair, sentences=(), threads=1
    ) as worker:
        peer = worker.call("parameters")
    tokens = sum(len(sentence.words) for sentence in train)
    yield f"## Training: one in {arguments.every} sentences of {arguments.corpus}"
    yield training_table(runs, (ours, peer), flair)
    yield (
        f"{len(train):,} sentences with {tokens:,} tokens, first as plain text and then with labels. "
        f"Language models: epochs {arguments.language_epochs}, parallel streams {ROWS}. Taggers: epochs "
        f"{arguments.epochs}. Scores are F1 x 100 on the whole test split."
    )


def training_table(
    runs: Runs, parameters: tuple[tuple[int, int], tuple[int, int]], flair: tuple[float, Mapping[str, float]]
) -> str:
    """Return a table of the networks, their training and their scores.

    Args:
        runs: The runs.
        parameters: The number of parameters of the tagger and of its language models, of seqnlp and of Flair.
        flair: The result of `train_flair`.
    """
    language, tagger = (run.read_metrics() for run in (runs.language_model, runs.tagger))
    seconds, found = flair
    trained = [
        ("seqnlp", (language["seconds"], tagger["seconds"]), tagger["test"]["f1"]),
        ("Flair", (seconds, found["seconds"]), found["f1"]),
    ]
    return table(
        ["", "parameters", "of language models", "minutes, language models", "minutes, tagger", "test F1"],
        [
            [
                name,
                *(f"{count:,}" for count in counts),
                *(f"{each / 60:.1f}" for each in spent),
                f"{100 * f1:.2f}",
            ]
            for (name, spent, f1), counts in zip(trained, parameters, strict=True)
        ],
    )


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.pretrained_tagging", description=main.__doc__)
    options.add_argument("--corpus", default="conll2002/esp", metavar="NAME")
    options.add_argument(
        "--every", type=int, default=10, metavar="N", help="train on one of N sentences of the corpus"
    )
    options.add_argument("--units", type=int, default=512, metavar="N", help="units of the language models")
    options.add_argument("--language-epochs", type=int, default=4, metavar="N")
    options.add_argument("--epochs", type=int, default=10, metavar="N", help="epochs of the taggers")
    options.add_argument(
        "--sentences", type=int, default=300, metavar="N", help="tag the first N sentences of the test split"
    )
    options.add_argument(
        "--single", type=int, default=50, metavar="N", help="number of sentences to tag one at a time"
    )
    options.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="number of turns of each contender"
    )
    options.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each contender")
    options.add_argument(
        "--runs", type=Path, default=Path("runs/pretrained-tagging"), help="directory of the runs"
    )
    options.add_argument("--train", action="store_true", help="train, and measure nothing")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    return options


if __name__ == "__main__":
    main()
