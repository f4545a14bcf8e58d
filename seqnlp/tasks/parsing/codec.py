"""Convert sentences to arrays and label ids to labels, for training and serving."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from seqnlp.data.batching import Windows
from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.tasks.parsing.encoded import Brackets, EncodedTrees
from seqnlp.tasks.parsing.quotes import to_treebank_quotes
from seqnlp.text.vocabulary import Vocabulary, WordForm
from seqnlp.trees.binary import Chain
from seqnlp.trees.constituents import Constituents
from seqnlp.types import JsonObject


@dataclass(frozen=True, kw_only=True)
class ParserCodec(WordCodec):
    """The vocabularies of a parser.

    Attributes:
        tags: The parts of speech.
        labels: The labels in sorted order, and then those that later training data added. Constituents over
            the same words have one label: all their labels from top to bottom, with spaces between them.
    """

    tags: Vocabulary
    labels: Vocabulary

    @classmethod
    def learn(cls, sentences: Iterable[Constituents], form: WordForm, max_length: int, **limits: Any) -> Self:
        """Learn the vocabularies.

        Args:
            sentences: The training sentences.
            form: Normalisation of words before lookup.
            max_length: Maximum number of words in a row.
            limits: Further arguments of `learn_vocabularies`.
        """
        counts: Counter[str] = Counter()
        tags: set[str] = set()
        labels: set[str] = set()
        for sentence in sentences:
            counts.update(to_treebank_quotes(sentence.words))
            tags.update(sentence.tags)
            labels.update(map(_join, sentence.chains.values()))
        return cls(
            **cls.learn_vocabularies(counts, form, **limits),
            max_length=max_length,
            context=0,
            tags=Vocabulary(sorted(tags), closed=True),
            labels=Vocabulary(sorted(labels), closed=True),
        )

    def extend(self, sentences: Sequence[Constituents], max_words: int | None = None, **limits: Any) -> Self:
        """Return a codec with the words, characters, tags and labels of new training sentences at the end.

        Args:
            sentences: The training sentences.
            max_words: Maximum number of known words.
            limits: `min_words` and `min_characters`, as for `learn_vocabularies`.
        """
        learned = self.learn(sentences, self.form, self.max_length, **limits)
        return replace(
            self,
            tags=self.tags.extend(learned.tags.entries),
            labels=self.labels.extend(learned.labels.entries),
            **self.extended_vocabularies(learned, max_words),
        )

    def encode(self, sentences: Sequence[Sequence[str]], *, context: int | None = None) -> EncodedWords:
        """Encode sentences of words, with quotation marks as treebanks write them."""
        return super().encode([to_treebank_quotes(words) for words in sentences], context=context)

    def encode_trees(self, sentences: Sequence[Constituents]) -> EncodedTrees:
        """Encode sentences with their parts of speech and constituents.

        In a held-out split, an unknown part of speech becomes 0. Constituents with unknown labels, or in more
        than one row, are left out. Scores compare the original sentences.
        """
        words = self.encode([sentence.words for sentence in sentences])
        ids = {tag: number for number, tag in enumerate(self.tags.entries)}
        tags = np.array([ids.get(tag, 0) for sentence in sentences for tag in sentence.tags], np.int32)
        return EncodedTrees(replace(words, tags=tags), self._encode_brackets(words.windows, sentences))

    def _encode_brackets(self, windows: Windows, sentences: Sequence[Constituents]) -> Brackets:
        first_rows = np.searchsorted(windows.owners, np.arange(len(sentences))).tolist()
        found = [
            each
            for row, sentence in zip(first_rows, sentences, strict=True)
            for each in self._rows_of_brackets(row, sentence)
        ]
        table = np.array(found, np.int32).reshape(-1, 4)
        table = table[np.argsort(table[:, 0], kind="stable")]
        firsts = np.searchsorted(table[:, 0], np.arange(len(windows.lengths) + 1))
        return Brackets(table[:, 1:], firsts.astype(np.int64))

    def _rows_of_brackets(self, row: int, sentence: Constituents) -> Iterator[tuple[int, int, int, int]]:
        """Yield row, start, end and label of the constituents of a sentence, which begins in `row`."""
        for (start, end), chain in sentence.chains.items():
            window, offset = divmod(start, self.max_length)
            label = self._label_ids.get(chain)
            if label is not None and end - start + offset <= self.max_length:
                yield row + window, offset, offset + end - start, label

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The single labels of each label id, from top to bottom."""
        return tuple(tuple(label.split(" ")) for label in self.labels.entries)

    @cached_property
    def _label_ids(self) -> dict[Chain, int]:
        return {chain: number for number, chain in enumerate(self.chains)}

    @cached_property
    def single_labels(self) -> list[str]:
        """All single labels, in sorted order."""
        return sorted({label for chain in self.chains for label in chain})

    def summary(self) -> JsonObject:
        """Return a short summary of the codec as JSON values."""
        return {"labels": self.single_labels, "tags": list(self.tags.entries), **super().summary()}

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {**super().to_spec(), "tags": self.tags.to_spec(), "labels": self.labels.to_spec()}

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            tags, labels = (Vocabulary.from_spec(spec[name], closed=True) for name in ("tags", "labels"))
            return cls(**cls.fields_from_spec(spec), tags=tags, labels=labels)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error


def _join(chain: Chain) -> str:
    return " ".join(chain)
