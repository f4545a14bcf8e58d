"""How well n-grams classify and grammars parse, which every network has to beat.

`python -m benchmarks.floors --runs runs/quality --output FILE`; no network is trained.

Texts, parts and words are those that `seqnlp train` reads. What there is to choose is chosen on dev. Scores
are kept beside the runs and not computed again.
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

from benchmarks.ngrams import FLOORS, Candidate, Labels, Matrix, grams
from benchmarks.pcfg import grammar_score
from benchmarks.report import NONE, machine, publish, table
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


def floors_of(name: str, target: Target, overrides: Sequence[str], runs: Path) -> list[Scores]:
    """The floors under a target: of each fold, or of the one split.

    Args:
        name: The target's name.
        target: The target.
        overrides: Settings that are not the default, `SECTION.KEY=VALUE`.
        runs: The directory where they are kept.

    Returns:
        The scores; none where the task has no floor.

    Raises:
        SeqnlpError: The corpus cannot be read.
    """
    if target.task not in _COMPUTED:
        return []
    return [_kept(name, target, number, overrides, runs) for number in target.numbers([0])]


def _kept(name: str, target: Target, number: int, overrides: Sequence[str], runs: Path) -> Scores:
    plain = name.replace("/", "-")
    file = runs / (f"{plain}-{number}.floors.json" if target.folds else f"{plain}.floors.json")
    kind: type[Settings] = get_task(target.task).settings()
    settings = kind.load(overrides=overrides, values=target.parts(number))
    read = settings.model_dump(mode="json", include={"data", "format", "text"})
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["settings"] == read:
            return {floor: Score(**score) for floor, score in kept["scores"].items()}
    print(f"{file} …", file=sys.stderr, flush=True)
    scores = _COMPUTED[target.task](settings)
    runs.mkdir(parents=True, exist_ok=True)
    found = {"settings": read, "scores": {floor: asdict(score) for floor, score in scores.items()}}
    atomic_write_text(file, json.dumps(found, indent=1) + "\n")
    return scores


def by_grammar(settings: ParserSettings) -> Scores:
    """Parse with a grammar."""
    task = ParserTask()
    source = open_source(task, settings)
    splits = {
        name: task.examples(trees, settings, source.on_error, source.repair)
        for name, trees in source.splits.items()
    }
    return {"PCFG": grammar_score(splits)}


def by_ngrams(settings: ClassifierSettings) -> Scores:
    """Classify by n-grams."""
    return computed(prepare(ClassifierTask(), settings))


_COMPUTED: Mapping[str, Callable[[Any], Scores]] = {"classifier": by_ngrams, "parser": by_grammar}
"""What each task is held to; of others nothing."""


def computed(prepared: Prepared[LabelledText, ClassificationCodec]) -> Scores:
    """Train every floor on a corpus, choose on dev, and score on test.

    Args:
        prepared: The corpus; words are looked up as the network looks them up.
    """
    reader = CountVectorizer(analyzer=grams, binary=True, dtype=np.float64)
    train, dev, test = (_texts(prepared.encoded[split]) for split in ("train", "dev", "test"))
    texts = reader.fit_transform(_ids(train))
    dev_texts, test_texts = reader.transform(_ids(dev)), reader.transform(_ids(test))
    scores = {}
    # Texts are sparse: threads would only wait for each other.
    with threadpool_limits(1):
        for name, candidates in FLOORS.items():
            best, highest = best_of(candidates(texts, _classes(train)), dev_texts, _classes(dev))
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


def best_of(candidates: Iterable[Candidate], texts: Matrix, labels: Labels) -> tuple[Candidate, float]:
    """The candidate that does best, the first of equals, and its accuracy."""
    scored = ((candidate, accuracy(candidate, texts, labels)) for candidate in candidates)
    return max(scored, key=itemgetter(1))


def accuracy(candidate: Candidate, texts: Matrix, labels: Labels) -> float:
    """The share of texts whose label is right."""
    return float(np.mean(candidate.predict(texts) == labels))


def floor_rows(floors: Sequence[Scores], networks: Sequence[float]) -> list[list[str]]:
    """Lines for the table of a target: each floor, and how far the networks are above it.

    Args:
        floors: Of each fold, or of the one split.
        networks: The test scores of the networks, fractions: one a fold, or one a seed.

    Returns:
        For each floor two lines of a name, dev and test.
    """
    lines = []
    for name in floors[0]:
        scores = [each[name] for each in floors]
        above = [
            100 * (network - score.test)
            for network, score in zip(networks, scores * (len(networks) // len(scores)), strict=True)
        ]
        wins = f"{sum(margin > 0 for margin in above)} of {len(above)}"
        margin = f"{mean(above):+.2f} ({min(above):+.2f} – {max(above):+.2f})"
        lines.append([f"floor: {name}", _figure([s.dev for s in scores]), _figure([s.test for s in scores])])
        lines.append([f"above {name}: {wins}", NONE, margin])
    return lines


def _figure(values: Sequence[float]) -> str:
    """The mean x 100, and the standard deviation of several."""
    spread = f" ± {100 * stdev(values):.2f}" if len(values) > 1 else ""
    return f"{100 * mean(values):.2f}{spread}"


def report(floors: Sequence[Scores]) -> str:
    """A table of the floors alone: dev, test, and what was chosen how often."""
    lines = []
    for name in floors[0]:
        scores = [each[name] for each in floors]
        chosen = Counter(", ".join(f"{key} {value:g}" for key, value in s.chosen.items()) for s in scores)
        often = "; ".join(f"{what} ({count})" for what, count in chosen.most_common())
        lines.append([name, _figure([s.dev for s in scores]), _figure([s.test for s in scores]), often])
    return table(["", "dev", "test", "chosen (how often)"], lines)


def main() -> None:
    """Train n-gram classifiers and a grammar on the parts that networks are trained on; show how they do."""
    targets = {**TARGETS["classification"], **TARGETS["parsing"]}
    options = ArgumentParser(prog="python -m benchmarks.floors", description=main.__doc__)
    options.add_argument("--corpus", nargs="+", choices=list(targets), help="only these; by default all")
    options.add_argument("--runs", type=Path, default=Path("runs/quality"), help="the directory of the runs")
    options.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    arguments = options.parse_args()
    parts = [machine(PACKAGES)]
    try:
        for name in arguments.corpus or targets:
            floors = floors_of(name, targets[name], arguments.set, arguments.runs)
            over = f", {len(floors)} folds" if len(floors) > 1 else ""
            parts += [f"## {name}{over}", report(floors)]
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    parts.append(
        "Uni- and bigrams, present or not: accuracy. A probabilistic context-free grammar: F1 of labelled "
        "constituents. Scores are x 100. What is chosen is chosen on dev."
    )
    publish(parts, arguments.output)


if __name__ == "__main__":
    main()
