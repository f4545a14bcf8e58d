"""How well a model file does where it is known what is right."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from seqnlp.records import LabelledText, ParseTree, SentencePair, TaggedSentence
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.translation.model import IMPOSSIBLE, Translator
from seqnlp.tasks.tree_classification.codec import label_of
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.trees.binary import binarize

if TYPE_CHECKING:
    from seqnlp.metrics.classes import ClassScores
    from seqnlp.metrics.label_sets import LabelSetScores
    from seqnlp.metrics.parseval import ParsevalScores
    from seqnlp.metrics.spans import SpanScores
    from seqnlp.metrics.tags import TagScores
    from seqnlp.metrics.translation import TranslationScores
    from seqnlp.metrics.trees import TreeScores
    from seqnlp.tasks.parsing.model import Parser
    from seqnlp.tasks.translation.search import SearchOptions
    from seqnlp.trees.constituents import Constituents

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


def evaluate_translator(
    translator: Translator, pairs: Iterable[SentencePair], options: "SearchOptions | None" = None
) -> "TranslationScores":
    """Translate texts and hold what comes out to their references.

    Args:
        translator: The model.
        pairs: The texts and their references; read as a stream.
        options: How to search.

    Returns:
        All scores. References with characters that training never saw, which nothing could write, do not
        count for the perplexity.
    """
    from seqnlp.metrics.translation import TranslationScores

    scores = TranslationScores()
    for chunk in _chunks(pairs):
        sources, targets = [pair.source for pair in chunk], [pair.target for pair in chunk]
        for translation, target in zip(translator.predict(sources, options), targets, strict=True):
            scores.add(translation.text, target)
        for total, pieces in translator.log_likelihoods(sources, targets):
            if total > IMPOSSIBLE:
                scores.add_likelihood(total, pieces)
    return scores


def evaluate_parser(parser: "Parser", sentences: "Iterable[Constituents]") -> "ParsevalScores":
    """Parse sentences from their words and count what is right.

    Args:
        parser: The model.
        sentences: With the constituents that are true; read as a stream.

    Returns:
        All scores.
    """
    from seqnlp.metrics.parseval import ParsevalScores

    scores = ParsevalScores()
    for chunk in _chunks(sentences):
        for sentence, (found, _) in zip(chunk, parser.parse([each.words for each in chunk]), strict=True):
            scores.add(sentence, found)
    return scores


def evaluate_tree_classifier(classifier: TreeClassifier, trees: Iterable[ParseTree]) -> "TreeScores":
    """Label trees and count what is right.

    Args:
        classifier: The model.
        trees: With the labels that are true; read as a stream.

    Returns:
        All scores.
    """
    from seqnlp.metrics.trees import TreeScores

    scores = TreeScores()
    for chunk in _chunks(trees):
        for tree, found in zip(chunk, classifier.predict(chunk), strict=True):
            binary = binarize(tree)
            labels = zip(binary.bounds(), map(label_of, binary.chains), strict=True)
            predicted = {(span.start, span.end): span.label for span in found.tree.spans}
            scores.add({bounds: label for bounds, label in labels if label}, predicted)
    return scores


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    stream = iter(records)
    while chunk := list(islice(stream, _CHUNK)):
        yield chunk
