r"""Measure the speed of a translator and of its peers on the same machine in the same run.

`python -m benchmarks.translation --run RUN --output FILE`

The run is one of `seqnlp train translator`, because an untrained network would generate up to the length
limit. JoeyNMT takes part if it is installed in a separate directory, because its requirements conflict:

    pip install --no-deps --target DIRECTORY joeynmt==2.3.0 datasets==2.21.0 importlib_metadata==8.5.0 \
        zipp sacremoses sentencepiece subword-nmt dill xxhash multiprocess pyarrow pandas pytz tzdata \
        python-dateutil pyyaml portalocker tensorboard tensorboard-data-server markdown werkzeug
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.contest import best_size, comparison_table, log, size_table, start_contender, try_sizes
from benchmarks.report import NONE, describe_machine, publish, table
from benchmarks.rounds import Worker, run_interleaved
from benchmarks.serving import measure_start_up, measure_text_memory
from benchmarks.trained import TrainedTranslator
from seqnlp.errors import SeqnlpError

PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
BEAMS = {1: "greedy search", 5: "a beam of 5"}
SIZES = (8, 16, 32, 64, 128, 256)
OWN = 0
"""The batch size with which seqnlp chooses its own batches."""
LIMITS = (50, 500)
ROWS = 64
"""Sentences of a timed batch, as in seqnlp's batches with a beam size of 5."""


def main() -> None:
    """Compare seqnlp with a hand-written PyTorch translator and JoeyNMT."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    conditions = describe_machine(PACKAGES)
    with TemporaryDirectory() as temporary:
        directory = Path(temporary)
        model = TrainedTranslator(arguments.run, directory)
        log("the run's corpus and weights")
        try:
            with Worker(
                "benchmarks.trained:TrainedTranslator", run=arguments.run, directory=directory
            ) as maker:
                parameters, described = maker.call("make")
        except SeqnlpError as error:
            sys.exit(f"error: {error}")
        settings = model.settings
        texts = [pair.source for pair in model.prepared.held_out["test"].examples][: arguments.sentences]
        corpus = settings.data.corpus or "the run's corpus"
        parts = [
            f"{conditions} {threads} threads for each contender. A translator of {parameters:,} parameters, "
            f"trained on {corpus}: {described}."
        ]
        parts += prediction(model, texts, arguments.alone, rounds, threads)
        if arguments.joeynmt is not None:
            parts += joeynmt_prediction(model, texts, rounds, threads, arguments.joeynmt)
        parts += early_ending(model, texts, rounds, threads)
        parts += training(model, arguments.steps, rounds, threads, arguments.joeynmt)
        log(f"start-up: {rounds} pairs")
        parts += measure_start_up(model.model, texts[0], rounds)
        log(f"memory: {arguments.lines:,} sentences")
        parts += measure_text_memory(model.model, texts, arguments.lines, directory / "text")
    publish(parts, arguments.output)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.translation", description=main.__doc__)
    options.add_argument("--run", type=Path, required=True, help="run directory of a translator")
    options.add_argument(
        "--sentences", type=int, metavar="N", help="only the first N sentences of the test split"
    )
    options.add_argument(
        "--alone", type=int, default=200, metavar="N", help="number of sentences translated one at a time"
    )
    options.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="number of turns of each contender"
    )
    options.add_argument(
        "--steps", type=int, default=60, metavar="N", help="number of batches per turn of training"
    )
    options.add_argument(
        "--lines", type=int, default=10_000, metavar="N", help="number of lines of the longest input"
    )
    options.add_argument(
        "--threads", type=int, default=2, metavar="N", help="number of threads of each contender"
    )
    options.add_argument(
        "--joeynmt", type=Path, metavar="DIRECTORY", help="directory in which JoeyNMT is installed"
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    return options


def prediction(
    model: TrainedTranslator, texts: Sequence[str], alone: int, rounds: int, threads: int
) -> Iterator[str]:
    """Measure translation, text to text: in batches and one at a time, greedy and with a beam."""
    with ExitStack() as stack:
        begin = partial(start_contender, stack, model=model, texts=texts, threads=threads)
        ours, torch, parallel = (
            begin(place)
            for place in (
                "ours_translator:Prediction",
                "pytorch_translator:Prediction",
                "pytorch_translator:Parallel",
            )
        )
        for beam_size, search in BEAMS.items():
            log(f"{search}: choosing PyTorch's batch sizes")
            trials = {
                "PyTorch": try_sizes(torch, "run", SIZES, beam_size),
                "PyTorch, a batch on each thread": try_sizes(parallel, "run", SIZES, beam_size),
            }
            on_torch, on_parallel = map(best_size, trials.values())
            log(f"{search}: {rounds} rounds")
            sized = ((ours, OWN), (torch, on_torch), (parallel, on_parallel))
            batched = run_interleaved(
                [partial(worker.speed, "run", size, beam_size) for worker, size in sized], rounds
            )
            log(f"{search}, one sentence at a time: {rounds} rounds")
            single = run_interleaved(
                [partial(worker.speed, "one_by_one", alone, beam_size) for worker in (ours, torch)], rounds
            )
            pairs = zip(
                ours.call("subwords", OWN, beam_size),
                torch.call("subwords", on_torch, beam_size),
                strict=True,
            )
            same = sum(one == other for one, other in pairs)
            written = ours.call("run", OWN, beam_size)
            yield f"## {search.capitalize()}: {len(texts):,} sentences to {written:,} subwords, text to text"
            yield comparison_table(
                "in batches",
                batched,
                ("seqnlp `Translator.predict`", NONE),
                (f"PyTorch, batches of {on_torch}", "2 (goal 5)"),
                (f"the same, a batch of {on_parallel} on each thread", "2 (goal 5)"),
                unit="subwords",
            )
            yield comparison_table(
                f"one of {min(alone, len(texts)):,} sentences at a time",
                single,
                ("seqnlp `Translator.predict`", NONE),
                ("PyTorch", NONE),
                unit="subwords",
            )
            yield (
                f"PyTorch has the weights of seqnlp's model and follows the same rules: {same:,} of the "
                f"{len(texts):,} hypotheses are the same."
            )
            yield size_table(trials, "subwords")
    yield (
        "Subwords are those of the hypotheses, including their end symbols. All times include splitting "
        "texts into subwords, sorting, padding and joining subwords with seqnlp's codec. seqnlp also returns "
        "the attention weights. Ratios are computed round by round: median, lowest and highest."
    )


def joeynmt_prediction(
    model: TrainedTranslator, texts: Sequence[str], rounds: int, threads: int, joeynmt: Path
) -> Iterator[str]:
    """Measure translation, text to text, in batches, against the searches of JoeyNMT."""
    yield f"## JoeyNMT's RNN, input feeding: {len(texts):,} sentences, text to text"
    with ExitStack() as stack:
        begin = partial(start_contender, stack, model=model, texts=texts, threads=threads)
        ours = begin("ours_translator:Prediction")
        written = {
            size: [len(subwords) + 1 for subwords in ours.call("subwords", OWN, size)] for size in BEAMS
        }
        peer = begin("joeynmt_translator:Search", packages=joeynmt.resolve(), written=written)
        for beam_size, search in BEAMS.items():
            log(f"{search}: choosing JoeyNMT's batch size")
            trials = try_sizes(peer, "run", SIZES, beam_size)
            size = best_size(trials)
            log(f"{search}: {rounds} rounds")
            runs = [partial(ours.speed, "run", OWN, beam_size), partial(peer.speed, "run", size, beam_size)]
            yield comparison_table(
                search,
                run_interleaved(runs, rounds),
                ("seqnlp `Translator.predict`", NONE),
                (f"JoeyNMT, batches of {size}", "2 (goal 5)"),
                unit="subwords",
            )
            yield size_table({"JoeyNMT": trials}, "subwords")
    yield (
        "JoeyNMT's network is not trained. Its searches take as many steps as seqnlp's hypotheses have "
        "subwords: the maximum of a batch with greedy search, the mean with a beam."
    )


def early_ending(model: TrainedTranslator, texts: Sequence[str], rounds: int, threads: int) -> Iterator[str]:
    """Report the time of a batch by the length of its longest hypothesis, with a low and a high limit."""
    log(f"early ending: {rounds} rounds")
    ordered = sorted(texts, key=lambda text: len(model.codec.source.encode(text)))
    batches = [ordered[first : first + ROWS] for first in range(0, len(ordered), ROWS)]
    with ExitStack() as stack:
        ours = start_contender(stack, "ours_translator:Prediction", model=model, texts=(), threads=threads)
        measured = [
            [[ours.call("timed", batch, limit) for limit in LIMITS] for batch in batches]
            for _ in range(rounds + 1)
        ][1:]
    rows = []
    for number, batch in enumerate(batches):
        longest = [subwords for subwords, _ in measured[0][number]]
        seconds = [median(each[number][place][1] for each in measured) for place in range(len(LIMITS))]
        rows.append((longest, len(batch), seconds))
    low, high = (sum(seconds[place] for *_, seconds in rows) for place in range(len(LIMITS)))
    yield "## Early ending: a beam of 5, batch by batch"
    yield table(
        [
            "longest hypothesis, subwords",
            "sentences",
            *(f"ms, limit {limit}" for limit in LIMITS),
            f"ms per subword of it, limit {LIMITS[-1]}",
        ],
        [
            [
                " / ".join(map(str, dict.fromkeys(longest))),
                str(count),
                *(f"{1000 * each:.1f}" for each in seconds),
                f"{1000 * seconds[-1] / longest[-1]:.2f}",
            ]
            for longest, count, seconds in sorted(rows)
        ],
    )
    yield (
        f"With a limit of {LIMITS[-1]} subwords, all batches together take {high / low:.2f} times as long as "
        f"with one of {LIMITS[0]}."
    )


def training(
    model: TrainedTranslator, steps: int, rounds: int, threads: int, joeynmt: Path | None
) -> Iterator[str]:
    """Measure whole training steps."""
    log(f"training: {rounds} rounds")
    lines = [("seqnlp", NONE), ("PyTorch, fused Adam", "1.0")]
    with ExitStack() as stack:
        begin = partial(start_contender, stack, model=model, steps=steps, threads=threads)
        workers = [begin("ours_translator:Training"), begin("pytorch_translator:Training")]
        if joeynmt is not None:
            workers += (
                begin(f"joeynmt_translator:{kind}", packages=joeynmt.resolve())
                for kind in ("Training", "TrainingUnsorted")
            )
            lines.append(("JoeyNMT's RNN, input feeding", "4"))
            lines.append(("the same, batches made by JoeyNMT", "4"))
        measured = run_interleaved([partial(worker.speed, "run") for worker in workers], rounds)
        subwords = workers[0].call("run")
    yield f"## Training: {steps} batches, {subwords:,} target subwords, whole steps"
    yield comparison_table("in training", measured, *lines, unit="subwords")
    yield (
        "The other contenders have seqnlp's batches ready and use no recurrent dropout. seqnlp makes the "
        "batches at the same time. JoeyNMT's own batches are as large, but have pairs of any length. "
        "The first run, which compiles, does not count."
    )


if __name__ == "__main__":
    main()
