"""How well a model file does on sentences whose tags are known."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from seqnlp.records import LabelledText, TaggedSentence
from seqnlp.runtime.classifier import Classifier
from seqnlp.runtime.tagger import Tagger

if TYPE_CHECKING:
    from seqnlp.metrics.classes import ClassScores
    from seqnlp.metrics.label_sets import LabelSetScores
    from seqnlp.metrics.spans import SpanScores
    from seqnlp.metrics.tags import TagScores

Record = TypeVar("Record")

_CHUNK = 1000


def evaluate(tagger: Tagger, sentences: Iterable[TaggedSentence]) -> "SpanScores | TagScores":
    """Tag sentences and count what is right.

    Args:
        tagger: The model.
        sentences: With tags in the scheme of its predictions (`bio`, or plain); read as a stream.

    Returns:
        All scores; by seen and unseen where the model file knows what training had.
    """
    from seqnlp.metrics.spans import SpanScores
    from seqnlp.metrics.tags import TagScores

    codec = tagger.codec
    scores = (
        TagScores(tagger.known) if codec.scheme == "plain" else SpanScores(codec.output_scheme, tagger.known)
    )
    for chunk in _chunks(sentences):
        for sentence, (tags, _) in zip(chunk, tagger.tag([each.words for each in chunk]), strict=True):
            scores.add(sentence.words, sentence.tags, tags)
    return scores


def evaluate_classifier(
    classifier: Classifier, texts: Iterable[LabelledText]
) -> "ClassScores | LabelSetScores":
    """Classify texts and count what is right.

    Args:
        classifier: The model.
        texts: Read as a stream.

    Returns:
        All scores.
    """
    from seqnlp.metrics.classes import ClassScores
    from seqnlp.metrics.label_sets import LabelSetScores

    scores = ClassScores() if classifier.codec.threshold is None else LabelSetScores()
    for chunk in _chunks(texts):
        for text, found in zip(chunk, classifier.predict([each.text for each in chunk]), strict=True):
            scores.add(text.labels, found.labels, found.scores)
    return scores


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    stream = iter(records)
    while chunk := list(islice(stream, _CHUNK)):
        yield chunk
