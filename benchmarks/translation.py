r"""How fast a translator is, against its peers on the same machine in the same run.

`python -m benchmarks.translation --run RUN --output FILE`

The run is one of `seqnlp train translator`: an untrained network would write to the limit. JoeyNMT takes part
if it is installed to a directory of its own, since it wants packages that others do not bear:

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

from benchmarks.contest import best, by_size, compared, contender, log, trial
from benchmarks.report import NONE, machine, publish, table
from benchmarks.rounds import Worker, interleaved
from benchmarks.serving import memory_of_texts, start_up
from benchmarks.trained import TrainedTranslator
from seqnlp.errors import SeqnlpError

PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
BEAMS = {1: "greedy search", 5: "a beam of 5"}
SIZES = (8, 16, 32, 64, 128, 256)
OWN = 0
"""In place of a batch size: seqnlp makes batches of its own."""
LIMITS = (50, 500)
ROWS = 64
"""Sentences of a batch whose time is taken: as many as seqnlp puts into one for a beam of 5."""


def main() -> None:
    """Compare seqnlp with a hand-written PyTorch translator and JoeyNMT."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    conditions = machine(PACKAGES)
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
        parts += start_up(model.model, texts[0], rounds)
        log(f"memory: {arguments.lines:,} sentences")
        parts += memory_of_texts(model.model, texts, arguments.lines, directory / "text")
    publish(parts, arguments.output)


def parser() -> ArgumentParser:
    """The options."""
    options = ArgumentParser(prog="python -m benchmarks.translation", description=main.__doc__)
    options.add_argument("--run", type=Path, required=True, help="a run directory of a translator")
    options.add_argument("--sentences", type=int, metavar="N", help="only the first N of the test part")
    options.add_argument("--alone", type=int, default=200, metavar="N", help="translated one at a time")
    options.add_argument("--rounds", type=int, default=5, metavar="N", help="turns of each contender")
    options.add_argument("--steps", type=int, default=60, metavar="N", help="batches in a turn of training")
    options.add_argument("--lines", type=int, default=10_000, metavar="N", help="of the longest input")
    options.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each contender")
    options.add_argument("--joeynmt", type=Path, metavar="DIRECTORY", help="where JoeyNMT is installed")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    return options


def prediction(
    model: TrainedTranslator, texts: Sequence[str], alone: int, rounds: int, threads: int
) -> Iterator[str]:
    """Texts in, texts out: in batches, then a text at a time; greedy, then with a beam."""
    with ExitStack() as stack:
        begin = partial(contender, stack, model=model, texts=texts, threads=threads)
        ours, torch, beside = (
            begin(place)
            for place in (
                "ours_translator:Prediction",
                "pytorch_translator:Prediction",
                "pytorch_translator:SideBySide",
            )
        )
        for beam_size, search in BEAMS.items():
            log(f"{search}: choosing PyTorch's batch sizes")
            trials = {
                "PyTorch": trial(torch, "run", SIZES, beam_size),
                "PyTorch, a batch on each thread": trial(beside, "run", SIZES, beam_size),
            }
            on_torch, on_beside = map(best, trials.values())
            log(f"{search}: {rounds} rounds")
            sized = ((ours, OWN), (torch, on_torch), (beside, on_beside))
            batched = interleaved(
                [partial(worker.speed, "run", size, beam_size) for worker, size in sized], rounds
            )
            log(f"{search}, one sentence at a time: {rounds} rounds")
            single = interleaved(
                [partial(worker.speed, "one_by_one", alone, beam_size) for worker in (ours, torch)], rounds
            )
            pairs = zip(
                ours.call("pieces", OWN, beam_size), torch.call("pieces", on_torch, beam_size), strict=True
            )
            same = sum(one == other for one, other in pairs)
            written = ours.call("run", OWN, beam_size)
            yield f"## {search.capitalize()}: {len(texts):,} sentences to {written:,} pieces, text to text"
            yield compared(
                "in batches",
                batched,
                ("seqnlp `Translator.predict`", NONE),
                (f"PyTorch, batches of {on_torch}", "2 (aim 5)"),
                (f"the same, a batch of {on_beside} on each thread", "2 (aim 5)"),
                unit="pieces",
            )
            yield compared(
                f"one of {min(alone, len(texts)):,} sentences at a time",
                single,
                ("seqnlp `Translator.predict`", NONE),
                ("PyTorch", NONE),
                unit="pieces",
            )
            yield (
                f"PyTorch has the weights of seqnlp's model and follows the same rules: {same:,} of the "
                f"{len(texts):,} hypotheses are the same."
            )
            yield by_size(trials, "pieces")
    yield (
        "Pieces are those of the hypotheses that come out, their ends counted. Cutting texts into pieces, "
        "sorting, padding and putting texts together counts for everyone; all do it by seqnlp's codec. "
        "seqnlp also gives out what was attended to. Ratios are taken round by round: the median, the lowest "
        "and the highest."
    )


def joeynmt_prediction(
    model: TrainedTranslator, texts: Sequence[str], rounds: int, threads: int, joeynmt: Path
) -> Iterator[str]:
    """Texts in, texts out, in batches, against JoeyNMT's searches."""
    yield f"## JoeyNMT's RNN, input feeding: {len(texts):,} sentences, text to text"
    with ExitStack() as stack:
        begin = partial(contender, stack, model=model, texts=texts, threads=threads)
        ours = begin("ours_translator:Prediction")
        written = {size: [len(pieces) + 1 for pieces in ours.call("pieces", OWN, size)] for size in BEAMS}
        peer = begin("joeynmt_translator:Search", packages=joeynmt.resolve(), written=written)
        for beam_size, search in BEAMS.items():
            log(f"{search}: choosing JoeyNMT's batch size")
            trials = trial(peer, "run", SIZES, beam_size)
            size = best(trials)
            log(f"{search}: {rounds} rounds")
            runs = [partial(ours.speed, "run", OWN, beam_size), partial(peer.speed, "run", size, beam_size)]
            yield compared(
                search,
                interleaved(runs, rounds),
                ("seqnlp `Translator.predict`", NONE),
                (f"JoeyNMT, batches of {size}", "2 (aim 5)"),
                unit="pieces",
            )
            yield by_size({"JoeyNMT": trials}, "pieces")
    yield (
        "JoeyNMT's network is not trained; its searches take the steps that seqnlp's hypotheses have pieces: "
        "greedy those of the longest in a batch, with a beam the mean."
    )


def early_ending(model: TrainedTranslator, texts: Sequence[str], rounds: int, threads: int) -> Iterator[str]:
    """The time of a batch by its longest hypothesis, under a low and a high limit."""
    log(f"early ending: {rounds} rounds")
    ordered = sorted(texts, key=lambda text: len(model.codec.source.encode(text)))
    batches = [ordered[first : first + ROWS] for first in range(0, len(ordered), ROWS)]
    with ExitStack() as stack:
        ours = contender(stack, "ours_translator:Prediction", model=model, texts=(), threads=threads)
        measured = [
            [[ours.call("timed", batch, limit) for limit in LIMITS] for batch in batches]
            for _ in range(rounds + 1)
        ][1:]
    rows = []
    for number, batch in enumerate(batches):
        longest = [pieces for pieces, _ in measured[0][number]]
        seconds = [median(each[number][place][1] for each in measured) for place in range(len(LIMITS))]
        rows.append((longest, len(batch), seconds))
    low, high = (sum(seconds[place] for *_, seconds in rows) for place in range(len(LIMITS)))
    yield "## Early ending: a beam of 5, batch by batch"
    yield table(
        [
            "longest hypothesis, pieces",
            "sentences",
            *(f"ms, limit {limit}" for limit in LIMITS),
            f"ms a piece of it, limit {LIMITS[-1]}",
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
        f"With a limit of {LIMITS[-1]} pieces all batches together take {high / low:.2f} times as long as "
        f"with one of {LIMITS[0]}."
    )


def training(
    model: TrainedTranslator, steps: int, rounds: int, threads: int, joeynmt: Path | None
) -> Iterator[str]:
    """Whole steps of training."""
    log(f"training: {rounds} rounds")
    lines = [("seqnlp", NONE), ("PyTorch, fused Adam", "1.0")]
    with ExitStack() as stack:
        begin = partial(contender, stack, model=model, steps=steps, threads=threads)
        workers = [begin("ours_translator:Training"), begin("pytorch_translator:Training")]
        if joeynmt is not None:
            workers += (
                begin(f"joeynmt_translator:{kind}", packages=joeynmt.resolve())
                for kind in ("Training", "TrainingUnsorted")
            )
            lines.append(("JoeyNMT's RNN, input feeding", "4"))
            lines.append(("the same, batches as JoeyNMT makes them", "4"))
        measured = interleaved([partial(worker.speed, "run") for worker in workers], rounds)
        pieces = workers[0].call("run")
    yield f"## Training: {steps} batches, {pieces:,} target pieces, whole steps"
    yield compared("in training", measured, *lines, unit="pieces")
    yield (
        "The peers get seqnlp's batches ready-made and drop no recurrent units; seqnlp makes them meanwhile. "
        "JoeyNMT's own are as large, but of pairs of any length. "
        "A first run, with what is compiled in it, does not count."
    )


if __name__ == "__main__":
    main()
