"""The base class of models that read words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from seqnlp.data.words import WordCodec
from seqnlp.serving.contents import Text as Text
from seqnlp.serving.model import Model, PredictionT
from seqnlp.serving.model_file import reading_metadata
from seqnlp.serving.runner import Runner
from seqnlp.serving.signature import Signature, Value
from seqnlp.text.sentences import split_sentences
from seqnlp.text.tokenizers import Token, Tokenizer, get_tokenizer
from seqnlp.text.tokenizers.token import tokens_from_words
from seqnlp.text.vocabulary import UNKNOWN

Codec = TypeVar("Codec", bound=WordCodec)


@dataclass(frozen=True, repr=False)
class WordModel(Model[Codec, Text, PredictionT], Generic[Codec, PredictionT]):
    """A model file of a task that reads words."""

    def __post_init__(self) -> None:
        with reading_metadata(self.file):
            _ = self.tokenizer  # now, so that opening the file reports damaged metadata

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the training text."""
        return get_tokenizer(self.codec.tokenizer)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size)

    def tokenize(self, content: Text) -> tuple[str, Sequence[Token], Sequence[slice]]:
        """Return a text, its tokens, and the slice of the tokens of each sentence."""
        if isinstance(content, str):
            tokens = self.tokenizer.tokenize(content)
            return content, tokens, list(split_sentences(content, tokens))
        tokens = tokens_from_words(content)
        return " ".join(content), tokens, [slice(0, len(tokens))] if tokens else []


def word_signature(codec: WordCodec, outputs: Mapping[str, Value]) -> Signature:
    """Return the signature of a graph that reads words.

    Args:
        codec: The codec, which may read characters.
        outputs: The outputs. The inputs have the axes `batch` and `time`.
    """
    axes = ("batch", "time")
    inputs = {"words": Value("int32", axes), "lengths": Value("int32", ("batch",))}
    example = {
        "words": np.array([[len(codec.words) - 1, UNKNOWN]], np.int32),
        "lengths": np.array([2], np.int32),
    }
    if codec.uses_characters:
        cached = len(codec.frequent) if codec.caches_characters else 0
        inputs |= {"spellings": Value("int32", axes), "characters": Value("int32", ("distinct", "width"))}
        example |= {
            "spellings": np.array([[max(0, cached - 1), cached]], np.int32),
            "characters": np.array([[len(codec.characters) - 1]], np.int32),
        }
    if codec.language is not None:
        from seqnlp.data.language_words import PLACES

        inputs |= {"tokens": Value("int32", ("batch", "tokens")), "token_lengths": Value("int32", ("batch",))}
        example |= {
            "tokens": np.full((1, 2), len(codec.language) - 1, np.int32),
            "token_lengths": np.array([2], np.int32),
        }
        for direction in codec.language.directions:
            inputs[PLACES[direction]] = Value("int32", axes)
            example[PLACES[direction]] = np.array([[0, 1]], np.int32)
    return Signature(inputs, outputs, example)
