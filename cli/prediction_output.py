"""Predictions as JSON lines, CoNLL columns, text to look at, or a page of HTML."""

import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from json import dumps
from typing import TYPE_CHECKING, Any, BinaryIO

from seqnlp.cli.marking import NO_LABEL, marked
from seqnlp.cli.prediction_input import Item
from seqnlp.errors import ConfigError
from seqnlp.text.schemes import OUTSIDE

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation
    from seqnlp.tasks.classification.prediction import Classification
    from seqnlp.tasks.parsing.prediction import Parse
    from seqnlp.tasks.tagging.prediction import TaggedText
    from seqnlp.tasks.translation.prediction import Translation
    from seqnlp.tasks.tree_classification.prediction import LabelledTree
    from seqnlp.trees.outline import Entry

Writer = Callable[[Item, Any], str]
_COLOURS = (32, 33, 34, 35, 36, 31)  # of ANSI terminals: green, yellow, blue, magenta, cyan, red


def _jsonl(
    item: Item, prediction: "TaggedText | Classification | Explanation | Translation | Parse | LabelledTree"
) -> str:
    """The fields of the input line, then the prediction."""
    return prediction.to_json(item.fields)


def _conll(item: Item, prediction: "TaggedText") -> str:
    """The lines of the input with the tag as one column more; or a word and its tag a line, by sentence."""
    if item.rows:
        parted = ((row, "\t" if "\t" in row else " ") for row in item.rows)
        tags = prediction.tags or [OUTSIDE]  # of the marker of a document
        return "".join(f"{row}{part}{tag}\n" for (row, part), tag in zip(parted, tags, strict=True))
    lines = [f"{token.text}\t{tag}\n" for token, tag in zip(prediction.tokens, prediction.tags, strict=True)]
    return "\n".join("".join(lines[sentence]) for sentence in prediction.sentences)


def _plain(item: Item, prediction: "TaggedText") -> str:
    """The text with what is labelled in brackets: `[Ada Lovelace PER]`."""
    return _marked(prediction, lambda text, label: f"[{text} {label}]")


def _coloured(item: Item, prediction: "TaggedText") -> str:
    """The text with what is labelled in colour."""

    def mark(text: str, label: str) -> str:
        return f"\x1b[1;{_colour(label)}m{text}\x1b[0m\x1b[2m {label}\x1b[0m"

    return _marked(prediction, mark)


def _colour(label: str) -> int:
    return _COLOURS[zlib.crc32(label.encode()) % len(_COLOURS)]


def _marked(prediction: "TaggedText", mark: Callable[[str, str], str]) -> str:
    """The text, with every entity, or where tags are plain every token, marked."""
    spans = [(entity.start, entity.end, entity.label) for entity in prediction.entities]
    if prediction.plain:
        spans = [
            (token.start, token.end, tag)
            for token, tag in zip(prediction.tokens, prediction.tags, strict=True)
        ]
    return marked(prediction.text, spans, mark)


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


def _explained(item: Item, explanation: "Explanation") -> str:
    """The label, its probability, and the text with the words that counted in brackets."""
    from seqnlp.cli.explanation_output import bracketed

    return _label(item, replace(explanation.classification, text=bracketed(explanation)))


def _coloured_explained(item: Item, explanation: "Explanation") -> str:
    from seqnlp.cli.explanation_output import shaded

    return _coloured_label(item, replace(explanation.classification, text=shaded(explanation)))


def _html(item: Item, explanation: "Explanation") -> str:
    from seqnlp.cli.explanation_page import article

    return article(explanation)


def _translation(item: Item, found: "Translation") -> str:
    """The translation; several with their scores, and a blank line behind them."""
    if len(found.hypotheses) == 1:
        return found.text
    return "".join(f"{each.score:8.4f}  {each.text}\n" for each in found.hypotheses)


def _attention_json(item: Item, found: "Translation") -> str:
    """The translation, its pieces and the source's, and what counted how much for each."""
    from seqnlp.cli.attention_output import with_attention

    return dumps({**item.fields, **with_attention(found)}, ensure_ascii=False)


def _attention(item: Item, found: "Translation") -> str:
    from seqnlp.cli.attention_output import drawn

    return f"{_translation(item, found)}\n{drawn(found)}"


def _trees(item: Item, found: "Parse") -> str:
    """The tree of each sentence in brackets, one a line."""
    from seqnlp.trees.brackets import written

    return "\n".join(map(written, found.trees))


def _tree(item: Item, found: "LabelledTree") -> str:
    """The tree in brackets."""
    from seqnlp.trees.brackets import written

    return written(found.tree)


def _drawn_trees(item: Item, found: "Parse") -> str:
    """The trees of all sentences, drawn."""
    from seqnlp.cli.tree_branches import branches

    return "\n".join(branches(tree, lambda entry: _bold(entry.text)) for tree in found.trees)


def _drawn_tree(item: Item, found: "LabelledTree") -> str:
    """The tree, drawn, with the probability of each label."""
    from seqnlp.cli.tree_branches import branches

    def name(entry: "Entry") -> str:
        return f"{_bold(entry.text)}\x1b[2m {entry.score:.3f}\x1b[0m"

    return branches(found.tree, name, found.scores)


def _bold(label: str) -> str:
    return f"\x1b[1;{_colour(label)}m{label}\x1b[0m"


EXPLANATION, ATTENTION = "explanation", "attention"
"""What a classifier gives with --explain, and a translator with --show-attention; the rest of what is written
goes by the name of its task."""

WRITERS: Mapping[str, Mapping[str, Writer]] = {
    "tagger": {"jsonl": _jsonl, "conll": _conll, "text": _plain},
    "classifier": {"jsonl": _jsonl, "text": _label},
    EXPLANATION: {"jsonl": _jsonl, "text": _explained, "html": _html},
    "translator": {"jsonl": _jsonl, "text": _translation},
    ATTENTION: {"jsonl": _attention_json, "text": _attention},
    "parser": {"jsonl": _jsonl, "text": _trees},
    "tree-classifier": {"jsonl": _jsonl, "text": _tree},
}
"""The one registry of output formats, by what is written."""

_FLAGS = {EXPLANATION: "--explain", ATTENTION: "--show-attention"}

_ON_TERMINALS: Mapping[str, Writer] = {
    "tagger": _coloured,
    "classifier": _coloured_label,
    EXPLANATION: _coloured_explained,
    "parser": _drawn_trees,
    "tree-classifier": _drawn_tree,
}


def writer(kind: str, name: str, colour: bool) -> Writer:
    """The writer of a format; `colour` is for text on a terminal.

    Raises:
        ConfigError: What is to be written cannot be written so.
    """
    if name not in WRITERS[kind]:
        subject = _FLAGS.get(kind, f"a {kind}")
        hint = " without --explain" if kind == "classifier" and name in WRITERS[EXPLANATION] else ""
        raise ConfigError(f"{subject} writes {' or '.join(WRITERS[kind])}, not {name}{hint}")
    plain = WRITERS[kind][name]
    return _ON_TERMINALS.get(kind, plain) if name == "text" and colour else plain


def frame(name: str, file: BinaryIO, model: str) -> AbstractContextManager[None]:
    """What a format has before and behind all predictions, around the writing of them."""
    if name != "html":
        return nullcontext()
    from seqnlp.cli.explanation_page import page

    return page(file, model)
