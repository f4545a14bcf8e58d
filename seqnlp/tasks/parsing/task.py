"""Parsers, as `seqnlp train` makes them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.corpora import TREES, OnError, TreeOptions
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import ParseTree
from seqnlp.tasks.corpus import Memory, open_corpus, read_prepared
from seqnlp.tasks.parsing.constituents import Constituents
from seqnlp.tasks.parsing.data import DevScorer, Prepared
from seqnlp.tasks.parsing.examples import examples
from seqnlp.tasks.parsing.settings import ParserSettings
from seqnlp.training.run_directory import RunDirectory

log = logging.getLogger("seqnlp")

SAMPLE = "sample/trees"


class ParserTask:
    """Finds the constituents of sentences."""

    name = "parser"
    records = "sentences"

    def record(self, value: Any, settings: ParserSettings) -> ParseTree:
        """Return a value in memory, which must be a `ParseTree`.

        Raises:
            TypeError: The value is something else.
        """
        if not isinstance(value, ParseTree):
            raise TypeError(f"expected a ParseTree, not {value!r}")
        return value

    def prepare(self, settings: ParserSettings, memory: Memory | None = None) -> Prepared:
        """Read a prepared directory, or read and encode a treebank."""
        data = settings.data
        if data.prepared is not None:
            return read_prepared(settings, Prepared)
        sentences, description = self.sentences(settings, memory)
        train = _short_enough(sentences.pop("train"), settings.text.longest)
        prepared = Prepared.of(train, sentences, settings.text, description)
        _warn_of_new_labels(prepared)
        return prepared

    def sentences(
        self, settings: ParserSettings, memory: Memory | None = None
    ) -> tuple[dict[str, list[Constituents]], Mapping[str, Any]]:
        """Read a treebank: the sentences of each part, and what it is.

        Raises:
            ConfigError: The settings contradict each other, or the corpus lacks a part.
            DataError: A file is wrong, or no tree of a part can be used.
        """
        data = settings.data
        options = TreeOptions(format=data.format)

        def read(split: str, path: Path, on_error: OnError) -> Iterator[ParseTree]:
            return TREES.read(path, options, on_error)

        source = open_corpus(data, self.name, SAMPLE, read, memory)
        splits = [name for name in ("train", "dev", "test") if name in source.corpus.splits]
        sentences: dict[str, list[Constituents]] = {
            name: examples(source.corpus.split(name), source.on_error) for name in splits
        }
        for name, part in sentences.items():
            if not part:
                raise DataError(f"no tree of {name} can be used")
        if source.problems is not None and source.problems.count:
            log.warning(source.problems.summary(noun="tree"))
        return sentences, source.description

    def metric(self, prepared: Prepared, settings: ParserSettings) -> Metric:
        """F1 of labelled constituents."""
        return Metric("f1")

    def batches(self, prepared: Prepared, settings: ParserSettings) -> Any:
        """The training batches."""
        from seqnlp.tasks.parsing.batches import ParsingBatches

        train, word_dropout = prepared.train, settings.network.word_dropout
        return ParsingBatches.of(train.encoded, settings.training, word_dropout, brackets=train.brackets)

    def report(self, prepared: Prepared, settings: ParserSettings) -> Any:
        """What is in the treebank."""
        from seqnlp.tasks.word_report import report_on_words

        return report_on_words(self.records, prepared, self.batches(prepared, settings))

    def network(self, prepared: Prepared, settings: ParserSettings) -> Any:
        """A new network."""
        from seqnlp.tasks.parsing.building import build_network

        return build_network(prepared.codec, settings.network, settings.training.seed)

    def describe(self, network: Any, settings: ParserSettings) -> str:
        """What the network is, in words."""
        return settings.network.summary

    def scorer(self, network: Any, prepared: Prepared, batches: Any) -> Any:
        """Scores the network on dev."""
        return DevScorer(network, prepared.codec, prepared.held_out["dev"], batches.buckets)

    def finish(self, network: Any, prepared: Prepared, batches: Any) -> dict[str, Any]:
        """Nothing is left to do."""
        return {}

    def export(self, network: Any, prepared: Prepared, path: Path, metadata: Mapping[str, Any]) -> None:
        """Write the model file."""
        from seqnlp.tasks.parsing.graph import export_parser

        check = [sentence.words for sentence in prepared.held_out["dev"].sentences]
        export_parser(network, prepared.codec, path, metadata, check)

    def load(self, path: Path) -> Any:
        """Read a saved network."""
        from seqnlp.tasks.parsing.building import saved_network

        return saved_network(path)

    def scores(self, path: Path, prepared: Prepared) -> dict[str, Any]:
        """Score the model file on each held-out part."""
        from seqnlp.serving.evaluation import evaluate_parser
        from seqnlp.tasks.parsing.model import Parser

        parser = Parser.load(path)
        return {name: evaluate_parser(parser, split.sentences) for name, split in prepared.held_out.items()}

    def draw(self, scores: Mapping[str, Any], prepared: Prepared, run: RunDirectory) -> dict[str, Path]:
        """Draw which labels of dev were confused."""
        from seqnlp.training.plots import plot_confusion

        plot_confusion(scores["dev"].confusion, run.confusion)
        return {"Confusion": run.confusion}


def _short_enough(sentences: Sequence[Constituents], longest: int) -> list[Constituents]:
    """Those that are no longer than a sentence may be; others are told."""
    short = [sentence for sentence in sentences if len(sentence.words) <= longest]
    if not short:
        raise DataError(f"every training sentence has more than {longest} words (--set text.longest=…)")
    if len(short) < len(sentences):
        log.warning(
            "%s training sentences of more than %s words are left out", len(sentences) - len(short), longest
        )
    return short


def _warn_of_new_labels(prepared: Prepared) -> None:
    """Say which labels of dev and test training never saw; they count as errors."""
    counts = prepared.label_counts()
    for name in prepared.held_out:
        for label in sorted(counts[name].keys() - counts["train"].keys()):
            log.warning("%s has the label %s, which training never saw: it counts as an error", name, label)
