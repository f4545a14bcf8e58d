"""How fast the tagger is, against its peers on the same machine in the same run.

`python -m benchmarks.tagging --output FILE`
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contest import best, by_size, compared, contender, log, trial
from benchmarks.picture import draw_speeds
from benchmarks.report import NONE, machine, publish
from benchmarks.rounds import Series, Worker, interleaved
from benchmarks.serving import memory, start_up
from benchmarks.untrained import UntrainedTagger
from seqnlp.corpora import load_split

CORPUS = "conll2002/esp"
TEXT = "El presidente del Gobierno viajará mañana a Bruselas con el ministro de Economía."
PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
TORCH_SIZES = (1, 8, 32, 64, 128)
KERAS_SIZES = (32, 64, 128, 256)

Words = Sequence[str]
Panels = dict[str, dict[str, Series]]
"""For the picture: comparisons, and in each the contenders."""


def main() -> None:
    """Compare seqnlp with a bare ONNX LSTM node, stock Keras and a hand-written PyTorch tagger."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    conditions = machine(PACKAGES)
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
        parts += start_up(untrained.model, TEXT, rounds)
        log(f"memory: {arguments.tokens:,} tokens")
        parts += memory(untrained.model, words, arguments.tokens, Path(directory) / "text")
    publish(parts, arguments.output)
    if arguments.picture is not None:
        draw_speeds(panels, arguments.picture)


def parser() -> ArgumentParser:
    """The options."""
    options = ArgumentParser(prog="python -m benchmarks.tagging", description=main.__doc__)
    options.add_argument("--sentences", type=int, metavar="N", help="tag only the first N of the test part")
    options.add_argument("--rounds", type=int, default=7, metavar="N", help="turns of each contender")
    options.add_argument("--steps", type=int, default=60, metavar="N", help="batches in a turn of training")
    options.add_argument("--tokens", type=int, default=1_000_000, metavar="N", help="of the longest input")
    options.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each contender")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    options.add_argument("--picture", type=Path, help="draw the speeds as a PNG")
    return options


def prediction(
    untrained: UntrainedTagger, words: Sequence[Words], rounds: int, threads: int, panels: Panels
) -> Iterator[str]:
    """Words in, labels out: in batches, then a sentence at a time."""
    log("prediction: choosing the peers' batch sizes")
    with ExitStack() as stack:
        begin = partial(contender, stack, untrained=untrained, threads=threads)
        ours = begin("ours:Prediction", sentences=words)
        bare = begin("bare_lstm:Prediction", batches=ours.call("batches"))
        keras = begin("stock_keras:Prediction", sentences=words)
        torch = begin("pytorch:Prediction", sentences=words)
        trials = {
            "PyTorch": trial(torch, "run", TORCH_SIZES),
            "Keras `predict`": trial(keras, "predict", KERAS_SIZES),
            "Keras `predict_on_batch`": trial(keras, "predict_on_batch", KERAS_SIZES),
        }
        on_torch, whole, on_batch = (best(sizes) for sizes in trials.values())
        log(f"prediction: {rounds} rounds")
        runs = [
            partial(ours.speed, "run"),
            partial(bare.speed, "run"),
            partial(bare.speed, "side_by_side"),
            partial(keras.speed, "predict", whole),
            partial(keras.speed, "predict_on_batch", on_batch),
            partial(torch.speed, "run", on_torch),
        ]
        batched = interleaved(runs, rounds)
        log(f"prediction, one sentence at a time: {rounds} rounds")
        single = interleaved([partial(worker.speed, "one_by_one") for worker in (ours, torch)], rounds)
        pairs = list(zip(flat(ours.call("tags")), flat(torch.call("tags", on_torch)), strict=True))
    same = sum(one == other for one, other in pairs)
    yield f"## Prediction: {len(words):,} sentences, {len(pairs):,} tokens of {CORPUS}:test, words to labels"
    yield compared(
        "in batches",
        batched,
        ("seqnlp `Tagger.tag`", NONE),
        ("the ONNX `LSTM` node alone, same batches", "0.5"),
        ("the same, a batch on each thread", "0.5"),
        (f"Keras `predict`, batches of {whole}", "3"),
        (f"Keras `predict_on_batch`, batches of {on_batch}", NONE),
        (f"PyTorch, batches of {on_torch}", "2 (aim 3)"),
    )
    yield compared("one sentence at a time", single, ("seqnlp `Tagger.tag`", NONE), ("PyTorch", "3"))
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
        "Turning words into ids and ids into labels counts for everyone but the bare node; all do it by "
        "seqnlp's codec. PyTorch has the weights of seqnlp's model, its CRF too, and reads each distinct "
        f"word of a batch once; {same:,} of the {len(pairs):,} labels are the same. Keras has a softmax in "
        "place of the CRF. Ratios are taken round by round: the median, the lowest and the highest."
    )
    yield by_size(trials)


def flat(labels: Sequence[Words]) -> Iterator[str]:
    """The labels of all sentences, one after the other."""
    return (label for sentence in labels for label in sentence)


def training(
    untrained: UntrainedTagger, steps: int, rounds: int, threads: int, panels: Panels
) -> Iterator[str]:
    """Whole steps of training."""
    log(f"training: {rounds} rounds")
    targets = {
        "seqnlp": "ours",
        "Keras `fit`, softmax, Adam": "stock_keras",
        "PyTorch, fused Adam": "pytorch",
    }
    with ExitStack() as stack:
        begin = partial(contender, stack, untrained=untrained, steps=steps, threads=threads)
        workers = [begin(f"{target}:Training") for target in targets.values()]
        first = [worker.speed("run") for worker in workers]
        measured = interleaved([partial(worker.speed, "run") for worker in workers], rounds)
        tokens = workers[0].call("run")
    yield f"## Training: {steps} batches, {tokens:,} tokens of {CORPUS}, whole steps"
    panels["training, whole steps"] = dict(
        zip(("seqnlp", "Keras fit, no CRF", "PyTorch, fused Adam"), measured, strict=True)
    )
    yield compared("in training", measured, *((name, NONE) for name in targets))
    extra = [tokens / one - tokens / series.median for one, series in zip(first, measured, strict=True)]
    compiling = ", ".join(f"{name} {max(0.0, s):.1f} s" for name, s in zip(targets, extra, strict=True))
    yield (
        "The peers get seqnlp's batches ready-made and drop no recurrent units; seqnlp makes them meanwhile "
        "and does. The first round, which compiles, does not count. It took longer than the others by: "
        f"{compiling}."
    )


if __name__ == "__main__":
    main()
