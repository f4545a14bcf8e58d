"""Sentences to arrays and numbers to labels: the one encoder of training and of serving."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.tasks.parsing.quotes import treebank_quotes
from seqnlp.text.vocabulary import Vocabulary, WordForm
from seqnlp.trees.binary import Chain
from seqnlp.trees.constituents import Constituents


@dataclass(frozen=True)
class Brackets:
    """The constituents of sentences, laid end to end.

    Attributes:
        bounds: int32 [constituents, 3]: the first word of each, the word behind its last, and its label.
        firsts: int64 [sentences + 1], where those of each sentence begin, and where those of the last end.
    """

    bounds: NDArray[np.int32]
    firsts: NDArray[np.int64]

    def of_rows(self, rows: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Those of some sentences, [constituents, 4]: which of these sentences, and the bounds."""
        found = [
            np.insert(self.bounds[self.firsts[row] : self.firsts[row + 1]], 0, place, axis=1)
            for place, row in enumerate(rows.tolist())
        ]
        return np.concatenate(found)


@dataclass(frozen=True, kw_only=True)
class ParserCodec(WordCodec):
    """What turns sentences into arrays, and numbers into labels.

    Attributes:
        tags: The parts of speech.
        labels: The labels, in sorted order; that of constituents over the same words is all of theirs, the
            upper first, parted by blanks.
    """

    tags: Vocabulary
    labels: Vocabulary

    @classmethod
    def learn(cls, sentences: Iterable[Constituents], form: WordForm, max_length: int, **limits: Any) -> Self:
        """Learn the vocabularies.

        Args:
            sentences: The training sentences.
            form: How words are looked up.
            max_length: As an attribute.
            limits: As `learn_vocabularies` takes them.
        """
        spellings: Counter[str] = Counter()
        tags: set[str] = set()
        labels: set[str] = set()
        for sentence in sentences:
            spellings.update(treebank_quotes(sentence.words))
            tags.update(sentence.tags)
            labels.update(map(_joined, sentence.chains.values()))
        return cls(
            **cls.learn_vocabularies(spellings, form, **limits),
            max_length=max_length,
            context=0,
            tags=Vocabulary(sorted(tags), closed=True),
            labels=Vocabulary(sorted(labels), closed=True),
        )

    def encode(self, sentences: Sequence[Sequence[str]], *, context: int | None = None) -> EncodedWords:
        """Encode sentences of words."""
        return super().encode([treebank_quotes(words) for words in sentences], context=context)

    def examples(self, sentences: Sequence[Constituents]) -> tuple[EncodedWords, Brackets]:
        """Encode sentences with what is to be found of them.

        Raises:
            KeyError: Training never saw a label.
        """
        encoded = self.encode([sentence.words for sentence in sentences])
        tags = [tag for sentence in sentences for tag in self.tags.ids(sentence.tags)]
        numbers = {label: number for number, label in enumerate(self.labels.entries)}
        bounds = [
            (*place, numbers[_joined(chain)])
            for sentence in sentences
            for place, chain in sentence.chains.items()
        ]
        firsts = np.cumsum([0, *(len(sentence.chains) for sentence in sentences)])
        brackets = Brackets(np.array(bounds, np.int32).reshape(-1, 3), firsts.astype(np.int64))
        return replace(encoded, tags=np.array(tags, np.int32)), brackets

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The labels of each number."""
        return tuple(tuple(label.split(" ")) for label in self.labels.entries)

    def summary(self) -> dict[str, Any]:
        """What there is to know of the codec in short, as JSON values."""
        single = sorted({label for chain in self.chains for label in chain})
        return {"labels": single, "tags": list(self.tags.entries), **super().summary()}

    def to_spec(self) -> dict[str, Any]:
        """Give the codec as JSON values."""
        return {**super().to_spec(), "tags": self.tags.to_spec(), "labels": self.labels.to_spec()}

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            tags, labels = (Vocabulary.from_spec(spec[name]) for name in ("tags", "labels"))
            return cls(**cls.fields_from_spec(spec), tags=tags, labels=labels)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error


def _joined(chain: Chain) -> str:
    return " ".join(chain)
