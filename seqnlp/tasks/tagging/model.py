"""A tagger in use: text in, tags, entities and their probabilities out."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.words import Encoded
from seqnlp.errors import ModelFileError
from seqnlp.serving.model import check_items
from seqnlp.serving.runner import Computed
from seqnlp.serving.word_model import WordModel
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.prediction import TaggedText, entities_of
from seqnlp.text.tokenizers import Token


@dataclass(frozen=True, repr=False)
class Tagger(WordModel):
    """Tags text with a model file; made by `seqnlp.load`."""

    task = "tagger"
    codec_class = TaggingCodec

    codec: TaggingCodec

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

    def __call__(self, text: str) -> TaggedText:
        """Tag a text, sentence by sentence."""
        return self.predict([text])[0]

    def predict(self, contents: Sequence[str | Sequence[str]]) -> list[TaggedText]:
        """Tag several texts at once, which is faster than one after the other.

        Args:
            contents: Texts, or sentences that are cut into words already, in any mixture. The text of such
                words is that of them joined by blanks.

        Returns:
            A prediction for each.
        """
        check_items(contents)
        cut = [self.cut(content) for content in contents]
        words = [[token.text for token in tokens[part]] for _, tokens, parts in cut for part in parts]
        tagged = iter(self.tag(words))
        return [
            self._prediction(text, tokens, sentences, [next(tagged) for _ in sentences])
            for text, tokens, sentences in cut
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
            for entity in entities_of(text, tokens[sentence], tags, scores, scheme)
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
            sentences: The words of each; a sentence may be empty.

        Returns:
            For each sentence its tags (`bio`, or plain ones) and the probability of each, from 0 to 1.
        """

        def collect(
            numbers: Sequence[int], encoded: Encoded, computed: Computed
        ) -> list[tuple[list[str], list[float]]]:
            return self._collected([len(sentences[number]) for number in numbers], encoded, computed)

        return self._runner(sentences, ["tags", "scores"], collect)

    def _collected(
        self, lengths: Sequence[int], encoded: Encoded, computed: Computed
    ) -> list[tuple[list[str], list[float]]]:
        if len(computed) == 1 and computed[0][0].positions == len(encoded.words):
            tags, scores = (values.reshape(-1) for values in computed[0][1])
        else:
            tags, scores = np.zeros(len(encoded.words), np.int32), np.zeros(len(encoded.words), np.float32)
            for batch, (best, sure) in computed:
                encoded.windows.join(batch, best, tags)
                encoded.windows.join(batch, sure, scores)
        return list(zip(self.codec.decode(tags, lengths), _split(scores, lengths), strict=True))


def _split(values: NDArray[np.floating[Any]], lengths: Sequence[int]) -> list[list[float]]:
    plain = values.tolist()
    ends = accumulate(lengths)
    return [plain[end - length : end] for end, length in zip(ends, lengths, strict=True)]
