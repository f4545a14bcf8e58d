"""Classifiers in use: texts in, labels and their probabilities out."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Windows
from seqnlp.errors import ModelFileError
from seqnlp.serving.contents import list_texts
from seqnlp.serving.signature import Signature, Value
from seqnlp.serving.word_model import Text, WordModel, word_signature
from seqnlp.tasks.classification.codec import NO_WORDS, ClassificationCodec
from seqnlp.tasks.classification.prediction import Classification
from seqnlp.tasks.classification.windows import join_attention, join_logits
from seqnlp.text.tokenizers.token import Token, tokens_from_words

if TYPE_CHECKING:
    from seqnlp.tasks.classification.explanation import Explanation

log = logging.getLogger("seqnlp")


@dataclass(frozen=True, repr=False)
class Classifier(WordModel[ClassificationCodec, Classification]):
    """A classifier of texts, from a model file.

    Example:
        >>> classifier = seqnlp.Classifier.load("runs/reviews")
        >>> classifier("A warm and witty film.").label
        'positive'
    """

    task = "classifier"
    codec_class = ClassificationCodec

    @classmethod
    def signature(cls, codec: ClassificationCodec, outputs: Collection[str]) -> Signature:
        """Return the inputs and outputs of a classifier's graph."""
        expected = {"logits": Value("float32", ("batch", len(codec.labels)))}
        if "attention" in outputs:
            expected["attention"] = Value("float32", ("batch", "time"))
        return word_signature(codec, expected)

    def predict(self, contents: Iterable[Text]) -> list[Classification]:
        """Classify texts. One call with many texts is faster than one call per text.

        An empty text also gets a label, and causes a warning.

        Args:
            contents: Texts, or texts that are split into words, in any mixture.

        Raises:
            TypeError: A single text is given, or one of them is not a text.

        Example:
            >>> [found.label for found in classifier.predict(["A witty film.", "Two hours of flat jokes."])]
            ['positive', 'negative']
        """
        texts = list_texts(contents)
        probabilities = self.classify([self._split(content) for content in texts])
        return self._classifications(texts, probabilities)

    def explain(self, contents: Iterable[Text]) -> "list[Explanation]":
        """Classify texts, and return the attention weight of each word.

        Args:
            contents: As for `predict`.

        Raises:
            ModelFileError: The model has no attention pooling.

        Example:
            >>> (explanation,) = classifier.explain(["A witty film."])
            >>> [(word.text, round(word.weight, 2)) for word in explanation.words]
            [('A', 0.2), ('witty', 0.41), ('film', 0.21), ('.', 0.18)]
        """
        # Imported here, because most programs only ask for labels.
        from seqnlp.tasks.classification.explanation import Explanation, WeightedWord

        texts = list_texts(contents)
        self.require_attention()
        tokens = [self._tokenize(content) for content in texts]
        words = [self._split([token.text for token in text]) for text in tokens]
        windows, batches = self._runner([text or NO_WORDS for text in words], ["logits", "attention"])
        logits, attention = self._zeros(windows), np.zeros(int(windows.lengths.sum()))
        for batch, (batch_logits, batch_attention) in batches:
            logits[batch.rows] = batch_logits
            windows.join(batch, batch_attention, attention)
        classifications = self._classifications(texts, self._probabilities(logits, windows, len(words)))
        flat = iter(join_attention(attention, windows).tolist())
        weights = [list(islice(flat, len(text) or 1))[: len(text)] for text in tokens]
        return [
            Explanation(
                classification,
                [WeightedWord(*token, weight) for token, weight in zip(text, own, strict=True)],
            )
            for classification, text, own in zip(classifications, tokens, weights, strict=True)
        ]

    def require_attention(self) -> None:
        """Check that the model has attention weights.

        Raises:
            ModelFileError: It does not have them.
        """
        if all(output.name != "attention" for output in self.file.session.get_outputs()):
            raise ModelFileError(
                f"{self.file.path} has no attention weights, which explanations need; "
                "train with --set network.pooling=attention"
            )

    def classify(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """Return the probabilities of labels for texts that are split into words.

        Args:
            texts: The words of each text. A text may be empty.

        Returns:
            float64 [texts, labels], in the order of `codec.labels`.

        Example:
            >>> classifier.classify([["A", "witty", "film"]]).round(2)
            array([[0.02, 0.03, 0.95]])
        """
        windows, batches = self._runner([text or NO_WORDS for text in texts], ["logits"])
        logits = self._zeros(windows)
        for batch, (batch_logits,) in batches:
            logits[batch.rows] = batch_logits
        return self._probabilities(logits, windows, len(texts))

    def _classifications(
        self, contents: Sequence[Text], probabilities: NDArray[np.float64]
    ) -> list[Classification]:
        entries, multi_label = self.codec.labels.entries, self.codec.multi_label
        order = np.argsort(-probabilities, axis=1, kind="stable").tolist()
        # In both kinds of decision, a text gets its most probable labels.
        counts = self.codec.decision.decide(probabilities).sum(axis=1).tolist()
        return [
            Classification(
                content if isinstance(content, str) else " ".join(content),
                tuple([entries[label] for label in falling[:count]]),
                dict(zip(entries, scores, strict=True)),
                multi_label,
            )
            for content, count, falling, scores in zip(
                contents, counts, order, probabilities.tolist(), strict=True
            )
        ]

    def _split(self, content: Text) -> Sequence[str]:
        """Return the words of a text, with a warning if there are none."""
        if isinstance(content, str):
            content = self.tokenizer.split(content)
        if not content:
            log.warning("a text is empty; its label is a guess that depends on the training data only")
        return content

    def _tokenize(self, content: Text) -> list[Token]:
        """Return the tokens of a text that `_split` returns as words."""
        if isinstance(content, str):
            return [token for token in self.tokenizer.tokenize(content) if token.text]
        return tokens_from_words(content)

    def _zeros(self, windows: Windows) -> NDArray[np.float32]:
        return np.zeros((len(windows.lengths), len(self.codec.labels)), np.float32)

    def _probabilities(
        self, logits: NDArray[np.float32], windows: Windows, count: int
    ) -> NDArray[np.float64]:
        """Return the probabilities of whole texts, [count, labels], for the logits of windows."""
        joined = join_logits(logits, windows, count)
        return np.asarray(self.codec.decision.probabilities(joined), np.float64)
