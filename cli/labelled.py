"""What to score a model on: labelled text, and texts with references."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seqnlp.corpora import (
    LABELLED,
    PAIRS,
    TAGGED,
    TREES,
    LabelledOptions,
    OnError,
    PairOptions,
    Problems,
    TaggedOptions,
    TreeOptions,
    load_split,
)
from seqnlp.corpora.problems import stop
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import LabelledText, ParseTree, SentencePair, TaggedSentence
from seqnlp.tasks.parsing.constituents import Constituents
from seqnlp.tasks.parsing.examples import examples
from seqnlp.tasks.tagging.examples import Reading
from seqnlp.tasks.tree_classification.codec import POLAR
from seqnlp.text.tokenizers import tokenizer

log = logging.getLogger("seqnlp")


def labelled_sentences(
    tagger: Any, data: Path | None, corpus: str | None, file_format: str | None, scheme: str, on_error: str
) -> list[TaggedSentence]:
    """Read labelled sentences, their tags in the scheme of the tagger's predictions.

    A label that the model does not know is told; it counts as an error.

    Raises:
        DataError: The file is wrong, or has spans where the model has none, or the other way round.
        CorpusError: The corpus or the split is unknown.
    """
    with _told(on_error, "sentence") as told:
        if data is not None:
            records: Any = list(TAGGED.read(data, TaggedOptions(format=file_format), told))
        else:
            records = load_split(str(corpus))
        spec = tagger.file.spec["tokenizer"]
        reading = Reading.of(records, scheme, repair=corpus is not None, tokenizer=tokenizer(spec))
        if reading.target != tagger.codec.output_scheme:
            kinds = {"plain": "a tag for each word", "bio": "labelled spans"}
            raise DataError(
                f"the data have {kinds[reading.target]}, the model predicts "
                f"{kinds[tagger.codec.output_scheme]}",
                data or corpus,
            )
        sentences = reading.examples(records, told)
    for label in tagger.codec.unknown_labels(sentence.tags for sentence in sentences):
        log.warning("the label %s is unknown to the model: it counts as an error", label)
    return sentences


def labelled_texts(
    classifier: Any,
    data: Path | None,
    corpus: str | None,
    file_format: str | None,
    columns: tuple[str, str],
    separator: str | None,
    on_error: str,
) -> list[LabelledText]:
    """Read labelled texts.

    A label that the model does not know is told; it counts as an error.

    Args:
        classifier: The model.
        data: A file or a folder; or
        corpus: a corpus by name.
        file_format: The format of the file; None to tell it by the ending.
        columns: Those of the text and of the label.
        separator: What parts the labels of a text that may have several; None for what it was in training.
        on_error: `stop` or `skip`.

    Raises:
        ConfigError: A separator is given for a model that gives each text one label, or none is known for one
            that may give several.
        DataError: The file is wrong.
        CorpusError: The corpus or the split is unknown.
    """
    if data is not None:
        separator = _separator(classifier, separator)
        options = LabelledOptions(
            format=file_format, text_column=columns[0], label_column=columns[1], label_separator=separator
        )
        with _told(on_error, "text") as told:
            texts = list(LABELLED.read(data, options, told))
    else:
        texts = list(load_split(str(corpus)))
        if not all(isinstance(text, LabelledText) for text in texts):
            raise DataError("holds no labelled texts, which the model predicts", corpus)
    for label in classifier.codec.unknown(text.labels for text in texts):
        log.warning("the label %s is unknown to the model: it counts as an error", label)
    return texts


def reference_pairs(
    data: Path | None, corpus: str | None, options: PairOptions, on_error: str
) -> list[SentencePair]:
    """Read texts and what is to become of them.

    Raises:
        DataError: The file is wrong, or holds nothing.
        ConfigError: The format cannot be told.
        CorpusError: The corpus or the split is unknown.
    """
    if data is not None:
        with _told(on_error, "pair") as told:
            pairs = list(PAIRS.read(data, options, told))
    else:
        pairs = list(load_split(str(corpus)))
        if not all(isinstance(pair, SentencePair) for pair in pairs):
            raise DataError("holds no pairs, which a translator is held to", corpus)
    if not pairs:
        raise DataError("holds no pair that can be used", data or corpus)
    return pairs


def labelled_trees(
    classifier: Any, data: Path | None, corpus: str | None, file_format: str | None, on_error: str
) -> list[ParseTree]:
    """Read trees with labels.

    Where the model knows positive and negative only, the five labels of sentiment trees become those.

    Raises:
        ConfigError: A corpus is named, and there is none of trees; or the format is not that of trees.
        DataError: The file is wrong.
    """
    if data is None:
        raise ConfigError(f"{corpus} is not a corpus of trees; give --data FILE")
    trained_on = classifier.file.metadata.get("provenance", {}).get("data", {})
    options = TreeOptions(format=file_format, binary=trained_on.get("labels") == POLAR)
    with _told(on_error, "tree") as told:
        return list(TREES.read(data, options, told))


def parsed_sentences(
    data: Path | None, corpus: str | None, file_format: str | None, on_error: str
) -> list[Constituents]:
    """Read trees as parsers are scored on them.

    Raises:
        ConfigError: The format is not that of trees.
        DataError: The file is wrong, or holds nothing that can be used.
        CorpusError: The corpus or the split is unknown.
    """
    options = TreeOptions(format=file_format)
    with _told(on_error, "tree") as told:
        trees = list(load_split(str(corpus)) if data is None else TREES.read(data, options, told))
        if not all(isinstance(tree, ParseTree) for tree in trees):
            raise DataError("holds no trees, which a parser is held to", corpus)
        sentences = examples(trees, told)
    if not sentences:
        raise DataError("holds no tree that can be used", data or corpus)
    return sentences


@contextmanager
def _told(on_error: str, noun: str) -> Iterator[OnError]:
    """What is told of records that are wrong; of those skipped a line is written in the end."""
    problems = Problems()
    yield problems if on_error == "skip" else stop
    if problems.count:
        log.warning(problems.summary(noun=noun))


def _separator(classifier: Any, given: str | None) -> str | None:
    if classifier.codec.threshold is None:
        if given is not None:
            raise ConfigError("the model gives each text one label: there is nothing to part")
        return None
    settings = classifier.file.metadata.get("provenance", {}).get("settings", {})
    # A model of a prepared corpus does not say how the files of that corpus were written.
    separator: str | None = given or settings.get("data", {}).get("label_separator")
    if separator is None:
        raise ConfigError(
            "the model may give a text several labels: say by --label-separator what parts them"
        )
    return separator
