"""A classifier in use: text in, labels and their probabilities out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqnlp.classification.codec import ClassificationCodec
from seqnlp.classification.pooling import of_texts, softmax
from seqnlp.runtime.classification import Classification
from seqnlp.runtime.model_file import ModelFile, codec_and_tokenizer, open_model
from seqnlp.runtime.runner import Computed, Runner, cores
from seqnlp.tokenizers import Tokenizer
from seqnlp.words import Encoded

log = logging.getLogger("seqnlp")


@dataclass(frozen=True)
class Classifier:
    """Classifies text with a model file; made by `seqnlp.load`.

    Several threads may use one classifier.

    Attributes:
        file: The model.
        codec: The codec that it was trained with.
        tokenizer: Cuts raw text as its training text was cut.
        threads: As of a `Tagger`.
        batch_size: The most windows of texts in a batch; None to go by their length alone.
    """

    file: ModelFile
    codec: ClassificationCodec
    tokenizer: Tokenizer
    threads: int = 1
    batch_size: int | None = None

    @classmethod
    def open(
        cls, path: Path, threads: int | None = None, device: str = "cpu", batch_size: int | None = None
    ) -> "Classifier":
        """Open a model file or a run directory.

        Args:
            path: The `.onnx` file, or a run directory that holds `model.onnx`.
            threads: How many threads compute; by default as many as there are cores.
            device: `cpu` or `cuda`.
            batch_size: The most windows of texts in a batch; by default only their lengths count.

        Raises:
            ModelFileError: There is no such file, or it is damaged, of an unknown format or task, or not one
                of ours.
            ConfigError: The device is not to be had.
        """
        return cls.of(open_model(path, device), threads, batch_size)

    @classmethod
    def of(cls, file: ModelFile, threads: int | None = None, batch_size: int | None = None) -> "Classifier":
        """Take an open model file.

        Args:
            file: The file.
            threads: As for `open`.
            batch_size: As for `open`.

        Raises:
            ModelFileError: It is for another task, or its metadata are damaged.
        """
        codec, cutter = codec_and_tokenizer(file, "classifier", ClassificationCodec)
        return cls(file, codec, cutter, threads or cores(), batch_size)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size)

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
        labels = self.codec.labels.entries
        words = [self._cut(content) for content in contents]
        results = []
        for content, probabilities in zip(contents, self.classify(words), strict=True):
            best = int(probabilities.argmax())
            scores = dict(zip(labels, probabilities.tolist(), strict=True))
            text = content if isinstance(content, str) else " ".join(content)
            results.append(Classification(text, labels[best], float(probabilities[best]), scores))
        return results

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
        return list(softmax(of_texts(rows, encoded.windows, len(texts))))
