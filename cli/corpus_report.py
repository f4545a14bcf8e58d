"""What `seqnlp corpora` reports, as JSON values."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp import corpora
from seqnlp.cli.pair_report import describe_pairs, lengths_report
from seqnlp.cli.treebank_report import describe_trees
from seqnlp.corpora import LABELLED, TAGGED, LabelledOptions, Problems, Summary, TaggedOptions, stop
from seqnlp.errors import DataError
from seqnlp.records import AnnotatedText, ParseTree, SentencePair, TaggedSentence
from seqnlp.text import schemes as spans
from seqnlp.trees.brackets import written

_EXAMPLES = 3


def list_corpora() -> list[dict[str, Any]]:
    """Describe each known corpus in a few words, as JSON values."""
    return [
        {
            "name": name,
            "task": entry.task,
            "tags": entry.tags,
            "language": entry.language,
            "installed": entry.installed(),
            "description": entry.description,
            "licence": entry.licence,
        }
        for name, entry in corpora.CATALOGUE.items()
    ]


def describe(name: str) -> dict[str, Any]:
    """Describe a corpus by its splits, as JSON values.

    Args:
        name: `name[/part]`.

    Raises:
        CorpusError: It is unknown, not installed or damaged.
    """
    entry, corpus = corpora.entry(name), corpora.load(name)
    of_words = entry.task == "tagger"
    scheme = spans.detect_scheme(sentence.tags for sentence in corpus.train) if of_words else None
    return {
        "name": name,
        "task": entry.task,
        "tags": entry.tags,
        "scheme": scheme,
        "language": entry.language,
        "description": entry.description,
        "licence": entry.licence,
        "location": entry.source.location(),
        "split_rule": entry.splits,
        "splits": {split: _describe_split(name, corpus.split(split), scheme) for split in corpus.splits},
        "examples": [_example(record) for record in corpus.train[:_EXAMPLES]],
    }


def _example(record: Any) -> dict[str, Any]:
    match record:
        case TaggedSentence():
            return {"words": record.words, "tags": record.tags}
        case ParseTree():
            return {"tree": written(record)}
        case SentencePair():
            return {"source": record.source, "target": record.target}
        case _:
            return {"text": record.text, "label": record.label}


def check_sentences(path: Path, options: TaggedOptions) -> tuple[dict[str, Any], Problems]:
    """Read a whole file of tagged sentences, in constant memory.

    Args:
        path: The file.
        options: How to read it.

    Returns:
        What it holds, as JSON values, and what is wrong: what cannot be read, and tags that their scheme
        forbids.

    Raises:
        DataError: Nothing in the file can be read.
        ConfigError: The format is unknown.
    """
    name = TAGGED.format_of(path, options)
    problems, summary = Problems(), Summary()
    faults = {scheme: Problems() for scheme in spans.SCHEMES}
    records = summary.counting(TAGGED.read(path, options, problems))
    scheme = spans.detect_scheme(_checked_tags(records, faults))
    problems.extend(faults[scheme])
    of_sentences = {"documents": summary.documents, "scheme": scheme if summary.of_sentences else None}
    return _report(path, "tagger", name, summary, problems, of_sentences), problems


def check_texts(path: Path, options: LabelledOptions) -> tuple[dict[str, Any], Problems]:
    """Read a whole file of labelled texts, or a folder, in constant memory.

    Args:
        path: The file.
        options: How to read it.

    Returns:
        What it holds, as JSON values, and what is wrong: what cannot be read.

    Raises:
        DataError: Nothing in the file can be read.
        ConfigError: The format is unknown.
    """
    name = LABELLED.format_of(path, options)
    problems, summary = Problems(), Summary()
    texts = summary.counting(LABELLED.read(path, options, problems))
    blank = sum(not text.text.strip() for text in texts)
    return _report(path, "classifier", name, summary, problems, {"blank": blank}), problems


def _report(
    path: Path, task: str, name: str, summary: Summary, problems: Problems, more: Mapping[str, Any]
) -> dict[str, Any]:
    units = ("sentences", "tokens") if summary.of_sentences else ("texts", "characters")
    return {
        "file": str(path),
        "task": task,
        "format": name,
        units[0]: summary.records,
        units[1]: summary.lengths.size,
        **more,
        "labels": dict(summary.labels.most_common()),
        "lengths": lengths_report(summary.lengths),
        "problems": problems.count,
        "first_problems": [str(error) for error in problems.first],
    }


def _checked_tags(
    records: Iterable[TaggedSentence | AnnotatedText], faults: Mapping[str, Problems]
) -> Iterator[Sequence[str]]:
    """Pass the tags on; on their way, note what is wrong with them in each scheme."""
    for record in records:
        if isinstance(record, TaggedSentence):
            for scheme, problems in faults.items():
                try:
                    spans.check_sentence(record, scheme)
                except DataError as error:
                    problems(error)
            yield record.tags


def _describe_split(name: str, records: Sequence[Any], scheme: str | None) -> dict[str, Any]:
    if isinstance(records[0], SentencePair):
        return describe_pairs(records)
    if isinstance(records[0], ParseTree):
        return describe_trees(name, records, "parser", stop)
    summary, labels = Summary(), Counter[str]()
    for record in summary.counting(records):
        if scheme is not None:
            labels.update(span.label for span in spans.to_spans(record.tags, scheme))
    if scheme is None:
        return {
            "texts": summary.records,
            "characters": summary.lengths.size,
            "labels": dict(summary.labels.most_common()),
            "lengths": lengths_report(summary.lengths),
        }
    return {
        "sentences": summary.records,
        "tokens": summary.lengths.size,
        "documents": summary.documents,
        "labels": dict((summary.labels if scheme == "plain" else labels).most_common()),
        "lengths": lengths_report(summary.lengths),
    }
