"""Taggers in use: texts in, tags and entities out."""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np

from seqnlp.errors import ModelFileError
from seqnlp.serving.contents import list_texts
from seqnlp.serving.signature import Signature, Value
from seqnlp.serving.word_model import Text, WordModel, word_signature
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.prediction import TaggedText, read_entities
from seqnlp.text.tokenizers import Token
from seqnlp.types import Floats


@dataclass(frozen=True, repr=False)
class Tagger(WordModel[TaggingCodec, TaggedText]):
    """Tags texts with a model file.

    Example:
        >>> tagger = seqnlp.Tagger.load("runs/names")
        >>> tagger("Ada Lovelace lived in London.").entities[0].text
        'Ada Lovelace'
    """

    task = "tagger"
    codec_class = TaggingCodec

    @classmethod
    def signature(cls, codec: TaggingCodec, outputs: Collection[str]) -> Signature:
        """Return the inputs and outputs of a tagger's graph."""
        count = len(codec.labels)
        return word_signature(
            codec,
            {
                "tags": Value("int32", ("batch", "time"), ids=count),
                "scores": Value("float32", ("batch", "time")),
                "emissions": Value("float32", ("batch", "time", count)),
            },
        )

    @cached_property
    def known(self) -> Container[Any] | None:
        """The spans of the training data as (surface, label), or its words as (word,) if tags are plain.

        It is None if the model file does not contain them.
        """
        from seqnlp.metrics.fingerprints import Fingerprints

        try:
            seen = self.file.facts.get("seen")
            return None if seen is None else Fingerprints.from_text(seen)
        except (AttributeError, TypeError, ValueError) as error:
            raise ModelFileError(f"{self.file.path}: its metadata are damaged ({error})") from error

    def predict(self, contents: Iterable[Text]) -> list[TaggedText]:
        """Tag texts. One call with many texts is faster than one call per text.

        Args:
            contents: Texts, or sentences as sequences of words, in any mixture. The text of words consists of
                the words with spaces between them.

        Returns:
            One prediction per text.

        Raises:
            TypeError: A single text is given, or one of them is not a text.

        Example:
            >>> [text.tags for text in tagger.predict(["Ada sleeps", ["Ada", "sleeps"]])]
            [['B-PER', 'O'], ['B-PER', 'O']]
        """
        texts = [self.tokenize(content) for content in list_texts(contents)]
        words = [[token.text for token in tokens[place]] for _, tokens, places in texts for place in places]
        tagged = iter(self.tag(words))
        return [
            self._prediction(text, tokens, sentences, [next(tagged) for _ in sentences])
            for text, tokens, sentences in texts
        ]

    def _prediction(
        self,
        text: str,
        tokens: Sequence[Token],
        sentences: Sequence[slice],
        tagged: Sequence[tuple[list[str], list[float]]],
    ) -> TaggedText:
        scheme = self.codec.output_scheme
        entities = [
            entity
            for sentence, (tags, scores) in zip(sentences, tagged, strict=True)
            for entity in read_entities(text, tokens[sentence], tags, scores, scheme)
        ]
        return TaggedText(
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
            sentences: The words of each sentence. A sentence may be empty.

        Returns:
            For each sentence its tags (`bio` or plain) and the probability of each tag.

        Example:
            >>> [(tags, scores)] = tagger.tag([["Ada", "sleeps"]])
            >>> tags
            ['B-PER', 'O']
        """
        lengths = [len(sentence) for sentence in sentences]
        tags, scores = np.zeros(sum(lengths), np.int32), np.zeros(sum(lengths), np.float32)
        windows, batches = self._runner(sentences, ["tags", "scores"])
        for batch, (batch_tags, batch_scores) in batches:
            windows.join(batch, batch_tags, tags)
            windows.join(batch, batch_scores, scores)
        return list(zip(self.codec.decode(tags, lengths), _split(scores, lengths), strict=True))


def _split(values: Floats, lengths: Sequence[int]) -> list[list[float]]:
    """Split the values of all tokens into a list per sentence."""
    flat = values.tolist()
    ends = accumulate(lengths)
    return [flat[end - length : end] for end, length in zip(ends, lengths, strict=True)]
