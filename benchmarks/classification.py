"""Measure the speed of the classifier and of its peers on the same machine in the same run.

`python -m benchmarks.classification --output FILE`
"""

import os
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contest import best_size, comparison_table, log, size_table, start_contender, try_sizes
from benchmarks.report import NONE, describe_machine, publish
from benchmarks.rounds import Worker, run_interleaved
from benchmarks.serving import measure_memory, measure_start_up
from benchmarks.untrained import UntrainedClassifier
from seqnlp.corpora import load
from seqnlp.text.tokenizers import get_tokenizer

CORPUS = "sentence_polarity"
TEXT = "A film of some wit and much warmth, though it is longer than it needs to be."
PACKAGES = ("onnxruntime", "tensorflow", "keras", "torch")
FORMS = {"words": "words", "text": "raw text"}
TORCH_SIZES = (8, 32, 64, 128, 256)
KERAS_SIZES = (32, 64, 128, 256, 512)
KERAS_DEFAULT = 32
"""The default batch size of `keras.Model.predict`."""
OWN = 0
"""The batch size with which seqnlp chooses its own batches."""
ALONE = 1000
"""Number of texts that are classified one at a time."""

Texts = Mapping[str, Sequence[str | Sequence[str]]]
"""The same texts as words and as raw text, by the keys of `FORMS`."""


def main() -> None:
    """Compare seqnlp with a hand-written PyTorch classifier and stock Keras."""
    arguments = parser().parse_args()
    rounds, threads = arguments.rounds, arguments.threads
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    conditions = describe_machine(PACKAGES)
    with TemporaryDirectory() as directory:
        untrained = UntrainedClassifier(Path(directory), CORPUS)
        log("an untrained model of the default sizes")
        target = "benchmarks.untrained:UntrainedClassifier"
        with Worker(target, directory=Path(directory), corpus=CORPUS) as maker:
            parameters = maker.call("make")
        corpus = load(CORPUS)
        texts = [text.text for name in corpus.splits for text in corpus.split(name)][: arguments.texts]
        tokenizer = get_tokenizer(untrained.settings.text.tokenizer)
        words = [[token.text for token in tokenizer.tokenize(text)] for text in texts]
        parts = [
            f"{conditions} {threads} threads for each contender. The classifier has the default sizes "
            f"({parameters:,} parameters), the vocabulary of {CORPUS}, and random weights, which make no "
            "difference to speed."
        ]
        parts += prediction(untrained, {"words": words, "text": texts}, rounds, threads)
        log(f"start-up: {rounds} pairs")
        parts += measure_start_up(untrained.model, TEXT, rounds)
        log(f"memory: {arguments.tokens:,} tokens")
        parts += measure_memory(untrained.model, words, arguments.tokens, Path(directory) / "text")
    publish(parts, arguments.output)


def parser() -> ArgumentParser:
    """Return the parser of the options."""
    options = ArgumentParser(prog="python -m benchmarks.classification", description=main.__doc__)
    options.add_argument(
        "--texts", type=int, metavar="N", help="classify only the first N texts of the corpus"
    )
    options.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="number of turns of each contender"
    )
    options.add_argument(
        "--tokens", type=int, default=1_000_000, metavar="N", help="number of tokens of the longest input"
    )
    options.add_argument(
        "--threads", type=int, default=2, metavar="N", help="number of threads of each contender"
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    return options


def prediction(untrained: UntrainedClassifier, texts: Texts, rounds: int, threads: int) -> Iterator[str]:
    """Measure prediction from texts to labels: in batches and one at a time, from words and from raw text."""
    log("prediction: choosing the peers' batch sizes")
    with ExitStack() as stack:
        begin = partial(start_contender, stack, untrained=untrained, texts=texts, threads=threads)
        ours, torch, parallel, keras = (
            begin(place)
            for place in (
                "ours_classifier:Prediction",
                "pytorch_classifier:Prediction",
                "pytorch_classifier:Parallel",
                "stock_keras_classifier:Prediction",
            )
        )
        trials = {
            "PyTorch": try_sizes(torch, "run", TORCH_SIZES),
            "PyTorch, a batch on each thread": try_sizes(parallel, "run", TORCH_SIZES),
            "Keras `predict`": try_sizes(keras, "run", KERAS_SIZES),
        }
        on_torch, on_parallel, on_keras = map(best_size, trials.values())
        log(f"prediction: {rounds} rounds, for each form of the texts")
        sized = (
            (ours, OWN),
            (torch, on_torch),
            (parallel, on_parallel),
            (keras, KERAS_DEFAULT),
            (keras, on_keras),
        )
        batched = {
            form: run_interleaved(
                [partial(worker.speed, "run", size, form) for worker, size in sized], rounds
            )
            for form in FORMS
        }
        log(f"prediction, one text at a time: {rounds} rounds, for each form of the texts")
        single = {
            form: run_interleaved(
                [partial(each.speed, "one_by_one", ALONE, form) for each in (ours, torch)], rounds
            )
            for form in FORMS
        }
        labels = ours.call("labels", OWN)
        same = [
            sum(one == other for one, other in zip(labels, worker.call("labels", size), strict=True))
            for worker, size in ((torch, on_torch), (keras, on_keras))
        ]
    tokens = sum(map(len, texts["words"]))
    yield f"## Prediction: {len(labels):,} texts, {tokens:,} tokens of {CORPUS}, to labels"
    for form, what in FORMS.items():
        yield comparison_table(
            f"in batches, {what}",
            batched[form],
            ("seqnlp `Classifier.predict`", NONE),
            (f"PyTorch, packed, batches of {on_torch}", "1.5"),
            (f"the same, a batch of {on_parallel} on each thread", NONE),
            (f"Keras `predict`, batches of {KERAS_DEFAULT}, its default", "3"),
            (f"the same, batches of {on_keras}", NONE),
            unit="texts",
        )
    for form, what in FORMS.items():
        yield comparison_table(
            f"one text at a time, {what}",
            single[form],
            ("seqnlp `Classifier.predict`", NONE),
            ("PyTorch", NONE),
            unit="texts",
        )
    yield (
        "All times include looking up words, sorting, padding and naming labels, and tokenizing raw text "
        "with seqnlp's tokenizer. PyTorch and Keras have the weights of seqnlp's model: of "
        f"{len(labels):,} labels {same[0]:,} and {same[1]:,} are the same. seqnlp gives the most frequent "
        f"label to {max(Counter(labels).values()):,} texts. "
        "Ratios are computed round by round: median, lowest and highest."
    )
    yield size_table(trials, "texts")


if __name__ == "__main__":
    main()
