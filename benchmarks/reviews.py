"""Measure what a language model of film reviews gains for classifiers of reviews.

`python -m benchmarks.reviews --runs runs/reviews --output FILE`

A language model of words learns from `film_reviews_raw` in the folder `SEQNLP_DATA`, which has no labels.
Classifiers are cross-validated without it, with its frozen states, and with gradual fine-tuning. Every run
is a separate `seqnlp train`. Finished runs are kept and interrupted runs are resumed, so you can stop the
command and repeat it at any time.
"""

import gzip
import json
import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.arms import Arm, Comparison, side_by_side
from benchmarks.baselines import score_baselines
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.runs import PACKAGES, Run, add_run_options, errors_end_the_command, finish
from benchmarks.targets import TARGETS
from seqnlp.errors import DataError
from seqnlp.files import atomic_write_text
from seqnlp.text.tokenizers import get_tokenizer

GOALS: Mapping[str, tuple[float, float]] = {"movie_reviews": (89.0, 91.0), "sentence_polarity": (80.0, 82.0)}
"""The minimum and the goal of the accuracy on test, in per cent."""
ARMS: Mapping[str, Sequence[str]] = {
    "alone": [],
    "frozen": ["network.fine_tuning=frozen"],
    "fine-tuned": ["network.fine_tuning=gradual", "network.layers=0", "network.pooling=concat"],
}
"""The settings of each arm. All but the first one read the states of the language model."""
LANGUAGE_SETTINGS = ("text.unit=words", "text.lower=true", "text.max_size=10000", "training.window=64")
FOLDS = 10
DEV = 50
"""One of this number of reviews is dev data of the language model."""


@dataclass(frozen=True)
class PlainText:
    """The reviews as plain text, in the words of the classifiers.

    Attributes:
        folder: The folder of the files.
        count: The number of reviews that are used; None for all.
    """

    folder: Path
    count: int | None = None

    @property
    def files(self) -> Mapping[str, Path]:
        """The file of each split, one review per line, its words separated by spaces."""
        number = "all" if self.count is None else str(self.count)
        return {split: self.folder / f"{number}.{split}.txt" for split in ("train", "dev")}

    def write(self) -> None:
        """Write the files, if they do not exist.

        Raises:
            DataError: The reviews cannot be read.
        """
        if all(path.exists() for path in self.files.values()):
            return
        reviews = list(islice(read_reviews(), self.count))
        dev = reviews[::DEV]
        del reviews[::DEV]
        self.folder.mkdir(parents=True, exist_ok=True)
        for split, lines in (("train", reviews), ("dev", dev)):
            atomic_write_text(self.files[split], "".join(f"{line}\n" for line in lines))


def read_reviews() -> Iterator[str]:
    """Yield the words of each review, separated by spaces.

    A language model of words splits texts at white space. A classifier also splits off punctuation, so the
    reviews are tokenized in the same way.

    Raises:
        DataError: The file cannot be read.
    """
    path = Path(os.environ.get("SEQNLP_DATA", "data")) / "film_reviews_raw" / "reviews.txt.gz"
    tokenizer = get_tokenizer("words")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield " ".join(tokenizer.split(line))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read ({error})", path) from error


def main() -> None:
    """Train a language model and classifiers on each fold, and show their accuracy side by side."""
    arguments = parser().parse_args()
    parts = [describe_machine(PACKAGES)]
    text = PlainText(arguments.runs / "files", arguments.reviews)
    model = language_run(text, arguments.language_set, arguments.runs)
    with errors_end_the_command():
        corpora = {
            name: make_arms(
                name, arguments.folds, model, arguments.arms, arguments.set, arguments.arm_set, arguments.runs
            )
            for name in arguments.corpus
        }
        if not arguments.report:
            text.write()
            finish([model], 1)
            finish([run for arms in corpora.values() for run in side_by_side(arms)], arguments.jobs)
        for name, arms in corpora.items():
            target = TARGETS["classification"][name]
            baselines = (
                score_baselines(name, target, arguments.set, arguments.runs, arguments.folds)
                if arguments.baselines
                else []
            )
            comparison = Comparison(arms, "accuracy", "classifier", "fold")
            minimum, goal = ((f"{value:.1f}", NONE) for value in GOALS[name])
            parts += [f"## {name}", comparison.table(baselines, minimum=minimum, goal=goal)]
        parts += ["## Training time", time_table(model, corpora)]
    parts.append(
        f"{describe_model(model)}`seqnlp train classifier`, {arguments.jobs} at a time. Settings of all "
        f"classifiers: {_join(arguments.set)}. {describe_arms(arguments.arms, arguments.arm_set)} Scores are "
        f"accuracy x 100. The gain is the mean difference to the first row on the same fold (lowest – "
        "highest)."
    )
    publish(parts, arguments.output)


def language_run(text: PlainText, overrides: Sequence[str], runs: Path) -> Run:
    """Return the run of the language model."""
    data = {f"data.{split}": str(path) for split, path in text.files.items()}
    settings = {**data, "format.document": "line"}
    return Run("language-model", runs / "language-model", settings, [*LANGUAGE_SETTINGS, *overrides])


def make_arms(
    corpus: str,
    folds: Sequence[int],
    model: Run,
    names: Sequence[str],
    overrides: Sequence[str],
    arm_overrides: Sequence[tuple[str, str]],
    runs: Path,
) -> list[Arm]:
    """Return the runs of a corpus.

    Args:
        corpus: The name of the corpus.
        folds: The numbers of the folds.
        model: The run of the language model.
        names: The names of the arms.
        overrides: Settings of all arms.
        arm_overrides: The name of an arm and a setting of this arm.
        runs: The directory of the runs.
    """
    target = TARGETS["classification"][corpus]
    language = [f"network.language_model={json.dumps(str(model.path))}"]

    def make(name: str) -> Arm:
        own = [*(language if ARMS[name] else []), *arm_settings(name, arm_overrides)]
        changed = [*overrides, *own]
        return Arm(name, [Run.of_target(corpus, target, fold, changed, runs / name) for fold in folds])

    return [make(name) for name in names]


def arm_settings(name: str, arm_overrides: Sequence[tuple[str, str]]) -> list[str]:
    """Return the settings of an arm, without the path of the language model."""
    return [*ARMS[name], *(setting for arm, setting in arm_overrides if arm == name)]


def time_table(model: Run, corpora: Mapping[str, Sequence[Arm]]) -> str:
    """Return a table of the time of all commands that trained, in minutes."""
    rows = [["language model", str(int(model.finished)), model.minutes, model.minutes]]
    for name, arms in corpora.items():
        for arm in arms:
            seconds = [run.seconds for run in arm.finished if run.seconds is not None]
            each = f"{sum(seconds) / len(seconds) / 60:.1f}" if seconds else NONE
            total = f"{sum(seconds) / 60:.1f}" if seconds else NONE
            rows.append([f"{name}, {arm.name}", str(len(seconds)), each, total])
    return table(["part", "runs", "minutes of each run", "minutes in total"], rows)


def describe_model(model: Run) -> str:
    """Return a sentence about the language model, if it is finished."""
    if not model.finished:
        return ""
    found = model.metrics
    return (
        f"Language model: {_join(model.overrides)}; {found['parameters']:,} parameters, best epoch "
        f"{model.epochs}, perplexity {found['dev']['perplexity']:.1f} on dev. "
    )


def describe_arms(names: Sequence[str], arm_overrides: Sequence[tuple[str, str]]) -> str:
    """Return a sentence with the settings of each arm."""
    own = (f"{name}: {_join(arm_settings(name, arm_overrides))}" for name in names)
    return f"Settings of each: {'; '.join(own)}."


def _arm_setting(text: str) -> tuple[str, str]:
    """Return the arm and the setting of an option."""
    arm, _, setting = text.partition(":")
    if arm not in ARMS or not setting:
        raise ArgumentTypeError(f"{text!r} is not ARM:SECTION.KEY=VALUE; arms are {', '.join(ARMS)}")
    return arm, setting


def _join(settings: Sequence[str]) -> str:
    """Return settings as text. Of several values of a setting, only the last one counts."""
    last = {setting.partition("=")[0]: setting for setting in settings}
    return ", ".join(f"`{setting}`" for setting in last.values()) or "defaults"


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.reviews", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(GOALS), default=list(GOALS), metavar="NAME")
    options.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS), metavar="ARM")
    options.add_argument(
        "--folds",
        nargs="+",
        type=int,
        choices=range(1, FOLDS + 1),
        default=list(range(1, FOLDS + 1)),
        metavar="N",
        help=f"numbers of the test folds, of {FOLDS}; by default all",
    )
    options.add_argument(
        "--reviews", type=int, metavar="N", help="use only the first N reviews as plain text"
    )
    options.add_argument(
        "--language-set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="setting of the language model",
    )
    options.add_argument(
        "--arm-set",
        type=_arm_setting,
        action="append",
        default=[],
        metavar="ARM:SECTION.KEY=VALUE",
        help="setting of one arm",
    )
    options.add_argument(
        "--baselines", action="store_true", help="also score n-gram classifiers on the same folds"
    )
    options.add_argument("--report", action="store_true", help="show the finished runs and train nothing")
    add_run_options(options, "runs/reviews")
    return options


if __name__ == "__main__":
    main()
