"""Measure the cost of `seqnlp predict` as a process: start-up time and memory."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.processes import Cost, measure_cost
from benchmarks.report import NONE, table

SEQNLP = str(Path(sys.executable).with_name("seqnlp"))
TENSORFLOW = [sys.executable, "-c", "import tensorflow"]


def measure_start_up(model: Path, text: str, rounds: int) -> Iterator[str]:
    """Compare the prediction of one sentence with `import tensorflow`, in turns.

    Args:
        model: The model file.
        text: The sentence.
        rounds: Number of turns of each, after a warm-up turn.
    """
    predict = [SEQNLP, "predict", str(model), text]
    pairs = [(measure_cost(predict), measure_cost(TENSORFLOW)) for _ in range(rounds + 1)][1:]
    yield "## Start-up: a process from start to end"
    yield table(
        ["", '`seqnlp predict model.onnx "…"`', "`import tensorflow`", "share", "minimum"],
        [
            ["seconds", *_shares([(ours.seconds, theirs.seconds) for ours, theirs in pairs], 2), "0.10"],
            [
                "peak MB",
                *_shares([(ours.megabytes, theirs.megabytes) for ours, theirs in pairs], 0),
                "0.25",
            ],
        ],
    )


def _shares(pairs: Sequence[tuple[float, float]], digits: int) -> list[str]:
    """Return the medians of both, and the median, the lowest and the highest ratio."""
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    ratios = [one / other for one, other in pairs]
    ratio = f"{median(ratios):.3f} ({min(ratios):.3f} – {max(ratios):.3f})"
    return [f"{ours:.{digits}f}", f"{theirs:.{digits}f}", ratio]


def measure_memory(model: Path, sentences: Sequence[Sequence[str]], tokens: int, text: Path) -> Iterator[str]:
    """Measure the memory of `predict` on standard input, for an input and for a tenth of it.

    Args:
        model: The model file.
        sentences: The sentences from which the input is made.
        tokens: Number of tokens of the longer input.
        text: The file for the input. It is overwritten.
    """
    inputs = {amount: _lines(sentences, amount) for amount in (tokens // 10, tokens)}
    return _memory(model, "tokens", inputs, text, "--input-format", "tokens")


def measure_text_memory(model: Path, texts: Sequence[str], count: int, text: Path) -> Iterator[str]:
    """Measure the memory of `predict` on standard input, for lines of raw text.

    Args:
        model: The model file.
        texts: The texts from which the input is made.
        count: Number of lines of the longer input.
        text: The file for the input. It is overwritten.
    """
    sentences = [line.split() for line in texts]
    inputs = {amount: islice(_renewed(sentences), amount) for amount in (count // 10, count)}
    return _memory(model, "sentences", inputs, text)


def _memory(
    model: Path, unit: str, inputs: Mapping[int, Iterable[str]], text: Path, *options: str
) -> Iterator[str]:
    """Measure the memory of `predict` for two inputs, given by their number of units."""
    costs: dict[int, Cost] = {}
    for amount, lines in inputs.items():
        with text.open("w", encoding="utf-8") as file:
            file.writelines(lines)
        costs[amount] = measure_cost([SEQNLP, "predict", str(model), *options], text)
    few, many = (spent.megabytes for spent in costs.values())
    yield "## Memory: `seqnlp predict` on standard input"
    yield table(
        [unit, "seconds", "peak MB", "minimum"],
        [
            *(
                [f"{n:,}", f"{spent.seconds:.1f}", f"{spent.megabytes:.1f}", NONE]
                for n, spent in costs.items()
            ),
            ["increase for ten times as many", NONE, f"{many - few:.1f}", "20"],
        ],
    )
    yield "Every tenth word is new."


def _lines(sentences: Sequence[Sequence[str]], tokens: int) -> Iterator[str]:
    """Repeat the sentences up to this number of tokens. Every tenth word is new."""
    done = 0
    while done < tokens:
        for sentence in sentences:
            words = sentence[: tokens - done]
            yield _line(words, done)
            done += len(words)


def _renewed(sentences: Sequence[Sequence[str]]) -> Iterator[str]:
    """Repeat the sentences endlessly. Every tenth word is new."""
    done = 0
    for sentence in cycle(sentences):
        yield _line(sentence, done)
        done += len(sentence)


def _line(words: Sequence[str], done: int) -> str:
    """Return a sentence as a line after `done` words. Every tenth word is new."""
    fresh = (word if at % 10 else f"{word}{at}" for at, word in enumerate(words, done))
    return " ".join(fresh) + "\n"
