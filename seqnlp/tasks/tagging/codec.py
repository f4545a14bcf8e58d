"""The codec of taggers: sentences to arrays, and label ids to tags."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, Self

import numpy as np

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ModelFileError
from seqnlp.text.schemes import OUTSIDE, convert, legal_transitions
from seqnlp.text.vocabulary import Vocabulary, WordForm
from seqnlp.types import Ids, Integers, JsonObject

_IOBES = re.compile("O|[BIES]-.+", re.DOTALL)
_IOBES_TO_BIO = {"O": "O", "B": "B", "I": "I", "E": "I", "S": "B"}


@dataclass(frozen=True, kw_only=True)
class TaggingCodec(WordCodec):
    """Converts sentences to arrays, and label ids to tags.

    Attributes:
        labels: The tags of the network, in `scheme`.
        scheme: The tagging scheme of the network: `iobes`, or `plain` for tags without spans.
    """

    labels: Vocabulary
    scheme: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scheme not in ("iobes", "plain"):
            raise ValueError(f"a network cannot use the tagging scheme {self.scheme!r}")
        wrong = [tag for tag in self.labels.entries if self.scheme == "iobes" and not _IOBES.fullmatch(tag)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not an iobes tag")

    @classmethod
    def learn(
        cls,
        sentences: Iterable[tuple[Sequence[str], Sequence[str]]],
        scheme: str,
        form: WordForm,
        tokenizer: JsonObject | None = None,
        **limits: Any,
    ) -> Self:
        """Learn the vocabularies.

        Args:
            sentences: The words and the tags of each training sentence. The tags are in `scheme`.
            scheme: `iobes` or `plain`.
            form: Normalisation of words before lookup.
            tokenizer: The spec of the tokenizer for raw text; by default `words`.
            limits: `min_words`, `max_words` and `min_characters`, as for `learn_vocabularies`.

        Example:
            >>> sentence = (["Ada", "Lovelace", "wrote"], ["B-PER", "E-PER", "O"])
            >>> codec = TaggingCodec.learn([sentence], "iobes", WordForm())
            >>> codec.decode(np.array(codec.labels.ids(["B-PER", "E-PER", "O"])), [3])
            [['B-PER', 'I-PER', 'O']]
        """
        words: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        for sentence_words, sentence_tags in sentences:
            words.update(sentence_words)
            tags.update(sentence_tags)
        if scheme == "iobes":
            # All four forms of every label, even if the training data contain only some of them.
            spans = {tag[2:] for tag in tags if tag != OUTSIDE}
            tags.update({f"{prefix}-{label}": 0 for label in spans for prefix in "BIES"})
            tags[OUTSIDE] += 0
        labels = Vocabulary.learn(tags, min_count=0, closed=True)
        codec = cls(**cls.learn_vocabularies(words, form, **limits), labels=labels, scheme=scheme)
        return codec if tokenizer is None else replace(codec, tokenizer=tokenizer)

    def extend(
        self,
        sentences: Iterable[tuple[Sequence[str], Sequence[str]]],
        max_words: int | None = None,
        **limits: Any,
    ) -> Self:
        """Return a codec with the words, characters and tags of new training sentences at the end.

        Args:
            sentences: The words and the tags of each sentence. The tags are in `scheme`.
            max_words: Maximum number of known words.
            limits: `min_words` and `min_characters`, as for `learn_vocabularies`.
        """
        learned = self.learn(sentences, self.scheme, self.form, **limits)
        labels = self.labels.extend(learned.labels.entries)
        return replace(self, labels=labels, **self.extended_vocabularies(learned, max_words))

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
            tags: The tags of each sentence, in the scheme of the codec. An unknown tag becomes -1.
            context: Overrides `context` of the codec. Training uses 0.
        """
        encoded = super().encode(sentences, context=context)
        return encoded if tags is None else replace(encoded, tags=self._tag_ids(tags))

    @property
    def output_scheme(self) -> str:
        """The scheme of predicted tags: `bio` or `plain`."""
        return "plain" if self.scheme == "plain" else "bio"

    def _tag_ids(self, tags: Sequence[Sequence[str]]) -> Ids:
        ids = {label: number for number, label in enumerate(self.labels.entries)}
        return np.array([ids.get(tag, -1) for sentence in tags for tag in sentence], np.int32)

    @cached_property
    def _names(self) -> list[str]:
        """The name of each label in `output_scheme`."""
        if self.scheme == "plain":
            return list(self.labels.entries)
        return [_IOBES_TO_BIO[name[0]] + name[1:] for name in self.labels.entries]

    @cached_property
    def _legal(self) -> set[tuple[int, int]]:
        """The pairs of labels that may follow one another; -1 is the boundary of a sentence."""
        legal, start, end = legal_transitions(self.labels.entries, self.scheme)
        pairs = zip(*(places.tolist() for places in legal.nonzero()), strict=True)
        starts, ends = (places.nonzero()[0].tolist() for places in (start, end))
        return {(-1, -1), *pairs, *((-1, label) for label in starts), *((label, -1) for label in ends)}

    def decode(self, ids: Integers, lengths: Sequence[int]) -> list[list[str]]:
        """Convert label ids to tags.

        Tags that follow the scheme, such as those of a CRF, are renamed one by one. Other sentences, from a
        softmax or from two windows, are repaired as in `seqnlp.text.schemes.to_spans`.

        Args:
            ids: Label ids of all tokens, int [tokens].
            lengths: The number of tokens of each sentence.

        Returns:
            The tags of each sentence, in `output_scheme`.
        """
        names, legal = self._names, self._legal
        labels = ids.tolist()
        sentences = []
        for end, length in zip(accumulate(lengths), lengths, strict=True):
            sentence = labels[end - length : end]
            if legal.issuperset(zip((-1, *sentence), (*sentence, -1), strict=True)):
                sentences.append([names[label] for label in sentence])
            else:
                tags = [self.labels.entries[label] for label in sentence]
                sentences.append(convert(tags, self.scheme, "bio"))
        return sentences

    def unknown_labels(self, tags: Iterable[Sequence[str]]) -> list[str]:
        """Return the labels that are missing from the training data.

        Args:
            tags: The gold tags of each sentence, in `output_scheme`.

        Returns:
            The labels of spans, or whole tags if they are plain, in sorted order.
        """
        prefix = 0 if self.scheme == "plain" else len("B-")
        known = {tag[prefix:] for tag in self.labels.entries}
        return sorted({tag[prefix:] for sentence in tags for tag in sentence} - known)

    def label_counts(self, ids: Integers) -> Counter[str]:
        """Count labels: each span once, or each word if tags are plain.

        Args:
            ids: Label ids, int [tokens]. Unknown tags, which are -1, are not counted.
        """
        counts: Counter[str] = Counter()
        numbers = np.bincount(ids[ids >= 0], minlength=len(self.labels)).tolist()
        for tag, number in zip(self.labels.entries, numbers, strict=True):
            if self.scheme == "plain":
                counts[tag] += number
            elif tag[0] in "BS":
                counts[tag[2:]] += number
        return +counts

    def summary(self) -> JsonObject:
        """Return a short summary of the codec as JSON values."""
        return {"labels": list(self.labels.entries), "scheme": self.scheme, **super().summary()}

    def to_spec(self) -> JsonObject:
        """Return the codec as JSON values."""
        return {**super().to_spec(), "labels": self.labels.to_spec(), "scheme": self.scheme}

    @classmethod
    def from_spec(cls, spec: JsonObject) -> Self:
        """Restore a codec from the result of `to_spec`.

        Raises:
            ModelFileError: The spec was not written by `to_spec`.
        """
        try:
            labels = Vocabulary.from_spec(spec["labels"], closed=True)
            return cls(**cls.fields_from_spec(spec), labels=labels, scheme=spec["scheme"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error
