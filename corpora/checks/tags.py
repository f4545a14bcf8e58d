"""Checks of the tags of sentences, in one form and several schemes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from seqnlp.corpora.problems import Problems
from seqnlp.errors import DataError
from seqnlp.records import TaggedSentence
from seqnlp.text.schemes import check_readable, check_sentence, to_spans
from seqnlp.text.tag_forms import TagForm, to_prefixes


class TagCheck:
    """Check the tags of sentences.

    Args:
        form: The form of the tags.
        schemes: The schemes to check.

    Attributes:
        spans: The count of each span label. All schemes give the same spans.
        unreadable: The sentences with malformed tags, by scheme.
        unusual: The sentences whose tags are readable but violate the scheme, by scheme.
    """

    def __init__(self, form: TagForm, schemes: Iterable[str]) -> None:
        self.spans: Counter[str] = Counter()
        self.unreadable = {scheme: Problems() for scheme in schemes}
        self.unusual = {scheme: Problems() for scheme in self.unreadable}
        self._form = form

    def add(self, sentence: TaggedSentence) -> None:
        """Check a sentence."""
        sentence = replace(sentence, tags=to_prefixes(sentence.tags, self._form))
        for scheme in self.unusual:
            try:
                check_readable(sentence, scheme)
            except DataError as error:
                self.unreadable[scheme](error)
                continue
            try:
                check_sentence(sentence, scheme)
            except DataError as error:
                self.unusual[scheme](error)
        try:
            self.spans.update(span.label for span in to_spans(sentence.tags, "bio"))
        except ValueError:
            return  # plain tags, or a problem
