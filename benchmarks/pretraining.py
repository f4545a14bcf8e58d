"""Measure what a language model of plain text gains for a tagger with few labels.

`python -m benchmarks.pretraining --runs runs/pretraining --output FILE`

All training sentences are the plain text of a language model, and every tenth one keeps its labels. Taggers
are trained on these with and without the language model. Every run is a separate `seqnlp train`. Finished
runs are kept and interrupted runs are resumed, so you can stop the command and repeat it at any time.
"""

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks.report import NONE, describe_machine, publish, table
from seqnlp import corpora
from seqnlp.errors import SeqnlpError
from seqnlp.files import atomic_write_text
from seqnlp.records import TaggedSentence
from seqnlp.training.run_directory import RunDirectory

PACKAGES = ("tensorflow", "keras", "onnxruntime")
GOAL = 3.0
"""The mean gain of F1 on test that the language model should reach, in per cent."""
PLAIN, PRETRAINED = "labels alone", "with a language model"


@dataclass(frozen=True)
class Files:
    """The files of a corpus in a folder.

    Attributes:
        folder: The folder.
    """

    folder: Path

    @property
    def text(self) -> Mapping[str, Path]:
        """The plain text by split, one sentence per line."""
        return {split: self.folder / f"{split}.txt" for split in ("train", "dev")}

    @property
    def tagged(self) -> Mapping[str, Path]:
        """The labelled sentences by split, in columns."""
        return {split: self.folder / f"{split}.conll" for split in ("train", "dev", "test")}

    def write(self, name: str, every: int) -> None:
        """Write the files of a corpus.

        Args:
            name: Its name.
            every: One of this number of training sentences keeps its labels.
        """
        corpus = corpora.load(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        for split, path in self.text.items():
            lines = (" ".join(sentence.words) for sentence in corpus.split(split))
            atomic_write_text(path, "".join(f"{line}\n" for line in lines))
        for split, path in self.tagged.items():
            sentences = corpus.split(split)[:: every if split == "train" else 1]
            atomic_write_text(path, "\n".join(map(to_columns, sentences)))


def to_columns(sentence: TaggedSentence) -> str:
    """Return the lines of a sentence: one word and its tag per line."""
    pairs = zip(sentence.words, sentence.tags, strict=True)
    return "".join(f"{word} {tag}\n" for word, tag in pairs)


def finish(task: str, path: Path, settings: Iterable[str]) -> None:
    """Train a run, or resume it.

    Args:
        task: The task.
        path: The run directory.
        settings: The settings, `SECTION.KEY=VALUE`.

    Raises:
        CalledProcessError: The command failed.
    """
    run = RunDirectory(path)
    if run.finished:
        return
    print(f"{path} …", file=sys.stderr, flush=True)
    options = ["--resume"] if run.config.exists() else [f"--set={each}" for each in settings]
    seqnlp = Path(sys.executable).with_name("seqnlp")
    subprocess.run([seqnlp, "train", task, "--output", str(path), *options], check=True)


def main() -> None:
    """Train a language model and taggers, and show the scores side by side."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    files = Files(arguments.runs / "files")
    model = arguments.runs / "language-model"
    try:
        if not arguments.report:
            files.write(arguments.corpus, arguments.every)
            finish("language-model", model, language_settings(files, arguments.units, arguments.language_set))
            for seed in arguments.seeds:
                for arm in (PLAIN, PRETRAINED):
                    language = model if arm == PRETRAINED else None
                    path = run_path(arguments.runs, arm, seed)
                    finish("tagger", path, tagger_settings(files, seed, language, arguments.set))
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
    parts += [
        f"## {arguments.corpus}, labels of one in {arguments.every} sentences",
        score_table(arguments.runs, arguments.seeds),
        f"A language model of characters with {arguments.units} units in each direction, trained on all "
        f"sentences as plain text in {_minutes(RunDirectory(model))} minutes. Scores are F1 x 100 on test.",
    ]
    publish(parts, arguments.output)


def language_settings(files: Files, units: int, others: Sequence[str]) -> list[str]:
    """Return the settings of the language model."""
    return [
        *(f"data.{split}={json.dumps(str(path))}" for split, path in files.text.items()),
        'format.document="line"',
        'network.direction="both"',
        f"network.units={units}",
        *others,
    ]


def tagger_settings(files: Files, seed: int, model: Path | None, others: Sequence[str]) -> list[str]:
    """Return the settings of a tagger with a seed, and with a language model if there is one."""
    language = [] if model is None else [f"network.language_model={json.dumps(str(model))}"]
    return [
        *(f"data.{split}={json.dumps(str(path))}" for split, path in files.tagged.items()),
        f"training.seed={seed}",
        *language,
        *others,
    ]


def run_path(runs: Path, arm: str, seed: int) -> Path:
    """Return the run directory of a tagger."""
    return runs / f"{arm.replace(' ', '-')}-{seed}"


def score_table(runs: Path, seeds: Sequence[int]) -> str:
    """Return a table of the finished taggers, one row for each arm."""
    scores = {
        arm: [_score(RunDirectory(run_path(runs, arm, seed))) for seed in seeds]
        for arm in (PLAIN, PRETRAINED)
    }
    rows = []
    for arm, found in scores.items():
        pairs = zip(scores[PLAIN], found, strict=True)
        gains = [ours - plain for plain, ours in pairs if plain is not None and ours is not None]
        done = [score for score in found if score is not None]
        minutes = [_minutes(RunDirectory(run_path(runs, arm, seed))) for seed in seeds]
        rows.append(
            [
                arm,
                *(NONE if score is None else f"{score:.2f}" for score in found),
                f"{mean(done):.2f}" if done else NONE,
                f"{mean(gains):+.2f}" if gains and arm != PLAIN else NONE,
                ", ".join(filter(None, minutes)),
            ]
        )
    rows.append(["goal", *(NONE for _ in seeds), NONE, f"{GOAL:+.1f}", NONE])
    return table(["tagger", *(f"seed {seed}" for seed in seeds), "mean", "gain", "minutes"], rows)


def _score(run: RunDirectory) -> float | None:
    return 100 * float(run.read_metrics()["test"]["f1"]) if run.finished else None


def _minutes(run: RunDirectory) -> str:
    return f"{run.read_metrics()['seconds'] / 60:.1f}" if run.finished else NONE


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.pretraining", description=main.__doc__)
    options.add_argument("--corpus", default="conll2002/esp", metavar="NAME")
    options.add_argument("--every", type=int, default=10, metavar="N", help="one of N sentences is labelled")
    options.add_argument("--units", type=int, default=512, metavar="N", help="units of the language model")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    options.add_argument("--runs", type=Path, default=Path("runs/pretraining"), help="directory of the runs")
    options.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--language-set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--report", action="store_true", help="show the finished runs and train nothing")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    return options


if __name__ == "__main__":
    main()
