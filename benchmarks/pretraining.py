"""Measure what a language model of plain text gains for a tagger with few labels.

`python -m benchmarks.pretraining --runs runs/pretraining --output FILE`

All training sentences are the plain text of a language model, and every tenth one keeps its labels. Taggers
are trained on these with and without the language model. Every run is a separate `seqnlp train`. Finished
runs are kept and interrupted runs are resumed, so you can stop the command and repeat it at any time.
"""

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arms import Arm, Comparison, side_by_side
from benchmarks.report import NONE, describe_machine, publish
from benchmarks.runs import PACKAGES, Run, add_run_options, errors_end_the_command, finish
from benchmarks.targets import Target
from seqnlp import corpora
from seqnlp.files import atomic_write_text
from seqnlp.records import TaggedSentence

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


def main() -> None:
    """Train a language model and taggers, and show the scores side by side."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    files = Files(arguments.runs / "files")
    model = language_run(files, arguments.units, arguments.language_set, arguments.runs)
    arms = make_arms(files, arguments.seeds, model, arguments.set, arguments.runs)
    with errors_end_the_command():
        if not arguments.report:
            files.write(arguments.corpus, arguments.every)
            finish([model], 1)
            finish(side_by_side(arms), arguments.jobs)
        scores = Comparison(arms, "f1", "tagger").table(goal=(NONE, f"{GOAL:+.1f}"))
    parts += [
        f"## {arguments.corpus}, labels of one in {arguments.every} sentences",
        scores,
        f"A language model of characters with {arguments.units} units in each direction, trained on all "
        f"sentences as plain text in {model.minutes or '…'} minutes. Scores are F1 x 100.",
    ]
    publish(parts, arguments.output)


def language_run(files: Files, units: int, others: Sequence[str], runs: Path) -> Run:
    """Return the run of the language model."""
    settings = {
        **{f"data.{split}": str(path) for split, path in files.text.items()},
        "format.document": "line",
        "network.direction": "both",
        "network.units": units,
    }
    return Run("language-model", runs / "language-model", settings, others)


def make_arms(
    files: Files, seeds: Sequence[int], model: Run, overrides: Sequence[str], runs: Path
) -> list[Arm]:
    """Return the taggers without and with a language model, one for each seed."""
    data = {f"data.{split}": str(path) for split, path in files.tagged.items()}
    target = Target("tagger", data, {})
    changes = {PLAIN: [], PRETRAINED: [f"network.language_model={json.dumps(str(model.path))}"]}
    return [
        Arm(
            name,
            [
                Run.of_target(name.replace(" ", "-"), target, seed, [*overrides, *changed], runs)
                for seed in seeds
            ],
        )
        for name, changed in changes.items()
    ]


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.pretraining", description=main.__doc__)
    options.add_argument("--corpus", default="conll2002/esp", metavar="NAME")
    options.add_argument("--every", type=int, default=10, metavar="N", help="one of N sentences is labelled")
    options.add_argument("--units", type=int, default=512, metavar="N", help="units of the language model")
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    options.add_argument("--language-set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--report", action="store_true", help="show the finished runs and train nothing")
    add_run_options(options, "runs/pretraining")
    return options


if __name__ == "__main__":
    main()
