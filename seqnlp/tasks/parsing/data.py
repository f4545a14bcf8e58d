"""A treebank ready for training, and its scores while a parser is trained."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.prepared import PreparedCorpus
from seqnlp.data.words import EncodedWords
from seqnlp.errors import DataError
from seqnlp.metrics.parseval import ParsevalScores
from seqnlp.tasks.parsing.codec import Brackets, ParserCodec
from seqnlp.tasks.parsing.decoding import DECODERS, Found, by_sentence, put_together
from seqnlp.tasks.parsing.settings import TextSettings
from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.constituents import Constituents
from seqnlp.types import Arrays


@dataclass(frozen=True)
class Examples:
    """Sentences with their constituents, encoded.

    Attributes:
        encoded: The arrays.
        brackets: The constituents.
    """

    encoded: EncodedWords
    brackets: Brackets

    def to_arrays(self) -> Arrays:
        """The arrays by their names, as `from_arrays` takes them."""
        bounds, firsts = self.brackets.bounds, self.brackets.firsts
        return {**self.encoded.to_arrays(), "bounds": bounds, "firsts": firsts}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore what `to_arrays` gave."""
        return cls(EncodedWords.from_arrays(arrays), Brackets(arrays["bounds"], np.asarray(arrays["firsts"])))


@dataclass(frozen=True)
class Split:
    """Sentences, encoded and as they are.

    Attributes:
        encoded: The arrays.
        sentences: The sentences with their constituents.
    """

    encoded: EncodedWords
    sentences: Sequence[Constituents]

    def to_arrays(self) -> Arrays:
        """The arrays by their names."""
        return self.encoded.to_arrays()

    def to_records(self) -> list[Any]:
        """The sentences as JSON values."""
        return [
            [each.words, each.tags, [[*bounds, chain] for bounds, chain in each.chains.items()]]
            for each in self.sentences
        ]

    @classmethod
    def from_contents(cls, arrays: Arrays, records: Sequence[Any]) -> Self:
        """Restore what `to_arrays` and `to_records` gave."""
        sentences = [
            Constituents(
                tuple(words), tuple(tags), {(start, end): tuple(chain) for start, end, chain in chains}
            )
            for words, tags, chains in records
        ]
        return cls(EncodedWords.from_arrays(arrays), sentences)


@dataclass(frozen=True)
class Prepared(PreparedCorpus):
    """Everything that training needs of a treebank."""

    task = "parser"
    records = "sentences"
    codec_class, train_class, split_class, text_class = ParserCodec, Examples, Split, TextSettings

    codec: ParserCodec
    train: Examples
    held_out: Mapping[str, Split]
    text: TextSettings

    @property
    def spec(self) -> Mapping[str, Any]:
        """What prediction needs besides the codec: what cuts texts."""
        return {"tokenizer": get_tokenizer("words").to_spec()}

    @classmethod
    def of(
        cls,
        train: Sequence[Constituents],
        held_out: Mapping[str, Sequence[Constituents]],
        text: TextSettings,
        source: Mapping[str, Any],
    ) -> "Prepared":
        """Learn a codec on the training sentences and encode all.

        Args:
            train: The training sentences, none longer than the settings allow.
            held_out: `dev`, and `test` if there is one.
            text: How words are looked up.
            source: What the corpus is.

        Raises:
            DataError: Training has no constituents but parts of speech.
        """
        codec = ParserCodec.learn(
            train,
            WordForm(lower=text.lower, digits=text.digits),
            text.longest,
            minimum_words=text.minimum_words,
            maximum_words=text.maximum_words,
            minimum_characters=text.minimum_characters,
        )
        if not len(codec.labels):
            raise DataError("no training tree has a constituent: only parts of speech are there")
        splits = {
            name: Split(codec.encode([each.words for each in sentences]), sentences)
            for name, sentences in held_out.items()
        }
        return cls(codec, Examples(*codec.examples(train)), splits, text, source)

    def label_counts(self) -> dict[str, Counter[str]]:
        """How often each part has each label."""
        numbers = np.bincount(self.train.brackets.bounds[:, 2], minlength=len(self.codec.labels)).tolist()
        train: Counter[str] = Counter()
        for chain, number in zip(self.codec.chains, numbers, strict=True):
            for label in chain:
                train[label] += number
        return {"train": train, **{name: _labels(split.sentences) for name, split in self.held_out.items()}}


@dataclass(frozen=True)
class DevScorer:
    """Scores a network on a split while it is trained.

    Attributes:
        network: The network.
        codec: Its codec.
        split: The sentences.
        buckets: The padded lengths of training, so that no other shapes need compiling.
    """

    network: Any
    codec: ParserCodec
    split: Split
    buckets: Buckets

    @cached_property
    def _batches(self) -> list[Batch]:
        return self.buckets.cover(self.codec.max_length).batches(self.split.encoded.windows.lengths)

    def _found(self) -> list[list[Found]]:
        """What the network finds of the pieces of each sentence."""
        encoded, decoder = self.split.encoded, DECODERS[self.network.search]
        pieces: dict[int, Found] = {}
        for batch in self._batches:
            inputs = encoded.batch(batch)
            outputs = self.network.predict_on_batch(inputs)
            arrays = {name: np.asarray(array) for name, array in outputs.items()}
            found = decoder(self.codec, arrays, inputs["lengths"])
            pieces.update(zip(batch.rows.tolist(), found, strict=False))
        return by_sentence(encoded.windows, pieces, len(self.split.sentences))

    def __call__(self) -> dict[str, float]:
        """The scores: `f1`, `precision`, `recall` of constituents, `accuracy` of parts of speech."""
        scores = ParsevalScores()
        for sentence, pieces in zip(self.split.sentences, self._found(), strict=True):
            scores.add(sentence, put_together(sentence.words, pieces)[0])
        figures = scores.to_dict()
        return {key: figures[key] for key in ("f1", "precision", "recall", "exact", "accuracy")}


def _labels(sentences: Sequence[Constituents]) -> Counter[str]:
    return Counter(label for each in sentences for chain in each.chains.values() for label in chain)
