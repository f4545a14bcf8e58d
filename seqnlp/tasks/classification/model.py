"""A classifier in use: text in, labels and their probabilities out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import Encoded
from seqnlp.errors import ModelFileError
from seqnlp.serving.model import check_items
from seqnlp.serving.runner import Computed
from seqnlp.serving.word_model import WordModel
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.pooling import attention_of_texts, of_texts
from seqnlp.tasks.classification.prediction import Classification
from seqnlp.text.tokenizers.token import tokens_of

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation

log = logging.getLogger("seqnlp")


@dataclass(frozen=True, repr=False)
class Classifier(WordModel):
    """Classifies text with a model file; made by `seqnlp.load`."""

    task = "classifier"
    codec_class = ClassificationCodec

    codec: ClassificationCodec

    def __call__(self, text: str) -> Classification:
        """Classify a text."""
        return self.predict([text])[0]

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

        def collect(numbers: Sequence[int], encoded: Encoded, computed: Computed) -> list[Classification]:
            probabilities = self._probabilities(len(numbers), encoded, computed)
            return self._classifications([contents[number] for number in numbers], probabilities)

        return self._runner([self._cut(content) for content in contents], ["logits"], collect)

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
            self.tokenizer.tokenize(content) if isinstance(content, str) else tokens_of(content)
            for content in contents
        ]
        words = [self._cut([token.text for token in tokens]) for tokens in cut]

        def collect(numbers: Sequence[int], encoded: Encoded, computed: Computed) -> list[Explanation]:
            probabilities = self._probabilities(len(numbers), encoded, computed)
            classifications = self._classifications([contents[number] for number in numbers], probabilities)
            weights = self._weights([len(cut[number]) for number in numbers], encoded, computed)
            return [
                Explanation(
                    classification,
                    [
                        WeightedWord(*token, weight)
                        for token, weight in zip(cut[number], counted, strict=True)
                    ],
                )
                for number, classification, counted in zip(numbers, classifications, weights, strict=True)
            ]

        return self._runner(words, ["logits", "attention"], collect)

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

    def classify(self, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        """Classify texts that are cut into words.

        Args:
            texts: The words of each; a text may be empty.

        Returns:
            The probability of each label for each text, in the order of `codec.labels`.
        """

        def collect(
            numbers: Sequence[int], encoded: Encoded, computed: Computed
        ) -> list[NDArray[np.float64]]:
            return list(self._probabilities(len(numbers), encoded, computed))

        return self._runner(texts, ["logits"], collect)

    def _probabilities(self, count: int, encoded: Encoded, computed: Computed) -> NDArray[np.float64]:
        """The probabilities of so many texts, [texts, labels]."""
        rows = np.zeros((len(encoded.windows.lengths), len(self.codec.labels)), np.float32)
        for batch, (logits, *_) in computed:
            rows[batch.rows] = logits
        return np.asarray(self.codec.choice.probabilities(of_texts(rows, encoded.windows, count)), np.float64)

    def _weights(self, lengths: Sequence[int], encoded: Encoded, computed: Computed) -> list[list[float]]:
        """The weights of the words of texts of these lengths."""
        attention = np.zeros(len(encoded.words))
        for batch, (_, weights) in computed:
            encoded.windows.join(batch, weights, attention)
        flat = iter(attention_of_texts(attention, encoded.windows).tolist())
        # An empty text is read as a word that nobody knows.
        return [list(islice(flat, length or 1))[:length] for length in lengths]
