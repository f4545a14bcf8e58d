"""Predictions as JSON lines, CoNLL columns, or text to look at."""

import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from seqnlp.cli.prediction_input import Item
from seqnlp.spans import OUTSIDE

if TYPE_CHECKING:
    from seqnlp.runtime import Prediction

Writer = Callable[[Item, "Prediction"], str]
_COLOURS = (32, 33, 34, 35, 36, 31)  # of ANSI terminals: green, yellow, blue, magenta, cyan, red


def _jsonl(item: Item, prediction: "Prediction") -> str:
    """The fields of the input line, then the prediction."""
    return prediction.to_json(item.fields)


def _conll(item: Item, prediction: "Prediction") -> str:
    """The lines of the input with the tag as one column more; or a word and its tag a line, by sentence."""
    if item.rows:
        parted = ((row, "\t" if "\t" in row else " ") for row in item.rows)
        tags = prediction.tags or [OUTSIDE]  # of the marker of a document
        return "".join(f"{row}{part}{tag}\n" for (row, part), tag in zip(parted, tags, strict=True))
    lines = [f"{token.text}\t{tag}\n" for token, tag in zip(prediction.tokens, prediction.tags, strict=True)]
    return "\n".join("".join(lines[sentence]) for sentence in prediction.sentences)


def _plain(item: Item, prediction: "Prediction") -> str:
    """The text with what is labelled in brackets: `[Ada Lovelace PER]`."""
    return _marked(prediction, lambda text, label: f"[{text} {label}]")


def _coloured(item: Item, prediction: "Prediction") -> str:
    """The text with what is labelled in colour."""

    def mark(text: str, label: str) -> str:
        colour = _COLOURS[zlib.crc32(label.encode()) % len(_COLOURS)]
        return f"\x1b[1;{colour}m{text}\x1b[0m\x1b[2m {label}\x1b[0m"

    return _marked(prediction, mark)


def _marked(prediction: "Prediction", mark: Callable[[str, str], str]) -> str:
    """The text, with every entity, or where tags are plain every token, marked."""
    spans = [(entity.start, entity.end, entity.label) for entity in prediction.entities]
    if prediction.plain:
        spans = [
            (token.start, token.end, tag)
            for token, tag in zip(prediction.tokens, prediction.tags, strict=True)
        ]
    parts, done = [], 0
    for start, end, label in spans:
        parts += [prediction.text[done:start], mark(prediction.text[start:end], label)]
        done = end
    return "".join(parts) + prediction.text[done:]


WRITERS: Mapping[str, Writer] = {"jsonl": _jsonl, "conll": _conll, "text": _plain}
"""The one registry of output formats."""


def writer(name: str, colour: bool) -> Writer:
    """The writer of a format; `colour` is for text on a terminal."""
    return _coloured if name == "text" and colour else WRITERS[name]
