"""Score baselines that every network must beat: n-gram classifiers and a grammar. No network is trained.

`python -m benchmarks.baselines --runs runs/quality --output FILE`

Texts, splits and words are those that `seqnlp train` reads. Dev selects the hyperparameters. Scores are
cached next to the runs.
"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from operator import itemgetter
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from threadpoolctl import threadpool_limits

from benchmarks.ngrams import CLASSIFIERS, Candidate, Labels, Matrix, Trainer, extract_ngrams
from benchmarks.pcfg import score_grammars
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.score import Score, Scores
from benchmarks.targets import TARGETS, Target
from seqnlp.data.encoded import Encoded
from seqnlp.errors import SeqnlpError
from seqnlp.files import atomic_write_text
from seqnlp.records import LabelledText
from seqnlp.settings import Settings
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.encoded import EncodedTexts
from seqnlp.tasks.classification.settings import ClassifierSettings
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.corpus import open_source, prepare
from seqnlp.tasks.parsing.settings import ParserSettings
from seqnlp.tasks.parsing.task import ParserTask
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.registry import get_task

PACKAGES = ("scikit-learn",)


def score_baselines(
    name: str, target: Target, overrides: Sequence[str], runs: Path, folds: Sequence[int] | None = None
) -> list[Scores]:
    """Return the scores of the baselines for a target, one per fold, or one for a fixed split.

    Args:
        name: The name of the target.
        target: The target.
        overrides: Settings that differ from the defaults, `SECTION.KEY=VALUE`.
        runs: The directory of the cached scores.
        folds: The numbers of the folds; None for all.

    Returns:
        The scores; empty if the task has no baseline.

    Raises:
        SeqnlpError: The corpus cannot be read.
    """
    if target.task not in _COMPUTED:
        return []
    numbers = target.numbers([0]) if folds is None else folds
    return [_load_or_score(name, target, number, overrides, runs) for number in numbers]


def _load_or_score(name: str, target: Target, number: int, overrides: Sequence[str], runs: Path) -> Scores:
    plain = name.replace("/", "-")
    file = runs / (f"{plain}-{number}.baselines.json" if target.folds else f"{plain}.baselines.json")
    kind: type[Settings] = get_task(target.task).settings()
    settings = kind.load(overrides=overrides, values=target.data_settings(number))
    read = settings.model_dump(mode="json", include={"data", "format", "text"})
    if file.exists():
        cached = json.loads(file.read_text(encoding="utf-8"))
        if cached["settings"] == read:
            return {baseline: Score(**score) for baseline, score in cached["scores"].items()}
    print(f"{file} …", file=sys.stderr, flush=True)
    scores = _COMPUTED[target.task](settings)
    runs.mkdir(parents=True, exist_ok=True)
    found = {"settings": read, "scores": {baseline: asdict(score) for baseline, score in scores.items()}}
    atomic_write_text(file, json.dumps(found, indent=1) + "\n")
    return scores


def score_grammar(settings: ParserSettings) -> Scores:
    """Train and score a grammar."""
    task = ParserTask()
    source = open_source(task, settings)
    splits = {
        name: task.examples(trees, settings, source.on_error, source.repair)
        for name, trees in source.splits.items()
    }
    return {"PCFG": score_grammars(splits)}


def score_ngrams(settings: ClassifierSettings) -> Scores:
    """Train and score n-gram classifiers."""
    return train_and_score(prepare(ClassifierTask(), settings))


_COMPUTED: Mapping[str, Callable[[Any], Scores]] = {"classifier": score_ngrams, "parser": score_grammar}
"""The baselines of each task."""


def train_and_score(
    prepared: Prepared[LabelledText, ClassificationCodec], classifiers: Mapping[str, Trainer] = CLASSIFIERS
) -> Scores:
    """Train each n-gram classifier on a corpus, select its hyperparameters on dev, and score it on test.

    Args:
        prepared: The corpus. Its word ids are those that the network reads.
        classifiers: The kinds of classifiers by name.
    """
    reader = CountVectorizer(analyzer=extract_ngrams, binary=True, dtype=np.float64)
    train, dev, test = (_texts(prepared.encoded[split]) for split in ("train", "dev", "test"))
    texts = reader.fit_transform(_ids(train))
    dev_texts, test_texts = reader.transform(_ids(dev)), reader.transform(_ids(test))
    scores = {}
    # Texts are sparse, so threads would only wait for each other.
    with threadpool_limits(1):
        for name, candidates in classifiers.items():
            best, highest = choose_best(candidates(texts, _classes(train)), dev_texts, _classes(dev))
            scores[name] = Score(dict(best.settings), highest, accuracy(best, test_texts, _classes(test)))
    return scores


def _texts(encoded: Encoded) -> EncodedTexts:
    assert isinstance(encoded, EncodedTexts)
    return encoded


def _ids(texts: EncodedTexts) -> list[list[int]]:
    """Return the word ids of each text."""
    lengths = texts.words.windows.sentence_lengths
    return [text.tolist() for text in np.split(texts.words.words, np.cumsum(lengths)[:-1])]


def _classes(texts: EncodedTexts) -> Labels:
    """Return the label of each text; -1 for a label that is missing from the training data."""
    return np.where(texts.labels.any(axis=1), texts.labels.argmax(axis=1), -1)


def choose_best(candidates: Iterable[Candidate], texts: Matrix, labels: Labels) -> tuple[Candidate, float]:
    """Return the first candidate with the highest accuracy, and its accuracy."""
    scored = ((candidate, accuracy(candidate, texts, labels)) for candidate in candidates)
    return max(scored, key=itemgetter(1))


def accuracy(candidate: Candidate, texts: Matrix, labels: Labels) -> float:
    """Return the fraction of texts with a correct label."""
    return float(np.mean(candidate.predict(texts) == labels))


def baseline_rows(baselines: Sequence[Scores], networks: Sequence[float]) -> list[list[str]]:
    """Return rows for the table of a target: each baseline, and the margin of the networks over it.

    Args:
        baselines: The scores of the baselines, one per fold, or one for a fixed split.
        networks: The test scores of the networks as fractions, one per fold or per seed.

    Returns:
        Two rows per baseline, each with a name, dev and test.
    """
    lines = []
    for name in baselines[0]:
        scores = [each[name] for each in baselines]
        above = [
            100 * (network - score.test)
            for network, score in zip(networks, scores * (len(networks) // len(scores)), strict=True)
        ]
        wins = f"{sum(margin > 0 for margin in above)} of {len(above)}"
        margin = f"{mean(above):+.2f} ({min(above):+.2f} – {max(above):+.2f})"
        lines.append(
            [f"baseline: {name}", _figure([s.dev for s in scores]), _figure([s.test for s in scores])]
        )
        lines.append([f"above {name}: {wins}", NONE, margin])
    return lines


def _figure(values: Sequence[float]) -> str:
    """Return the mean x 100, and the standard deviation if there are several values."""
    spread = f" ± {100 * stdev(values):.2f}" if len(values) > 1 else ""
    return f"{100 * mean(values):.2f}{spread}"


def report(baselines: Sequence[Scores]) -> str:
    """Return a table of the baselines: dev, test, and how often each hyperparameter was selected."""
    lines = []
    for name in baselines[0]:
        scores = [each[name] for each in baselines]
        chosen = Counter(", ".join(f"{key} {value:g}" for key, value in s.chosen.items()) for s in scores)
        often = "; ".join(f"{what} ({count})" for what, count in chosen.most_common())
        lines.append([name, _figure([s.dev for s in scores]), _figure([s.test for s in scores]), often])
    return table(["", "dev", "test", "selected (how often)"], lines)


def main() -> None:
    """Train n-gram classifiers and a grammar on the splits of the networks, and score them."""
    targets = {**TARGETS["classification"], **TARGETS["parsing"]}
    options = ArgumentParser(prog="python -m benchmarks.baselines", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(targets), help="targets; by default all")
    options.add_argument("--runs", type=Path, default=Path("runs/quality"), help="directory of the runs")
    options.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    parts = [describe_machine(PACKAGES)]
    try:
        for name in arguments.corpus or targets:
            baselines = score_baselines(name, targets[name], arguments.set, arguments.runs)
            over = f", {len(baselines)} folds" if len(baselines) > 1 else ""
            parts += [f"## {name}{over}", report(baselines)]
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    parts.append(
        "Classifiers over the presence of unigrams and bigrams: accuracy. A probabilistic context-free "
        "grammar: F1 of labelled constituents. Scores are x 100. Hyperparameters are selected on dev."
    )
    publish(parts, arguments.output)


if __name__ == "__main__":
    main()
