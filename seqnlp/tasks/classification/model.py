"""A classifier in use: text in, labels and their probabilities out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Windows
from seqnlp.errors import ModelFileError
from seqnlp.serving.model import check_items
from seqnlp.serving.word_model import WordModel
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.pooling import attention_of_texts, of_texts
from seqnlp.tasks.classification.prediction import Classification
from seqnlp.text.tokenizers.token import tokens_from_words

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation

log = logging.getLogger("seqnlp")

_NO_WORDS = ("",)
"""Replaces an empty text: a word that nobody knows."""


@dataclass(frozen=True, repr=False)
class Classifier(WordModel[ClassificationCodec, Classification]):
    """Classifies text with a model file; made by `seqnlp.load`."""

    task = "classifier"
    codec_class = ClassificationCodec

    def predict(self, contents: Sequence[str | Sequence[str]]) -> list[Classification]:
        """Classify several texts at once, which is faster than one after the other.

        An empty text gets a label too, and a warning.

        Args:
            contents: Texts, or texts that are cut into words already, in any mixture. The text of such words
                is that of them joined by blanks.

        Returns:
            A classification for each.
        """
        check_items(contents)
        probabilities = self.classify([self._cut(content) for content in contents])
        return self._classifications(contents, probabilities)

    def explain(self, contents: Sequence[str | Sequence[str]]) -> "list[Explanation]":
        """Classify several texts, and say which of their words counted.

        Args:
            contents: As for `predict`.

        Returns:
            An explanation for each.

        Raises:
            ModelFileError: The model has no attention to explain by.
        """
        from seqnlp.tasks.classification.explanation import (  # most ask for labels alone
            Explanation,
            WeightedWord,
        )

        self.require_attention()
        cut = [
            self.tokenizer.tokenize(content) if isinstance(content, str) else tokens_from_words(content)
            for content in contents
        ]
        words = [self._cut([token.text for token in tokens]) for tokens in cut]
        windows, batches = self._runner([text or _NO_WORDS for text in words], ["logits", "attention"])
        logits, attention = self._no_logits(windows), np.zeros(int(windows.lengths.sum()))
        for batch, (batch_logits, batch_attention) in batches:
            logits[batch.rows] = batch_logits
            windows.join(batch, batch_attention, attention)
        classifications = self._classifications(contents, self._probabilities(logits, windows, len(words)))
        flat = iter(attention_of_texts(attention, windows).tolist())
        weights = [list(islice(flat, len(tokens) or 1))[: len(tokens)] for tokens in cut]
        return [
            Explanation(
                classification,
                [WeightedWord(*token, weight) for token, weight in zip(tokens, counted, strict=True)],
            )
            for classification, tokens, counted in zip(classifications, cut, weights, strict=True)
        ]

    def require_attention(self) -> None:
        """Make sure that the model can explain.

        Raises:
            ModelFileError: It has no attention.
        """
        if all(output.name != "attention" for output in self.file.session.get_outputs()):
            raise ModelFileError(
                f"{self.file.path} has no attention to explain by; train with --set network.pooling=attention"
            )

    def _classifications(
        self, contents: Sequence[str | Sequence[str]], probabilities: NDArray[np.float64]
    ) -> list[Classification]:
        entries, several = self.codec.labels.entries, self.codec.threshold is not None
        falling = np.argsort(-probabilities, axis=1, kind="stable").tolist()
        counts = self.codec.choice.chosen(probabilities).sum(axis=1).tolist()  # the most probable are chosen
        return [
            Classification(
                content if isinstance(content, str) else " ".join(content),
                tuple([entries[label] for label in order[:count]]),
                dict(zip(entries, scores, strict=True)),
                several,
            )
            for content, count, order, scores in zip(
                contents, counts, falling, probabilities.tolist(), strict=True
            )
        ]

    def _cut(self, content: str | Sequence[str]) -> Sequence[str]:
        if isinstance(content, str):
            content = [token.text for token in self.tokenizer.tokenize(content)]
        if not content:
            log.warning("a text is empty: its label is what is likely without reading it")
        return content

    def classify(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """Classify texts that are cut into words.

        Args:
            texts: The words of each; a text may be empty.

        Returns:
            The probability of each label for each text, [texts, labels], in the order of `codec.labels`.
        """
        windows, batches = self._runner([text or _NO_WORDS for text in texts], ["logits"])
        logits = self._no_logits(windows)
        for batch, (batch_logits,) in batches:
            logits[batch.rows] = batch_logits
        return self._probabilities(logits, windows, len(texts))

    def _no_logits(self, windows: Windows) -> NDArray[np.float32]:
        return np.zeros((len(windows.lengths), len(self.codec.labels)), np.float32)

    def _probabilities(
        self, logits: NDArray[np.float32], windows: Windows, count: int
    ) -> NDArray[np.float64]:
        """The probabilities of so many texts, [texts, labels], from the logits of windows."""
        return np.asarray(self.codec.choice.probabilities(of_texts(logits, windows, count)), np.float64)
