"""Predictions as JSON lines, CoNLL columns, or text to look at."""

import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from seqnlp.cli.prediction_input import Item
from seqnlp.errors import ConfigError
from seqnlp.spans import OUTSIDE

if TYPE_CHECKING:
    from seqnlp.runtime import Classification, Prediction

Writer = Callable[[Item, Any], str]
NO_LABEL = "(none)"
_COLOURS = (32, 33, 34, 35, 36, 31)  # of ANSI terminals: green, yellow, blue, magenta, cyan, red


def _jsonl(item: Item, prediction: "Prediction | Classification") -> str:
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
        return f"\x1b[1;{_colour(label)}m{text}\x1b[0m\x1b[2m {label}\x1b[0m"

    return _marked(prediction, mark)


def _colour(label: str) -> int:
    return _COLOURS[zlib.crc32(label.encode()) % len(_COLOURS)]


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


def _label(item: Item, found: "Classification") -> str:
    """The label, or all labels, each with its probability, and the text."""
    return _labelled(found, "{label} {score:.3f}")


def _coloured_label(item: Item, found: "Classification") -> str:
    return _labelled(found, "\x1b[1;{colour}m{label}\x1b[0m\x1b[2m {score:.3f}\x1b[0m")


def _labelled(found: "Classification", form: str) -> str:
    labels = [
        form.format(label=label, score=found.scores[label], colour=_colour(label)) for label in found.labels
    ]
    return f"{', '.join(labels) or NO_LABEL}  {found.text}"


WRITERS: Mapping[str, Mapping[str, Writer]] = {
    "tagger": {"jsonl": _jsonl, "conll": _conll, "text": _plain},
    "classifier": {"jsonl": _jsonl, "text": _label},
}
"""The one registry of output formats, by task."""

_ON_TERMINALS: Mapping[str, Writer] = {"tagger": _coloured, "classifier": _coloured_label}


def writer(task: str, name: str, colour: bool) -> Writer:
    """The writer of a format; `colour` is for text on a terminal.

    Raises:
        ConfigError: What the task predicts cannot be written so.
    """
    if name not in WRITERS[task]:
        raise ConfigError(f"a {task} writes {' or '.join(WRITERS[task])}, not {name}")
    return _ON_TERMINALS[task] if name == "text" and colour else WRITERS[task][name]
