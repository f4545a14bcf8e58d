"""Summaries of tagged sentences and annotated texts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Self, TypeAlias

from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.corpora.checks.summary import Summary
from seqnlp.corpora.checks.tags import TagCheck
from seqnlp.corpora.problems import Problems
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, TaggedSentence
from seqnlp.text.alignment import TRIMMED, align
from seqnlp.text.schemes import OUTSIDE, SCHEMES, UNUSUAL, TagPair, scheme_of_pairs, tag_pairs
from seqnlp.text.tag_forms import FORMS, TagForm, describe_plain, detect_tag_form, possible_forms, to_prefix
from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.types import JsonObject

TaggedRecord: TypeAlias = TaggedSentence | AnnotatedText


class TaggedSummary(Summary[TaggedRecord]):
    """Count tagged sentences or annotated texts.

    Args:
        problems: Receives an error for each record that a tagger cannot use.
        scheme: The tagging scheme of the sentences; `auto` detects it.
        form: The form of their tags; `auto` detects it.
        strict: Whether unusual sequences of tags are errors, instead of one warning.
        tokenizer: The name of the tokenizer that cuts annotated texts.

    Attributes:
        scheme: The tagging scheme; None for annotated texts.
        documents: The number of sentences that start a document.
        tags: The count of each tag.
        spans: The count of each span label.
        lengths: The number of records by length, in words (sentences) or characters (texts).
    """

    def __init__(
        self,
        problems: Problems,
        scheme: str = "auto",
        form: TagForm | Literal["auto"] = "auto",
        strict: bool = False,
        tokenizer: str = "words",
    ) -> None:
        super().__init__()
        self.scheme: str | None = None
        self.documents = 0
        self.tags: Counter[str] = Counter()
        self.spans: Counter[str] = Counter()
        self.lengths = Lengths()
        self._problems = problems
        self._chosen = scheme
        self._strict = strict
        self._pairs: Counter[TagPair] = Counter()
        self._trimmed = Problems()
        self._warnings: list[str] = []
        schemes = SCHEMES if scheme == "auto" else (scheme,)
        plain = "prefix" if scheme == "plain" else form
        self._checks = {each: TagCheck(each, schemes) for each in (FORMS if plain == "auto" else (plain,))}
        self._tokenizer = get_tokenizer(tokenizer)

    def count(self, records: Iterable[TaggedRecord]) -> Self:
        """Count records, detect their tagging scheme, check their tags, and return the summary."""
        super().count(records)
        if self._trimmed.count:
            self._warnings.append(self._trimmed.summary(TRIMMED, "text"))
        if self.tags:
            self._check_tags()
        return self

    def _check_tags(self) -> None:
        form = detect_tag_form(self.tags) if len(self._checks) > 1 else next(iter(self._checks))
        check = self._checks[form]
        self.scheme = self._chosen if self._chosen != "auto" else scheme_of_pairs(_in_form(self._pairs, form))
        self.spans += check.spans
        self._problems.extend(check.unreadable[self.scheme])
        unusual = check.unusual[self.scheme]
        if self._strict:
            self._problems.extend(unusual)
        elif unusual.count:
            self._warnings.append(unusual.summary(UNUSUAL))
        plain = self._chosen == "auto" and self.scheme == "plain" and describe_plain(self.tags)
        if plain:
            self._warnings.append(plain)

    def add(self, record: TaggedRecord) -> None:
        """Count a record."""
        if isinstance(record, AnnotatedText):
            self._add_text(record)
            return
        self.records += 1
        self.lengths[len(record.words)] += 1
        self.documents += record.starts_document
        self._pairs.update(tag_pairs(record.tags))
        known = len(self.tags)
        self.tags.update(record.tags)
        if len(self.tags) > known and len(self._checks) > 1:
            possible = {"prefix", *possible_forms(self.tags)}
            self._checks = {form: check for form, check in self._checks.items() if form in possible}
        for check in self._checks.values():
            check.add(record)

    def _add_text(self, text: AnnotatedText) -> None:
        try:
            align(text, self._tokenizer, self._trimmed)
        except DataError as error:
            self._problems(error)
            return
        self.records += 1
        self.lengths[len(text.text)] += 1
        self.spans.update(span.label for span in text.spans)

    @staticmethod
    def show(record: TaggedRecord) -> str:
        """Return the words with their tags, or the text with its labels."""
        if isinstance(record, AnnotatedText):
            labels = ", ".join(f"{record.text[span.start : span.end]}/{span.label}" for span in record.spans)
            return f"{record.text}  ({labels})"
        words = zip(record.words, record.tags, strict=True)
        return " ".join(word if tag == OUTSIDE else f"{word}/{tag}" for word, tag in words)

    @property
    def warnings(self) -> Sequence[str]:
        """Warnings about unusual tags, about tags that may mark spans, and about trimmed spans."""
        return self._warnings

    @property
    def figures(self) -> JsonObject:
        """Sizes, documents, tagging scheme and lengths as JSON values."""
        records, units = ("sentences", "tokens") if self.tags else ("texts", "characters")
        documents = {"documents": self.documents} if self.tags else {}
        return {
            records: self.records,
            units: self.lengths.size,
            **documents,
            "scheme": self.scheme,
            "lengths": self.lengths.figures(),
        }

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        """The counts of span labels and of tags. Plain tags are labels."""
        if self.scheme == "plain":
            return {"labels": self.tags}
        return {"labels": self.spans, "tags": self.tags} if self.tags else {"labels": self.spans}


def _in_form(pairs: Mapping[TagPair, int], form: TagForm) -> Counter[TagPair]:
    """Return the counts of pairs of tags in the form `prefix`."""
    counts: Counter[TagPair] = Counter()
    for (before, tag), count in pairs.items():
        counts[before and to_prefix(before, form), tag and to_prefix(tag, form)] += count
    return counts
