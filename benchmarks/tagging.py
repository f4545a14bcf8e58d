"""Measure the speed of the tagger and of its peers on the same machine in the same run.

`python -m benchmarks.tagging --output FILE`
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contest import best_size, comparison_table, log, size_table, start_contender, try_sizes
from benchmarks.picture import draw_speeds
from benchmarks.report import NONE, describe_machine, publish
from benchmarks.rounds import Series, Worker, run_interleaved
from benchmarks.serving import measure_memory, measure_start_up
from benchmarks.untrained import UntrainedTagger
from seqnlp.corpora import load_split

CORPUS = "conll2002/esp"
TEXT = "El presidente del Gobierno viajará mañana a Bruselas con el ministro de Economía."
PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
TORCH_SIZES = (1, 8, 32, 64, 128)
KERAS_SIZES = (32, 64, 128, 256)

Words = Sequence[str]
Panels = dict[str, dict[str, Series]]
"""The speeds of the contenders in each comparison, for the picture."""


def main() -> None:
    """Compare seqnlp with a bare ONNX LSTM node, stock Keras and a hand-written PyTorch tagger."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    conditions = describe_machine(PACKAGES)
    with TemporaryDirectory() as directory:
        untrained = UntrainedTagger(Path(directory), CORPUS)
        log("an untrained model of the default sizes")
        with Worker(
            "benchmarks.untrained:UntrainedTagger", directory=Path(directory), corpus=CORPUS
        ) as maker:
            parameters = maker.call("make")
        words = [sentence.words for sentence in load_split(f"{CORPUS}:test")][: arguments.sentences]
        heading = (
            f"{conditions} {threads} threads for each contender. The tagger has the default sizes "
            f"({parameters:,} parameters), the vocabularies of {CORPUS}, and random weights, which make no "
            "difference to speed."
        )
        panels: Panels = {}
        parts = [heading, *prediction(untrained, words, rounds, threads, panels)]
        parts += training(untrained, arguments.steps, rounds, threads, panels)
        log(f"start-up: {rounds} pairs")
        parts += measure_start_up(untrained.model, TEXT, rounds)
        log(f"memory: {arguments.tokens:,} tokens")
        parts += measure_memory(untrained.model, words, arguments.tokens, Path(directory) / "text")
    publish(parts, arguments.output)
    if arguments.picture is not None:
        draw_speeds(panels, arguments.picture)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.tagging", description=main.__doc__)
    options.add_argument(
        "--sentences", type=int, metavar="N", help="tag only the first N sentences of the test split"
    )
    options.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="number of turns of each contender"
    )
    options.add_argument(
        "--steps", type=int, default=60, metavar="N", help="number of batches per turn of training"
    )
    options.add_argument(
        "--tokens", type=int, default=1_000_000, metavar="N", help="number of tokens of the longest input"
    )
    options.add_argument(
        "--threads", type=int, default=2, metavar="N", help="number of threads of each contender"
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    options.add_argument("--picture", type=Path, help="PNG file of a picture of the speeds")
    return options


def prediction(
    untrained: UntrainedTagger, words: Sequence[Words], rounds: int, threads: int, panels: Panels
) -> Iterator[str]:
    """Measure prediction from words to labels: in batches, and one sentence at a time."""
    log("prediction: choosing the peers' batch sizes")
    with ExitStack() as stack:
        begin = partial(start_contender, stack, untrained=untrained, threads=threads)
        ours = begin("ours:Prediction", sentences=words)
        bare = begin("bare_lstm:Prediction", batches=ours.call("batches"))
        keras = begin("stock_keras:Prediction", sentences=words)
        torch = begin("pytorch:Prediction", sentences=words)
        trials = {
            "PyTorch": try_sizes(torch, "run", TORCH_SIZES),
            "Keras `predict`": try_sizes(keras, "predict", KERAS_SIZES),
            "Keras `predict_on_batch`": try_sizes(keras, "predict_on_batch", KERAS_SIZES),
        }
        on_torch, whole, on_batch = (best_size(sizes) for sizes in trials.values())
        log(f"prediction: {rounds} rounds")
        runs = [
            partial(ours.speed, "run"),
            partial(bare.speed, "run"),
            partial(bare.speed, "run_parallel"),
            partial(keras.speed, "predict", whole),
            partial(keras.speed, "predict_on_batch", on_batch),
            partial(torch.speed, "run", on_torch),
        ]
        batched = run_interleaved(runs, rounds)
        log(f"prediction, one sentence at a time: {rounds} rounds")
        single = run_interleaved([partial(worker.speed, "one_by_one") for worker in (ours, torch)], rounds)
        pairs = list(zip(flat(ours.call("tags")), flat(torch.call("tags", on_torch)), strict=True))
    same = sum(one == other for one, other in pairs)
    yield f"## Prediction: {len(words):,} sentences, {len(pairs):,} tokens of {CORPUS}:test, words to labels"
    yield comparison_table(
        "in batches",
        batched,
        ("seqnlp `Tagger.tag`", NONE),
        ("the ONNX `LSTM` node alone, same batches", "0.5"),
        ("the same, a batch on each thread", "0.5"),
        (f"Keras `predict`, batches of {whole}", "3"),
        (f"Keras `predict_on_batch`, batches of {on_batch}", NONE),
        (f"PyTorch, batches of {on_torch}", "2 (goal 3)"),
    )
    yield comparison_table("one sentence at a time", single, ("seqnlp `Tagger.tag`", NONE), ("PyTorch", "3"))
    panels["prediction in batches"] = {
        "seqnlp": batched[0],
        "PyTorch, the same model": batched[5],
        "Keras predict, no CRF": batched[3],
        "ONNX LSTM node alone": batched[1],
    }
    panels["prediction, one sentence at a time"] = dict(
        zip(("seqnlp", "PyTorch, the same model"), single, strict=True)
    )
    yield (
        "All times but those of the bare node include the conversion of words to ids and of ids to labels "
        "with seqnlp's codec. PyTorch has the weights of seqnlp's model, including its CRF, and reads each "
        f"distinct word of a batch once; {same:,} of the {len(pairs):,} labels are the same. Keras has a "
        "softmax instead of the CRF. Ratios are computed round by round: median, lowest and highest."
    )
    yield size_table(trials)


def flat(labels: Sequence[Words]) -> Iterator[str]:
    """Yield the labels of all sentences."""
    return (label for sentence in labels for label in sentence)


def training(
    untrained: UntrainedTagger, steps: int, rounds: int, threads: int, panels: Panels
) -> Iterator[str]:
    """Measure whole training steps."""
    log(f"training: {rounds} rounds")
    targets = {
        "seqnlp": "ours",
        "Keras `fit`, softmax, Adam": "stock_keras",
        "PyTorch, fused Adam": "pytorch",
    }
    with ExitStack() as stack:
        begin = partial(start_contender, stack, untrained=untrained, steps=steps, threads=threads)
        workers = [begin(f"{target}:Training") for target in targets.values()]
        first = [worker.speed("run") for worker in workers]
        measured = run_interleaved([partial(worker.speed, "run") for worker in workers], rounds)
        tokens = workers[0].call("run")
    yield f"## Training: {steps} batches, {tokens:,} tokens of {CORPUS}, whole steps"
    panels["training, whole steps"] = dict(
        zip(("seqnlp", "Keras fit, no CRF", "PyTorch, fused Adam"), measured, strict=True)
    )
    yield comparison_table("in training", measured, *((name, NONE) for name in targets))
    extra = [tokens / one - tokens / series.median for one, series in zip(first, measured, strict=True)]
    compiling = ", ".join(f"{name} {max(0.0, s):.1f} s" for name, s in zip(targets, extra, strict=True))
    yield (
        "The other contenders have seqnlp's batches ready and use no recurrent dropout. seqnlp makes the "
        "batches at the same time and uses it. The first round, which compiles, does not count. It took "
        f"longer than the others by: {compiling}."
    )


if __name__ == "__main__":
    main()
