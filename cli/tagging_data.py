"""A corpus made ready to train a tagger, as the settings say."""

import logging
from typing import Any

from seqnlp.cli.corpus_source import open_corpus
from seqnlp.errors import ConfigError, DataError
from seqnlp.tagging.config import TaggerSettings
from seqnlp.tagging.examples import Reading
from seqnlp.tagging.prepared import Prepared
from seqnlp.tokenizers import tokenizer

log = logging.getLogger("seqnlp")


def prepare_tagging(settings: TaggerSettings) -> Prepared:
    """Read a prepared directory, or read and encode a corpus.

    Raises:
        ConfigError: The settings name two sources, or the corpus lacks a part.
        DataError: A file is wrong.
    """
    data = settings.data
    if data.prepared is not None:
        if data.corpus or data.train or data.dev or data.test:
            raise ConfigError("give --prepared, --corpus or --train, not two of them")
        return Prepared.read(data.prepared)
    source = open_corpus(data)
    splits = [name for name in ("train", "dev", "test") if name in source.corpus.splits]
    records: dict[str, Any] = {name: source.corpus.split(name) for name in splits}
    reading = Reading.of(
        records["train"], settings.text.scheme, source.published, tokenizer(settings.text.tokenizer)
    )
    sentences = {name: reading.examples(part, source.on_error) for name, part in records.items()}
    for name, part in sentences.items():
        if not part:
            raise DataError(f"no sentence of {name} can be used")
    if source.problems is not None and source.problems.count:
        log.warning(source.problems.summary())
    train = sentences.pop("train")
    prepared = Prepared.of(train, sentences, settings.text, source.description, reading.target)
    _warn_of_new_labels(prepared)
    return prepared


def _warn_of_new_labels(prepared: Prepared) -> None:
    """Say which tags of dev and test training never saw; they count as errors."""
    for name, split in prepared.held_out.items():
        for label in prepared.codec.unknown_labels(sentence.tags for sentence in split.sentences):
            log.warning("%s has the label %s, which training never saw: it counts as an error", name, label)
