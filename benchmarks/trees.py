"""Measure the speed of a tree classifier and of PyTorch Tree-LSTMs on the same machine in the same run.

`SEQNLP_DATA=DIRECTORY python -m benchmarks.trees --output FILE`

The trees are those of the Stanford Sentiment Treebank, in the folder `sst_trees` of that directory.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contest import best_size, comparison_table, log, size_table, start_contender, try_sizes
from benchmarks.picture import draw_growth
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.rounds import Series, Worker, run_interleaved
from benchmarks.untrained_trees import SHAPES, UntrainedTrees

PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
UNITS = 150
SIZES = (16, 64, 256)
OWN = 0
"""The batch size with which seqnlp chooses its own batches."""
WORDS = (4, 16, 64, 256)
"""Numbers of words of the synthetic trees."""
TURN_WORDS = 2048
"""Number of words of all synthetic trees of a turn, unless one tree is larger."""
ALONE = 200
"""Number of trees that are labelled one at a time."""
LEVELS, NODES = "level by level", "node by node"
BARS = {LEVELS: "1.0 (goal 2)", NODES: "20"}
SLOWER = 16
"""The slow node-by-node contender trains on one batch of this number of batches."""


def main() -> None:
    """Compare seqnlp with PyTorch, level by level and node by node."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    corpus = Path(os.environ.get("SEQNLP_DATA", "data")) / "sst_trees"
    if not corpus.is_dir():
        sys.exit(f"error: {corpus}: no such folder; set SEQNLP_DATA to its parent folder")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    with TemporaryDirectory() as directory:
        untrained = UntrainedTrees(Path(directory), str(corpus), UNITS)
        log("an untrained model")
        target = "benchmarks.untrained_trees:UntrainedTrees"
        with Worker(target, directory=Path(directory), corpus=str(corpus), units=UNITS) as maker:
            parameters = maker.call("make")
        parts = [
            f"{describe_machine(PACKAGES)} {threads} threads for each contender. Binary Tree-LSTMs of "
            f"{UNITS} units ({parameters:,} parameters), the vocabulary of SST's training trees, random "
            "weights."
        ]
        parts += prediction(untrained, rounds, threads)
        parts += training(untrained, arguments.steps, rounds, threads)
        grown = {shape: growth(untrained, shape, rounds, threads) for shape in SHAPES}
    parts += grown_tables(grown)
    publish(parts, arguments.output)
    if arguments.picture is not None:
        panels = {
            f"words of a {shape} tree": {
                f"PyTorch, {name}" if name in BARS else name: series for name, series in speeds.items()
            }
            for shape, speeds in grown.items()
        }
        draw_growth(panels, arguments.picture, unit="words")


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.trees", description=main.__doc__)
    options.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="number of turns of each contender"
    )
    options.add_argument(
        "--steps", type=int, default=160, metavar="N", help="number of batches per turn of training"
    )
    options.add_argument(
        "--threads", type=int, default=2, metavar="N", help="number of threads of each contender"
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    options.add_argument("--picture", type=Path, help="PNG file of a picture of the growth")
    return options


def prediction(untrained: UntrainedTrees, rounds: int, threads: int) -> Iterator[str]:
    """Measure prediction from trees to the labels of all nodes: in batches, and one tree at a time."""
    log("prediction: choosing PyTorch's batch sizes")
    with ExitStack() as stack:
        begin = partial(start_contender, stack, untrained=untrained, threads=threads)
        ours = begin("ours_trees:Prediction")
        peers = {way: begin("pytorch_trees:Prediction", way=way) for way in BARS}
        trials = {LEVELS: try_sizes(peers[LEVELS], "run", SIZES)}
        chosen = best_size(trials[LEVELS])
        log(f"prediction: {rounds} rounds")
        sized = ((ours, OWN), (peers[LEVELS], chosen), (peers[NODES], chosen))
        batched = run_interleaved([partial(worker.speed, "run", size) for worker, size in sized], rounds)
        alone = run_interleaved([partial(worker.speed, "one_by_one", ALONE) for worker, _ in sized], rounds)
        labels = ours.call("labels", OWN)
        same = [
            sum(one == other for one, other in zip(labels, peer.call("labels", chosen), strict=True))
            for peer in peers.values()
        ]
        trees = ours.call("run", OWN)
    lines = [
        ("seqnlp `TreeClassifier.predict`", NONE),
        *((f"PyTorch, {way}", bar) for way, bar in BARS.items()),
    ]
    yield f"## Prediction: {trees:,} trees, {len(labels):,} nodes, to labels"
    yield comparison_table(f"in batches, PyTorch's of {chosen}", batched, *lines, unit="trees")
    yield comparison_table(f"one of {ALONE} trees at a time", alone, *lines, unit="trees")
    yield (
        "All times include binarizing trees, looking up words and naming labels. PyTorch has the "
        f"weights of seqnlp's model: of {len(labels):,} labels {same[0]:,} are the same level by level and "
        f"{same[1]:,} node by node. Ratios are computed round by round: median, lowest and highest."
    )
    yield size_table(trials, "trees")


def training(untrained: UntrainedTrees, steps: int, rounds: int, threads: int) -> Iterator[str]:
    """Measure whole training steps."""
    log(f"training: {rounds} rounds")
    batches = {LEVELS: steps, NODES: max(1, steps // SLOWER)}
    with ExitStack() as stack:
        begin = partial(start_contender, stack, untrained=untrained, threads=threads)
        workers = [begin("ours_trees:Training", steps=steps)]
        workers += (begin("pytorch_trees:Training", way=way, steps=batches[way]) for way in BARS)
        measured = run_interleaved([partial(worker.speed, "run") for worker in workers], rounds)
        trees = workers[0].call("run")
    lines = [("seqnlp", NONE), *((f"PyTorch, {way}, fused Adam", bar) for way, bar in BARS.items())]
    yield f"## Training: {steps} batches, {trees:,} trees, whole steps"
    yield comparison_table("in training", measured, *lines, unit="trees")
    yield (
        "PyTorch has seqnlp's batches and their levels ready. seqnlp makes them at the same time. "
        f"Node by node trains on the first {batches[NODES]} batches only. "
        "The first run, which compiles, does not count."
    )


def growth(untrained: UntrainedTrees, shape: str, rounds: int, threads: int) -> dict[str, dict[int, Series]]:
    """Return the words per second for trees of one shape and growing size, for each contender."""
    log(f"{shape} trees as they grow")
    places = {"seqnlp": "ours_trees:Prediction", **dict.fromkeys(BARS, "pytorch_trees:Prediction")}
    found: dict[str, dict[int, Series]] = {name: {} for name in places}
    with ExitStack() as stack:
        workers = [
            start_contender(
                stack,
                place,
                untrained=untrained,
                threads=threads,
                **({"way": name} if name in BARS else {}),
            )
            for name, place in places.items()
        ]
        for words in WORDS:
            trees = max(1, TURN_WORDS // words)
            turns = [partial(worker.speed, "run_synthetic", shape, words, trees) for worker in workers]
            for name, series in zip(places, run_interleaved(turns, rounds), strict=True):
                found[name][words] = series
    return found


def grown_tables(grown: Mapping[str, Mapping[str, Mapping[int, Series]]]) -> Iterator[str]:
    """Yield a table per shape, with a row per size."""
    for shape, speeds in grown.items():
        ours, *others = speeds.values()
        names = ["seqnlp", *(f"PyTorch, {way}" for way in BARS)]
        yield f"## A {shape} tree of growing size, words per second"
        yield table(
            ["words", *names, *(f"seqnlp to {name}" for name in names[1:])],
            [
                [
                    str(words),
                    str(ours[words]),
                    *(str(other[words]) for other in others),
                    *(ours[words].ratio(other[words]) for other in others),
                ]
                for words in WORDS
            ],
        )
    yield f"From trees to labels, with {TURN_WORDS:,} words at a time."


if __name__ == "__main__":
    main()
