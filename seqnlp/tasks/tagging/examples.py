"""Convert records of tagged text to examples: words and tags in one scheme."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, TaggedSentence
from seqnlp.text.alignment import TRIMMED, align
from seqnlp.text.schemes import UNUSUAL, check_readable, check_sentence, convert, detect_scheme
from seqnlp.text.tag_forms import TagForm, describe_plain, detect_tag_form, to_prefixes
from seqnlp.text.tokenizers import Tokenizer

if TYPE_CHECKING:
    from seqnlp.corpora import OnError, TaggedOptions

log = logging.getLogger("seqnlp")

TaggedRecord: TypeAlias = TaggedSentence | AnnotatedText
"""A record of a tagger's files."""


def resolve_scheme(records: Iterable[TaggedRecord], options: "TaggedOptions") -> "TaggedOptions":
    """Return format options with the tagging scheme and the form of the tags of records.

    Annotated texts have no tags; they become `bio`.

    Args:
        records: The records.
        options: The options. `auto` is detected.
    """
    tags = [record.tags for record in records if isinstance(record, TaggedSentence)]
    form: TagForm = "prefix"
    if options.tag_form != "auto":
        form = options.tag_form
    elif options.scheme != "plain":
        form = detect_tag_form({tag for each in tags for tag in each})
    if options.scheme != "auto":
        return replace(options, tag_form=form)
    scheme = detect_scheme(to_prefixes(each, form) for each in tags) if tags else "bio"
    return replace(options, tag_form=form, scheme=scheme)


def output_scheme(scheme: str) -> Literal["bio", "plain"]:
    """Return the scheme of examples and predictions, `bio` or `plain`, for the scheme of a file."""
    return "plain" if scheme == "plain" else "bio"


def detect_output_scheme(
    records: Sequence[TaggedRecord], options: "TaggedOptions"
) -> Literal["bio", "plain"]:
    """Return the scheme of the examples that records become.

    Args:
        records: The records.
        options: The format options. Tags may be plain even if the scheme has spans, but not vice versa,
            because a plain tag can look like that of a span.
    """
    tagged = any(isinstance(record, TaggedSentence) for record in records)
    found = resolve_scheme(records, replace(options, scheme="auto")).scheme
    return "plain" if tagged and "plain" in (options.scheme, found) else "bio"


def warn_of_plain_tags(records: Iterable[TaggedRecord]) -> None:
    """Warn if the tags of records are plain, but perhaps mark spans."""
    tags = {tag for record in records if isinstance(record, TaggedSentence) for tag in record.tags}
    warning = describe_plain(tags)
    if warning is not None:
        log.warning(warning)


def make_examples(
    records: Iterable[TaggedRecord],
    options: "TaggedOptions",
    tokenizer: Tokenizer,
    on_error: "OnError",
    repair: bool,
) -> list[TaggedSentence]:
    """Convert records to examples.

    Tags in an unusual order are read like `conlleval`, unless the options are strict. A warning counts them.

    Args:
        records: Tagged sentences or annotated texts.
        options: The format options, with the scheme and the form of the tags.
        tokenizer: Cuts annotated texts into words.
        on_error: Receives each record that cannot be used. If it returns, the record is left out.
        repair: Whether to omit the warning.

    Returns:
        Sentences with tags in the scheme that `output_scheme` returns.
    """
    from seqnlp.corpora import Problems

    unusual, trimmed = Problems(), Problems()
    examples: list[TaggedSentence] = []
    for record in records:
        try:
            if isinstance(record, AnnotatedText):
                examples += align(record, tokenizer, trimmed)
            else:
                examples.append(_convert_tags(record, options, unusual))
        except DataError as error:
            on_error(error)
    if trimmed.count:
        log.warning(trimmed.summary(TRIMMED, "text"))
    if unusual.count and not repair:
        log.warning(unusual.summary(UNUSUAL))
    return examples


def _convert_tags(sentence: TaggedSentence, options: "TaggedOptions", unusual: "OnError") -> TaggedSentence:
    scheme, form = options.scheme, options.tag_form
    if form != "auto":
        sentence = replace(sentence, tags=to_prefixes(sentence.tags, form))
    check_readable(sentence, scheme)
    try:
        check_sentence(sentence, scheme)
    except DataError as error:
        if options.strict_tags:
            raise
        unusual(error)
    return replace(sentence, tags=tuple(convert(sentence.tags, scheme, output_scheme(scheme))))
