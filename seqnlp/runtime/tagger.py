"""A tagger in use: text in, tags, entities and their probabilities out."""

import os
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.batching import Batch
from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.runtime.model_file import ModelFile, open_model
from seqnlp.runtime.prediction import Prediction, entities_of
from seqnlp.sentences import split_sentences
from seqnlp.tagging.codec import TaggingCodec
from seqnlp.tokenizers import Token, Tokenizer, tokenizer
from seqnlp.tokenizers.token import make_token

POSITIONS = 2048
"""Rows times padded length of a batch: with fewer the CRF is slower, with more the LSTM leaves the cache."""
ENOUGH_ROWS = 24
"""With so many rows a step of the LSTM and of the CRF costs little more than its rows cost."""


@dataclass(frozen=True)
class Tagger:
    """Tags text with a model file; made by `seqnlp.load`.

    Several threads may use one tagger.

    Attributes:
        file: The model.
        codec: The codec that it was trained with.
        tokenizer: Cuts raw text as its training text was cut.
        threads: How many batches are computed side by side, each by one thread. A batch that is alone, such
            as a sentence, gets two threads: sooner done, for half as much computing again.
        batch_size: The most sentences of a batch; None to go by their length alone.
    """

    file: ModelFile
    codec: TaggingCodec
    tokenizer: Tokenizer
    threads: int = 1
    batch_size: int | None = None

    @classmethod
    def open(
        cls, path: Path, threads: int | None = None, device: str = "cpu", batch_size: int | None = None
    ) -> "Tagger":
        """Open a model file or a run directory.

        Args:
            path: The `.onnx` file, or a run directory that holds `model.onnx`.
            threads: How many threads compute; by default as many as there are cores.
            device: `cpu` or `cuda`.
            batch_size: The most sentences of a batch; by default only their lengths count.

        Raises:
            ModelFileError: There is no such file, or it is damaged, of an unknown format or task, or not one
                of ours.
            ConfigError: The device is not to be had.
        """
        file = open_model(path, device)
        if file.task != "tagger":
            raise ModelFileError(f"{file.path} is a {file.task}, not a tagger")
        try:
            codec = TaggingCodec.from_spec(file.spec["codec"])
            cutter = tokenizer(file.spec["tokenizer"])
        except (ModelFileError, ConfigError, KeyError, TypeError, AttributeError) as error:
            raise ModelFileError(f"{file.path}: its metadata are damaged ({error})") from error
        return cls(file, codec, cutter, threads or _cores(), batch_size)

    @cached_property
    def known(self) -> Container[Any] | None:
        """What training knew: the spans with their labels, or the words where tags are plain."""
        from seqnlp.metrics.fingerprints import Fingerprints

        if self.codec.scheme == "plain":
            return set(self.codec.frequent)
        seen = self.file.metadata.get("seen")
        try:
            return None if seen is None else Fingerprints.from_text(seen)
        except (TypeError, ValueError) as error:
            raise ModelFileError(f"{self.file.path}: its metadata are damaged ({error})") from error

    @cached_property
    def _asked(self) -> Iterator[int]:
        """Counts the batches that were alone."""
        return count()

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="tagger")

    def __call__(self, text: str) -> Prediction:
        """Tag a text, sentence by sentence."""
        return self.predict([text])[0]

    def predict(self, contents: Sequence[str | Sequence[str]]) -> list[Prediction]:
        """Tag several texts at once, which is faster than one after the other.

        Args:
            contents: Texts, or sentences that are cut into words already, in any mixture. The text of such
                words is that of them joined by blanks.

        Returns:
            A prediction for each.
        """
        cut = [self._cut(content) for content in contents]
        words = [[token.text for token in tokens[part]] for _, tokens, parts in cut for part in parts]
        tagged = iter(self.tag(words))
        return [
            self._prediction(text, tokens, sentences, [next(tagged) for _ in sentences])
            for text, tokens, sentences in cut
        ]

    def _cut(self, content: str | Sequence[str]) -> tuple[str, Sequence[Token], Sequence[slice]]:
        """The text, its tokens, and which of them make up each sentence."""
        if isinstance(content, str):
            tokens = self.tokenizer.tokenize(content)
            return content, tokens, list(split_sentences(content, tokens))
        ends = accumulate(len(word) + 1 for word in content)
        tokens = [
            make_token((word, end - 1 - len(word), end - 1)) for word, end in zip(content, ends, strict=True)
        ]
        return " ".join(content), tokens, [slice(0, len(tokens))] if tokens else []

    def _prediction(
        self,
        text: str,
        tokens: Sequence[Token],
        sentences: Sequence[slice],
        tagged: Sequence[tuple[list[str], list[float]]],
    ) -> Prediction:
        scheme = self.codec.output_scheme
        entities = [
            entity
            for sentence, (tags, scores) in zip(sentences, tagged, strict=True)
            for entity in entities_of(text, tokens[sentence], tags, scores, scheme)
        ]
        return Prediction(
            text,
            tokens,
            [tag for tags, _ in tagged for tag in tags],
            [score for _, scores in tagged for score in scores],
            entities,
            sentences,
            scheme == "plain",
        )

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[tuple[list[str], list[float]]]:
        """Tag sentences of words.

        Args:
            sentences: The words of each; a sentence may be empty.

        Returns:
            For each sentence its tags (`bio`, or plain ones) and the probability of each, from 0 to 1.
        """
        groups = _groups([len(sentence) for sentence in sentences], self.batch_size)
        if len(groups) == 1:
            return self._tagged(sentences, alone=True)
        results: list[tuple[list[str], list[float]]] = [([], [])] * len(sentences)

        def tagged(group: Sequence[int]) -> list[tuple[list[str], list[float]]]:
            return self._tagged([sentences[number] for number in group])

        # A worker does all there is to do for its sentences, so that one computes while another encodes.
        for group, found in zip(groups, self._workers.map(tagged, groups), strict=True):
            for number, result in zip(group, found, strict=True):
                results[number] = result
        return results

    def _tagged(
        self, sentences: Sequence[Sequence[str]], alone: bool = False
    ) -> list[tuple[list[str], list[float]]]:
        """Tag sentences; if nothing else is being tagged, with all threads."""
        lengths = [len(sentence) for sentence in sentences]
        encoded = self.codec.encode([sentence for sentence in sentences if sentence])
        batches = list(_batches(encoded.windows.lengths, self.batch_size))

        alone = alone and self.threads > 1
        # One who asks once, such as a command with one sentence, need not wait for a second session.
        paired = alone and len(batches) == 1 and next(self._asked) > 0
        session = self.file.paired if paired else self.file.session

        def compute(batch: Batch) -> Sequence[NDArray[Any]]:
            return session.run(["tags", "scores"], encoded.batch(batch))  # type: ignore[no-any-return]

        computed = (self._workers.map if alone and len(batches) > 1 else map)(compute, batches)
        if len(batches) == 1 and batches[0].positions == len(encoded.words):
            tags, scores = (values.reshape(-1) for values in next(iter(computed)))
        else:
            tags, scores = np.zeros(len(encoded.words), np.int32), np.zeros(len(encoded.words), np.float32)
            for batch, (best, sure) in zip(batches, computed, strict=True):
                encoded.windows.join(batch, best, tags)
                encoded.windows.join(batch, sure, scores)
        return list(zip(self.codec.decode(tags, lengths), _split(scores, lengths), strict=True))


def _groups(lengths: Sequence[int], most: int | None) -> list[Sequence[int]]:
    """Sentences of similar length together, as many as make a batch."""
    if len(lengths) < 2:
        return [range(len(lengths))]
    return [batch.rows.tolist() for batch in _batches(np.asarray(lengths), most)]


def _batches(lengths: NDArray[np.integer[Any]], most: int | None) -> Iterator[Batch]:
    """Rows of similar length together, each batch padded to its longest.

    A batch of enough rows ends before a row that would make more than a twentieth of it padding.
    """
    order = np.argsort(lengths, kind="stable")
    rising = lengths[order].tolist()
    first = tokens = 0
    for last, length in enumerate(rising):
        rows = last + 1 - first  # with this one, to which all are padded
        positions = rows * length
        padded = rows > ENOUGH_ROWS and positions > 1.05 * (tokens + length)
        if rows > 1 and (positions > POSITIONS or rows - 1 == most or padded):
            yield Batch(order[first:last], rows - 1, rising[last - 1])
            first, tokens = last, 0
        tokens += length
    if rising:
        yield Batch(order[first:], len(rising) - first, rising[-1])


def _split(values: NDArray[np.floating[Any]], lengths: Sequence[int]) -> list[list[float]]:
    plain = values.tolist()
    ends = accumulate(lengths)
    return [plain[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
