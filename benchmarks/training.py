"""Measure the speed of training with seqnlp, stock Keras and PyTorch on the same machine in the same run.

`python -m benchmarks.training --output FILE --picture FILE`
"""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contest import comparison_table, log, start_contender
from benchmarks.picture import draw_growth
from benchmarks.report import describe_machine, publish, table
from benchmarks.rounds import Series, Worker, run_interleaved
from benchmarks.tagging import CORPUS, PACKAGES
from benchmarks.untrained import UntrainedTagger

LIBRARIES = {"seqnlp": "ours", "Keras": "stock_keras", "PyTorch": "pytorch"}
GROWTH = {
    "length": [(200, 32, time) for time in (25, 50, 100, 200, 400)],
    "units": [(units, 32, 25) for units in (100, 200, 400, 800)],
    "batch": [(200, batch, 25) for batch in (8, 16, 32, 64, 128)],
}
"""Units, rows and time steps of a layer. One of them grows."""
EVERY = 10**9  # more batches than an epoch has
STEPS_A_TURN = 4096  # approximate time steps of a turn of a single layer


def main() -> None:
    """Compare whole training steps of a tagger and of a classifier, and single layers of growing sizes."""
    arguments = parser().parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    conditions = describe_machine(PACKAGES)
    with TemporaryDirectory() as directory:
        untrained = UntrainedTagger(Path(directory), CORPUS)
        with Worker(
            "benchmarks.untrained:UntrainedTagger", directory=Path(directory), corpus=CORPUS
        ) as maker:
            parameters = maker.call("make")
        parts = [
            f"{conditions} {arguments.threads} threads for each contender. The tagger has the default sizes "
            f"({parameters:,} parameters). Ratios are computed round by round: median, lowest and highest."
        ]
        parts += whole_steps(untrained, arguments)
        parts += compilation(untrained, arguments.threads)
    grown = {what: growth(what, shapes, arguments) for what, shapes in GROWTH.items()}
    for what, shapes in GROWTH.items():
        parts += [f"## A Bi-LSTM as its {what} grows", grown_table(what, shapes, grown[what])]
    parts.append(
        "Time steps per second: forward and backward pass of a layer as wide as its inputs, without padding."
    )
    publish(parts, arguments.output)
    if arguments.picture is not None:
        draw_growth({what: by_library(what, speeds) for what, speeds in grown.items()}, arguments.picture)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.training", description=main.__doc__)
    options.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="number of turns of each contender"
    )
    options.add_argument("--steps", type=int, default=300, metavar="N", help="number of batches per turn")
    options.add_argument(
        "--threads", type=int, default=2, metavar="N", help="number of threads of each contender"
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    options.add_argument("--picture", type=Path, help="PNG file of a picture of the growth")
    return options


def whole_steps(untrained: UntrainedTagger, arguments: Namespace) -> Iterator[str]:
    """Measure forward pass, backward pass and optimizer for the tagger and for a classifier."""
    for what, ending, bars in (
        ("the tagger", "", ("", "1.8", "1.0 (goal 1.5)")),
        ("a Bi-GRU classifier", "_classifier", ("", "1.8", "1.0 (goal 1.5)")),
    ):
        log(f"training {what}: {arguments.rounds} rounds")
        with ExitStack() as stack:
            workers = [
                start_contender(
                    stack,
                    f"{module}{ending}:Training",
                    untrained=untrained,
                    steps=arguments.steps,
                    threads=arguments.threads,
                )
                for module in LIBRARIES.values()
            ]
            measured = run_interleaved([partial(worker.speed, "run") for worker in workers], arguments.rounds)
        yield f"## Training {what}, whole steps"
        yield comparison_table(what, measured, *zip(LIBRARIES, bars, strict=True))


def compilation(untrained: UntrainedTagger, threads: int) -> Iterator[str]:
    """Report the fraction of training time that is compilation: the extra time of the first epoch."""
    log("a whole epoch, twice")
    target = "benchmarks.contenders.ours:Training"
    with Worker(target, untrained=untrained, steps=EVERY, threads=threads) as ours:
        shapes = ours.call("shapes")
        first, second = (1 / ours.speed("run") for _ in range(2))
        tokens, steps = ours.call("size")
    epochs = untrained.settings.training.max_epochs(tokens, steps)
    compiling = max(0.0, first - second) * tokens
    share = compiling / (compiling + epochs * second * tokens)
    yield "## Compilation"
    yield (
        f"An epoch of {CORPUS} has batches of {shapes} shapes. Its first run took {first * tokens:.1f} s, "
        f"its second {second * tokens:.1f} s: {compiling:.1f} s are compilation, {share:.1%} of the time "
        f"of {epochs} epochs."
    )


def growth(what: str, shapes: Sequence[tuple[int, int, int]], arguments: Namespace) -> list[list[Series]]:
    """Return the time steps per second of a Bi-LSTM of each shape, for each library."""
    log(f"a layer as its {what} grows")
    with ExitStack() as stack:
        workers = [
            start_contender(stack, f"{module}:Layer", cell="lstm", threads=arguments.threads)
            for module in LIBRARIES.values()
        ]
        return [
            run_interleaved(
                [
                    partial(worker.speed, "run", *shape, max(1, STEPS_A_TURN // (shape[1] * shape[2])))
                    for worker in workers
                ],
                arguments.rounds,
            )
            for shape in shapes
        ]


def axis(what: str, shape: tuple[int, int, int]) -> int:
    """Return the growing size of a shape."""
    units, batch, time = shape
    return {"length": time, "units": units, "batch": batch}[what]


def by_library(what: str, speeds: Sequence[Sequence[Series]]) -> dict[str, dict[int, Series]]:
    """Return the speeds of each library by size."""
    sizes = [axis(what, shape) for shape in GROWTH[what]]
    return {
        name: {size: each[place] for size, each in zip(sizes, speeds, strict=True)}
        for place, name in enumerate(LIBRARIES)
    }


def grown_table(what: str, shapes: Sequence[tuple[int, int, int]], speeds: Sequence[Sequence[Series]]) -> str:
    """Return a table with a row per shape."""
    ours, *_ = LIBRARIES
    header = [what, *LIBRARIES, *(f"{ours} to {name}" for name in list(LIBRARIES)[1:])]
    rows = [
        [str(axis(what, shape)), *map(str, each), *(each[0].ratio(other) for other in each[1:])]
        for shape, each in zip(shapes, speeds, strict=True)
    ]
    return table(header, rows)


if __name__ == "__main__":
    main()
