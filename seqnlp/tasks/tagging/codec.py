"""Sentences to arrays and arrays to tags: the one encoder and decoder of training and of serving."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.text.schemes import OUTSIDE, convert, legal_transitions
from seqnlp.text.vocabulary import Vocabulary, WordForm

_IOBES_TO_BIO = {"O": "O", "B": "B", "I": "I", "E": "I", "S": "B"}


@dataclass(frozen=True, kw_only=True)
class TaggingCodec(WordCodec):
    """What turns sentences into arrays and label ids into tags.

    Attributes:
        labels: The tags that the network tells apart, in its own scheme (`iobes` for spans).
        scheme: The scheme of `labels`: `iobes`, or `plain` for tags without spans.
    """

    labels: Vocabulary
    scheme: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scheme not in ("iobes", "plain"):
            raise ValueError(f"no network has tags in the scheme {self.scheme!r}")

    @classmethod
    def learn(
        cls,
        sentences: Iterable[tuple[Sequence[str], Sequence[str]]],
        scheme: str,
        form: WordForm,
        **limits: Any,
    ) -> Self:
        """Learn the vocabularies.

        Args:
            sentences: The words and the tags of each training sentence, the tags already in `scheme`.
            scheme: `iobes` or `plain`.
            form: How words are looked up.
            limits: As `learn_vocabularies` takes them.
        """
        spellings: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        for words, sentence_tags in sentences:
            spellings.update(words)
            tags.update(sentence_tags)
        if scheme == "iobes":
            # All four forms of every label, also of those that training happens to have in fewer.
            spans = {tag[2:] for tag in tags if tag != OUTSIDE}
            tags.update({f"{prefix}-{label}": 0 for label in spans for prefix in "BIES"})
            tags[OUTSIDE] += 0
        labels = Vocabulary.learn(tags, min_count=0, closed=True)
        return cls(**cls.learn_vocabularies(spellings, form, **limits), labels=labels, scheme=scheme)

    def encode(
        self,
        sentences: Sequence[Sequence[str]],
        tags: Sequence[Sequence[str]] | None = None,
        *,
        context: int | None = None,
    ) -> EncodedWords:
        """Encode sentences.

        Args:
            sentences: The words of each sentence.
            tags: The tags of each, in the codec's scheme; a tag that training never saw becomes -1.
            context: Overrides the codec's own; training cuts without overlap.
        """
        encoded = super().encode(sentences, context=context)
        return encoded if tags is None else replace(encoded, tags=self._tag_ids(tags))

    @property
    def output_scheme(self) -> str:
        """The scheme of predicted tags: `bio`, or `plain`."""
        return "plain" if self.scheme == "plain" else "bio"

    def _tag_ids(self, tags: Sequence[Sequence[str]]) -> NDArray[np.int32]:
        numbers = {label: number for number, label in enumerate(self.labels.entries)}
        return np.array([numbers.get(tag, -1) for sentence in tags for tag in sentence], np.int32)

    @cached_property
    def _names(self) -> list[str]:
        """The name of each label in the scheme of predictions."""
        if self.scheme == "plain":
            return list(self.labels.entries)
        return [_IOBES_TO_BIO[name[0]] + name[1:] for name in self.labels.entries]

    @cached_property
    def _legal(self) -> set[tuple[int, int]]:
        """The pairs of labels that may follow one another; -1 is the edge of a sentence."""
        legal, start, end = legal_transitions(self.labels.entries, self.scheme)
        pairs = zip(*(places.tolist() for places in legal.nonzero()), strict=True)
        starts, ends = (places.nonzero()[0].tolist() for places in (start, end))
        return {(-1, -1), *pairs, *((-1, label) for label in starts), *((label, -1) for label in ends)}

    def decode(self, ids: NDArray[np.integer[Any]], lengths: Sequence[int]) -> list[list[str]]:
        """Name predicted tags, spans in the scheme `bio`.

        Tags that the CRF chose follow their scheme and are renamed one by one. A sentence that breaks it
        (softmax, or a cut between windows) is read as `seqnlp.text.schemes.to_spans` says.

        Args:
            ids: Label ids of all tokens, [tokens].
            lengths: How many tokens each sentence has.

        Returns:
            The tags of each sentence.
        """
        names, legal = self._names, self._legal
        numbers = ids.tolist()
        sentences = []
        for end, length in zip(accumulate(lengths), lengths, strict=True):
            sentence = numbers[end - length : end]
            if legal.issuperset(zip((-1, *sentence), (*sentence, -1), strict=True)):
                sentences.append([names[number] for number in sentence])
            else:
                sentences.append(
                    convert([self.labels.entries[number] for number in sentence], self.scheme, "bio")
                )
        return sentences

    def unknown_labels(self, tags: Iterable[Sequence[str]]) -> list[str]:
        """Name the labels that training never saw.

        Args:
            tags: The true tags of each sentence, in `output_scheme`.

        Returns:
            Of spans their labels, else whole tags; sorted.
        """
        prefix = 0 if self.scheme == "plain" else len("B-")
        known = {tag[prefix:] for tag in self.labels.entries}
        return sorted({tag[prefix:] for sentence in tags for tag in sentence} - known)

    def summary(self) -> dict[str, Any]:
        """What there is to know of the codec in short, as JSON values."""
        return {"labels": list(self.labels.entries), "scheme": self.scheme, **super().summary()}

    def to_spec(self) -> dict[str, Any]:
        """Give the codec as JSON values."""
        return {**super().to_spec(), "labels": self.labels.to_spec(), "scheme": self.scheme}

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            labels = Vocabulary.from_spec(spec["labels"])
            return cls(**cls.fields_from_spec(spec), labels=labels, scheme=spec["scheme"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error
