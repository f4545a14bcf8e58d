"""Prepared parallel corpora in memory."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import pytest

from seqnlp.records import SentencePair
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.tasks.translation.settings import TranslatorSettings
from seqnlp.tasks.translation.task import TranslatorTask

PreparedPairs: TypeAlias = Prepared[SentencePair, TranslationCodec]
PreparePairs: TypeAlias = Callable[..., PreparedPairs]


@pytest.fixture(scope="session")
def prepare_pairs() -> PreparePairs:
    """Return a function that prepares pairs of single characters with settings by name."""

    def prepare_them(
        train: Sequence[SentencePair], dev: Sequence[SentencePair], **text: Any
    ) -> PreparedPairs:
        values = {"text.subwords": 0, **{f"text.{name}": value for name, value in text.items()}}
        settings = TranslatorSettings.load(values=values)
        return prepare(TranslatorTask(), settings, {"train": train, "dev": dev})

    return prepare_them
