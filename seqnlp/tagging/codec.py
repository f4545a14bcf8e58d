"""Sentences to arrays and arrays to tags: the one encoder and decoder of training and of serving."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch, Windows, padded
from seqnlp.errors import ModelFileError
from seqnlp.spans import OUTSIDE, convert, legal_transitions
from seqnlp.vocabulary import PADDING, Vocabulary, WordForm

Arrays = dict[str, NDArray[Any]]

_IOBES_TO_BIO = {"O": "O", "B": "B", "I": "I", "E": "I", "S": "B"}


@dataclass(frozen=True)
class Encoded:
    """Sentences as arrays, all tokens laid end to end.

    Attributes:
        words: int32 [tokens], ids of the word vocabulary.
        spellings: int32 [tokens]; below `folded` a row of the model's table of known words, else `folded`
            plus a row of `characters`.
        characters: int32 [distinct, width], the characters of the distinct spellings, 0 in the padding.
        windows: How the tokens are cut into rows for the network.
        folded: How many spellings the model knows by heart.
        tags: int32 [tokens], ids of the labels; None where they are not known.
    """

    words: NDArray[np.int32]
    spellings: NDArray[np.int32]
    characters: NDArray[np.int32]
    windows: Windows
    folded: int = 0
    tags: NDArray[np.int32] | None = None

    def batch(self, batch: Batch) -> Arrays:
        """The network's inputs for the rows of a batch.

        Returns:
            `words` and `spellings` [rows, time], `characters` [distinct in the batch, width], `lengths`
            [rows], and `tags` [rows, time] where they are known; all int32.
        """
        starts, lengths = self.windows.starts, self.windows.lengths
        spellings = padded(self.spellings, starts, lengths, batch)
        characters = self.characters
        if len(batch.rows) < len(lengths):
            characters = self._spelled(spellings, lengths[batch.rows])
        arrays = {
            "words": padded(self.words, starts, lengths, batch),
            "spellings": spellings,
            "characters": characters,
            "lengths": np.zeros(batch.count, np.int32),
        }
        arrays["lengths"][: len(batch.rows)] = lengths[batch.rows]
        if self.tags is not None:
            arrays["tags"] = padded(self.tags, starts, lengths, batch)
        return arrays

    def _spelled(self, spellings: NDArray[np.int32], lengths: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """The characters of a batch's own words alone; `spellings` is renumbered in place to match."""
        present = np.arange(spellings.shape[1]) < lengths[:, None]
        distinct, numbers = np.unique(spellings[: len(lengths)][present], return_inverse=True)
        known = int(np.searchsorted(distinct, self.folded))
        rows = np.concatenate([distinct[:known], np.arange(len(distinct) - known) + self.folded])
        spellings[: len(lengths)][present] = rows[numbers]
        # The characters of one word at least: a graph has no use for an empty array.
        fresh = distinct[known:] - self.folded if known < len(distinct) else np.zeros(1, np.int32)
        characters = self.characters[fresh]
        width = int(np.flatnonzero(characters.any(axis=0)).max(initial=0)) + 1
        return np.ascontiguousarray(characters[:, :width])


@dataclass(frozen=True)
class TaggingCodec:
    """What turns sentences into arrays; learnt on the training sentences, saved in the model file.

    Attributes:
        words: The word vocabulary, over forms.
        form: How a word is written when it is looked up there.
        characters: The character vocabulary, over the words as they are written.
        labels: The tags that the network tells apart, in its own scheme (`iobes` for spans).
        scheme: The scheme of `labels`: `iobes`, or `plain` for tags without spans.
        longest: Longer sentences are cut into windows of so many words.
        context: How many words neighbouring windows share on each side when predicting.
        width: Of longer words only the first and last `width / 2` characters are read.
        frequent: Words as they are written that training saw more than once, the most frequent first.
        folded: Whether the network holds the character vectors of the `frequent` words in a table, so that
            only those of other words are computed.
    """

    words: Vocabulary
    form: WordForm
    characters: Vocabulary
    labels: Vocabulary
    scheme: str
    longest: int = 160
    context: int = 32
    width: int = 32
    frequent: tuple[str, ...] = ()
    folded: bool = False

    def __post_init__(self) -> None:
        if self.scheme not in ("iobes", "plain"):
            raise ValueError(f"no network has tags in the scheme {self.scheme!r}")
        if not 0 <= 2 * self.context < self.longest:
            raise ValueError(f"windows of {self.longest} words cannot share {self.context} on each side")
        if self.width < 2:
            raise ValueError(f"{self.width} characters of a word are too few")

    @classmethod
    def learn(
        cls,
        sentences: Iterable[tuple[Sequence[str], Sequence[str]]],
        scheme: str,
        form: WordForm,
        minimum_words: int = 1,
        maximum_words: int | None = None,
        minimum_characters: int = 1,
    ) -> Self:
        """Learn the vocabularies.

        Args:
            sentences: The words and the tags of each training sentence, the tags already in `scheme`.
            scheme: `iobes` or `plain`.
            form: How words are looked up.
            minimum_words: Words seen less often are unknown.
            maximum_words: At most so many words are known.
            minimum_characters: Characters seen less often are unknown.
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
        words_seen: Counter[str] = Counter()
        characters_seen: Counter[str] = Counter()
        for spelling, count in spellings.items():
            words_seen[form(spelling)] += count
            for character in spelling:
                characters_seen[character] += count
        return cls(
            words=Vocabulary.learn(words_seen, minimum_words, maximum_words),
            form=form,
            characters=Vocabulary.learn(characters_seen, minimum_characters),
            labels=Vocabulary.learn(tags, minimum=0, closed=True),
            scheme=scheme,
            frequent=Vocabulary.learn(spellings, minimum=2).entries,
        )

    @property
    def output_scheme(self) -> str:
        """The scheme of predicted tags: `bio`, or `plain`."""
        return "plain" if self.scheme == "plain" else "bio"

    @cached_property
    def _known(self) -> tuple[dict[str, int], NDArray[np.int32]]:
        """The rows of the folded spellings; the word id of each, and one more for whatever is not folded."""
        known = self.frequent if self.folded else ()
        return {spelling: row for row, spelling in enumerate(known)}, self._word_ids((*known, ""))

    def encode(
        self,
        sentences: Sequence[Sequence[str]],
        tags: Sequence[Sequence[str]] | None = None,
        context: int | None = None,
    ) -> Encoded:
        """Encode sentences.

        Args:
            sentences: The words of each sentence.
            tags: The tags of each, in the codec's scheme; a tag that training never saw becomes -1.
            context: Overrides the codec's own; training cuts without overlap.
        """
        known, known_ids = self._known
        folded = len(known)
        fresh: dict[str, int] = {}
        spellings = np.array(
            [
                known[word] if word in known else folded + fresh.setdefault(word, len(fresh))
                for sentence in sentences
                for word in sentence
            ],
            np.int32,
        )
        words = known_ids.take(spellings, mode="clip")
        if fresh:
            others = spellings >= folded
            words[others] = self._word_ids(fresh)[spellings[others] - folded]
        return Encoded(
            words=words,
            spellings=spellings,
            characters=self.spell(list(fresh)),
            windows=Windows.over(
                [len(sentence) for sentence in sentences],
                self.longest,
                self.context if context is None else context,
            ),
            folded=folded,
            tags=None if tags is None else self._tag_ids(tags),
        )

    def _word_ids(self, spellings: Iterable[str]) -> NDArray[np.int32]:
        return np.array(self.words.ids(map(self.form, spellings)), np.int32)

    def _tag_ids(self, tags: Sequence[Sequence[str]]) -> NDArray[np.int32]:
        numbers = {label: number for number, label in enumerate(self.labels.entries)}
        return np.array([numbers.get(tag, -1) for sentence in tags for tag in sentence], np.int32)

    def spell(self, spellings: Sequence[str]) -> NDArray[np.int32]:
        """The characters of spellings, [spellings (one row at least), width of the longest]."""
        half = self.width // 2
        short = (word if len(word) <= self.width else word[:half] + word[-half:] for word in spellings)
        ids = [self.characters.ids(word) for word in short] or [[]]
        width = max(1, *map(len, ids))
        return np.array([row + [PADDING] * (width - len(row)) for row in ids], np.int32)

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
        (softmax, or a cut between windows) is read as `seqnlp.spans.to_spans` says.

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

    def to_spec(self) -> dict[str, Any]:
        """Give the codec as JSON values."""
        return {
            "words": self.words.to_spec(),
            "form": {"lower": self.form.lower, "digits": self.form.digits},
            "characters": self.characters.to_spec(),
            "labels": self.labels.to_spec(),
            "scheme": self.scheme,
            "longest": self.longest,
            "context": self.context,
            "width": self.width,
            "frequent": Vocabulary(self.frequent, closed=True).to_spec(),
            "folded": self.folded,
        }

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Self:
        """Restore what `to_spec` gave.

        Raises:
            ModelFileError: The spec is not one that `to_spec` writes.
        """
        try:
            return cls(
                words=Vocabulary.from_spec(spec["words"]),
                form=WordForm(**spec["form"]),
                characters=Vocabulary.from_spec(spec["characters"]),
                labels=Vocabulary.from_spec(spec["labels"]),
                scheme=spec["scheme"],
                longest=int(spec["longest"]),
                context=int(spec["context"]),
                width=int(spec["width"]),
                frequent=Vocabulary.from_spec(spec["frequent"]).entries,
                folded=bool(spec["folded"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"the codec in the model is damaged ({error!r})") from error
