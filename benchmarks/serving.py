"""What `seqnlp predict` costs as a process: its start and its memory."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.processes import Cost, cost
from benchmarks.report import NONE, table

SEQNLP = str(Path(sys.executable).with_name("seqnlp"))
TENSORFLOW = [sys.executable, "-c", "import tensorflow"]


def start_up(model: Path, text: str, rounds: int) -> Iterator[str]:
    """A sentence's prediction against `import tensorflow`, in turns.

    Args:
        model: The model file.
        text: The sentence.
        rounds: How many turns each gets, after one that does not count.
    """
    predict = [SEQNLP, "predict", str(model), text]
    pairs = [(cost(predict), cost(TENSORFLOW)) for _ in range(rounds + 1)][1:]
    yield "## Start-up: a process from its start to its end"
    yield table(
        ["", '`seqnlp predict model.onnx "…"`', "`import tensorflow`", "share", "bar"],
        [
            ["seconds", *_shares([(ours.seconds, theirs.seconds) for ours, theirs in pairs], 2), "0.10"],
            [
                "MB at most",
                *_shares([(ours.megabytes, theirs.megabytes) for ours, theirs in pairs], 0),
                "0.25",
            ],
        ],
    )


def _shares(pairs: Sequence[tuple[float, float]], digits: int) -> list[str]:
    """The medians of both, and of their ratio, with the lowest and the highest."""
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    ratios = [one / other for one, other in pairs]
    ratio = f"{median(ratios):.3f} ({min(ratios):.3f} – {max(ratios):.3f})"
    return [f"{ours:.{digits}f}", f"{theirs:.{digits}f}", ratio]


def memory(model: Path, sentences: Sequence[Sequence[str]], tokens: int, text: Path) -> Iterator[str]:
    """The memory of `predict` on standard input, for an input and for one ten times as long.

    Args:
        model: The model file.
        sentences: What to make the input of.
        tokens: How many tokens the longer one has.
        text: A file to write the input to.
    """
    inputs = {amount: _lines(sentences, amount) for amount in (tokens // 10, tokens)}
    return _memory(model, "tokens", inputs, text, "--input-format", "tokens")


def memory_of_texts(model: Path, texts: Sequence[str], count: int, text: Path) -> Iterator[str]:
    """The same for lines of raw text.

    Args:
        model: The model file.
        texts: What to make the input of.
        count: How many lines the longer one has.
        text: A file to write the input to.
    """
    sentences = [line.split() for line in texts]
    inputs = {amount: islice(_renewed(sentences), amount) for amount in (count // 10, count)}
    return _memory(model, "sentences", inputs, text)


def _memory(
    model: Path, unit: str, inputs: Mapping[int, Iterable[str]], text: Path, *options: str
) -> Iterator[str]:
    """The memory of `predict` for two inputs, each by the number of its units."""
    costs: dict[int, Cost] = {}
    for amount, lines in inputs.items():
        with text.open("w", encoding="utf-8") as file:
            file.writelines(lines)
        costs[amount] = cost([SEQNLP, "predict", str(model), *options], text)
    few, many = (spent.megabytes for spent in costs.values())
    yield "## Memory: `seqnlp predict` on standard input"
    yield table(
        [unit, "seconds", "MB at most", "bar"],
        [
            *(
                [f"{n:,}", f"{spent.seconds:.1f}", f"{spent.megabytes:.1f}", NONE]
                for n, spent in costs.items()
            ),
            ["more for ten times as many", NONE, f"{many - few:.1f}", "20"],
        ],
    )
    yield "Every tenth word is one that was not there before."


def _lines(sentences: Sequence[Sequence[str]], tokens: int) -> Iterator[str]:
    """The sentences, over and over, until there are so many tokens; every tenth is a new word."""
    done = 0
    while done < tokens:
        for sentence in sentences:
            words = sentence[: tokens - done]
            yield _line(words, done)
            done += len(words)


def _renewed(sentences: Sequence[Sequence[str]]) -> Iterator[str]:
    """The sentences, over and over; every tenth word is a new one."""
    done = 0
    for sentence in cycle(sentences):
        yield _line(sentence, done)
        done += len(sentence)


def _line(words: Sequence[str], done: int) -> str:
    """A sentence behind so many words as a line, every tenth a new one."""
    fresh = (word if at % 10 else f"{word}{at}" for at, word in enumerate(words, done))
    return " ".join(fresh) + "\n"
