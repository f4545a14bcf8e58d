"""A classifier in use: text in, labels and their probabilities out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.classification.codec import ClassificationCodec
from seqnlp.classification.pooling import of_texts
from seqnlp.runtime.classification import Classification
from seqnlp.runtime.opened import Opened
from seqnlp.runtime.runner import Computed
from seqnlp.words import Encoded

log = logging.getLogger("seqnlp")


@dataclass(frozen=True)
class Classifier(Opened):
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
        words = [self._cut(content) for content in contents]
        texts = (content if isinstance(content, str) else " ".join(content) for content in contents)
        return [self._chosen(*each) for each in zip(texts, self.classify(words), strict=True)]

    def _chosen(self, text: str, probabilities: NDArray[np.float64]) -> Classification:
        entries, several = self.codec.labels.entries, self.codec.threshold is not None
        (chosen,) = self.codec.choice.chosen(probabilities[None])
        falling = np.argsort(-probabilities, kind="stable")
        labels = tuple(entries[number] for number in falling[chosen[falling]])
        return Classification(text, labels, dict(zip(entries, probabilities.tolist(), strict=True)), several)

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
        return self._runner(texts, ["logits"], self._collected)

    def _collected(
        self, texts: Sequence[Sequence[str]], encoded: Encoded, computed: Computed
    ) -> list[NDArray[np.float64]]:
        rows = np.zeros((len(encoded.windows.lengths), len(self.codec.labels)), np.float32)
        for batch, (logits,) in computed:
            rows[batch.rows] = logits
        return list(self.codec.choice.probabilities(of_texts(rows, encoded.windows, len(texts))))
