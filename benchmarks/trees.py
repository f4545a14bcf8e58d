"""How fast a tree classifier is, against Tree-LSTMs in PyTorch on the same machine in the same run.

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

from benchmarks.contest import best, by_size, compared, contender, log, trial
from benchmarks.picture import draw_growth
from benchmarks.report import NONE, machine, publish, table
from benchmarks.rounds import Series, Worker, interleaved
from benchmarks.untrained_trees import SHAPES, UntrainedTrees

PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
UNITS = 150
SIZES = (16, 64, 256)
OWN = 0
"""In place of a batch size: seqnlp makes batches of its own."""
WORDS = (4, 16, 64, 256)
"""Words of the trees that grow."""
TOGETHER = 2048
"""Words of all trees of a turn, at least one tree's."""
ALONE = 200
"""How many trees are labelled one at a time."""
LEVELS, NODES = "level by level", "node by node"
BARS = {LEVELS: "1.0 (aim 2)", NODES: "20"}
SLOWER = 16
"""Of so many batches of training, node by node goes through one."""


def main() -> None:
    """Compare seqnlp with PyTorch, level by level and node by node."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    corpus = Path(os.environ.get("SEQNLP_DATA", "data")) / "sst_trees"
    if not corpus.is_dir():
        sys.exit(f"error: {corpus}: no such folder; SEQNLP_DATA says where it is")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    with TemporaryDirectory() as directory:
        untrained = UntrainedTrees(Path(directory), str(corpus), UNITS)
        log("an untrained model")
        target = "benchmarks.untrained_trees:UntrainedTrees"
        with Worker(target, directory=Path(directory), corpus=str(corpus), units=UNITS) as maker:
            parameters = maker.call("make")
        parts = [
            f"{machine(PACKAGES)} {threads} threads for each contender. Binary Tree-LSTMs of {UNITS} units "
            f"({parameters:,} parameters), the vocabulary of SST's training trees, random weights."
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
    """The options."""
    options = ArgumentParser(prog="python -m benchmarks.trees", description=main.__doc__)
    options.add_argument("--rounds", type=int, default=5, metavar="N", help="turns of each contender")
    options.add_argument("--steps", type=int, default=160, metavar="N", help="batches in a turn of training")
    options.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each contender")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    options.add_argument("--picture", type=Path, help="draw the growth as a PNG")
    return options


def prediction(untrained: UntrainedTrees, rounds: int, threads: int) -> Iterator[str]:
    """Trees in, labels of all nodes out: in batches, then a tree at a time."""
    log("prediction: choosing PyTorch's batch sizes")
    with ExitStack() as stack:
        begin = partial(contender, stack, untrained=untrained, threads=threads)
        ours = begin("ours_trees:Prediction")
        peers = {way: begin("pytorch_trees:Prediction", way=way) for way in BARS}
        trials = {LEVELS: trial(peers[LEVELS], "run", SIZES)}
        chosen = best(trials[LEVELS])
        log(f"prediction: {rounds} rounds")
        sized = ((ours, OWN), (peers[LEVELS], chosen), (peers[NODES], chosen))
        batched = interleaved([partial(worker.speed, "run", size) for worker, size in sized], rounds)
        alone = interleaved([partial(worker.speed, "one_by_one", ALONE) for worker, _ in sized], rounds)
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
    yield compared(f"in batches, PyTorch's of {chosen}", batched, *lines, unit="trees")
    yield compared(f"one of {ALONE} trees at a time", alone, *lines, unit="trees")
    yield (
        "Making trees binary, looking words up and naming labels counts for everyone. PyTorch has the "
        f"weights of seqnlp's model: of {len(labels):,} labels {same[0]:,} are the same level by level and "
        f"{same[1]:,} node by node. Ratios are taken round by round: the median, the lowest and the highest."
    )
    yield by_size(trials, "trees")


def training(untrained: UntrainedTrees, steps: int, rounds: int, threads: int) -> Iterator[str]:
    """Whole steps of training."""
    log(f"training: {rounds} rounds")
    batches = {LEVELS: steps, NODES: max(1, steps // SLOWER)}
    with ExitStack() as stack:
        begin = partial(contender, stack, untrained=untrained, threads=threads)
        workers = [begin("ours_trees:Training", steps=steps)]
        workers += (begin("pytorch_trees:Training", way=way, steps=batches[way]) for way in BARS)
        measured = interleaved([partial(worker.speed, "run") for worker in workers], rounds)
        trees = workers[0].call("run")
    lines = [("seqnlp", NONE), *((f"PyTorch, {way}, fused Adam", bar) for way, bar in BARS.items())]
    yield f"## Training: {steps} batches, {trees:,} trees, whole steps"
    yield compared("in training", measured, *lines, unit="trees")
    yield (
        "The peers get seqnlp's batches ready-made, their levels found before; seqnlp makes them meanwhile. "
        f"Node by node goes through the first {batches[NODES]} batches only. "
        "A first run, with what is compiled in it, does not count."
    )


def growth(untrained: UntrainedTrees, shape: str, rounds: int, threads: int) -> dict[str, dict[int, Series]]:
    """Words a second of trees of one shape as they grow, by each contender."""
    log(f"{shape} trees as they grow")
    places = {"seqnlp": "ours_trees:Prediction", **dict.fromkeys(BARS, "pytorch_trees:Prediction")}
    found: dict[str, dict[int, Series]] = {name: {} for name in places}
    with ExitStack() as stack:
        workers = [
            contender(
                stack,
                place,
                untrained=untrained,
                threads=threads,
                **({"way": name} if name in BARS else {}),
            )
            for name, place in places.items()
        ]
        for words in WORDS:
            trees = max(1, TOGETHER // words)
            turns = [partial(worker.speed, "made_up", shape, words, trees) for worker in workers]
            for name, series in zip(places, interleaved(turns, rounds), strict=True):
                found[name][words] = series
    return found


def grown_tables(grown: Mapping[str, Mapping[str, Mapping[int, Series]]]) -> Iterator[str]:
    """A table for each shape: a line for each size."""
    for shape, speeds in grown.items():
        ours, *others = speeds.values()
        names = ["seqnlp", *(f"PyTorch, {way}" for way in BARS)]
        yield f"## A {shape} tree as it grows, words a second"
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
    yield f"So many trees at a time as have {TOGETHER:,} words together, from trees to labels."


if __name__ == "__main__":
    main()
