"""Taggers, as `seqnlp train` makes them."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.corpora import TAGGED, OnError, TaggedOptions
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import AnnotatedText, TaggedSentence
from seqnlp.serving.evaluation import evaluate
from seqnlp.tasks.corpus import Memory, open_corpus, read_prepared
from seqnlp.tasks.tagging.data import DevScorer, main_metric
from seqnlp.tasks.tagging.examples import Reading
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.prepared import Prepared
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.text.tokenizers import tokenizer
from seqnlp.training.run_directory import RunDirectory

log = logging.getLogger("seqnlp")

SAMPLE = "sample/ner"


class TaggerTask:
    """Tags words: names, chunks, parts of speech."""

    name = "tagger"
    records = "sentences"

    def record(self, value: Any, settings: TaggerSettings) -> Any:
        """Convert a value in memory to a record: a record, or a pair of words and tags.

        Raises:
            TypeError: The value is something else.
        """
        match value:
            case TaggedSentence() | AnnotatedText():
                return value
            case (words, tags):
                return TaggedSentence(tuple(words), tuple(tags))
        raise TypeError(f"expected a TaggedSentence or a pair of words and tags, not {value!r}")

    def prepare(self, settings: TaggerSettings, memory: Memory | None = None) -> Prepared:
        """Read a prepared directory, or read and encode a corpus."""
        data = settings.data
        if data.prepared is not None:
            return read_prepared(settings, Prepared)

        def read(split: str, path: Path, on_error: OnError) -> Iterator[Any]:
            options = TaggedOptions(
                format=data.format,
                delimiter=data.delimiter,
                word_column=data.word_column,
                tag_column=data.tag_column,
                tag_field=data.tag_field,
            )
            return TAGGED.read(path, options, on_error)

        source = open_corpus(data, self.name, SAMPLE, read, memory)
        splits = [name for name in ("train", "dev", "test") if name in source.corpus.splits]
        records: dict[str, Any] = {name: source.corpus.split(name) for name in splits}
        reading = Reading.of(
            records["train"], settings.text.scheme, source.published, tokenizer(settings.text.tokenizer)
        )
        sentences = {name: reading.examples(part, source.on_error) for name, part in records.items()}
        for name, part in sentences.items():
            if not part:
                raise DataError(f"no sentence of {name} can be used")
        if source.problems is not None and source.problems.count:
            log.warning(source.problems.summary())
        train = sentences.pop("train")
        prepared = Prepared.of(train, sentences, settings.text, source.description, reading.target)
        _warn_of_new_labels(prepared)
        return prepared

    def metric(self, prepared: Prepared, settings: TaggerSettings) -> Metric:
        """Return span F1, or the accuracy of plain tags."""
        return Metric(main_metric(prepared.codec))

    def batches(self, prepared: Prepared, settings: TaggerSettings) -> Any:
        """The training batches."""
        from seqnlp.training.batches import TrainingBatches

        return TrainingBatches.of(prepared.train, settings.training, settings.network.word_dropout)

    def report(self, prepared: Prepared, settings: TaggerSettings) -> Any:
        """What is in the corpus."""
        from seqnlp.tasks.word_report import report_on_words

        return report_on_words(self.records, prepared, self.batches(prepared, settings))

    def network(self, prepared: Prepared, settings: TaggerSettings) -> Any:
        """A new network."""
        from seqnlp.tasks.tagging.building import build_network

        return build_network(prepared.codec, settings.network, settings.training.seed)

    def describe(self, network: Any, settings: TaggerSettings) -> str:
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
        from seqnlp.tasks.tagging.graph import export_tagger

        metadata = {**metadata, "seen": prepared.seen}
        export_tagger(network, prepared.codec, path, metadata, prepared.held_out["dev"].words)

    def load(self, path: Path) -> Any:
        """Read a saved network."""
        from seqnlp.tasks.tagging.network import TaggingNetwork
        from seqnlp.training.networks import load_network

        return load_network(path, TaggingNetwork)

    def scores(self, path: Path, prepared: Prepared) -> dict[str, Any]:
        """Score the model file on each held-out part."""
        tagger = Tagger.load(path)
        return {name: evaluate(tagger, split.sentences) for name, split in prepared.held_out.items()}

    def draw(self, scores: Mapping[str, Any], prepared: Prepared, run: RunDirectory) -> dict[str, Path]:
        """Draw which labels of dev were confused."""
        from seqnlp.training.plots import plot_confusion

        plot_confusion(scores["dev"].confusion, run.confusion)
        return {"Confusion": run.confusion}

    def labeller(self, path: Path) -> Callable[[Sequence[Sequence[str]]], Any]:
        """Open the model file."""
        return Tagger.load(path).tag

    def outputs(self, network: Any, states: Any) -> Any:
        """The emissions."""
        return network.emissions(states)


def _warn_of_new_labels(prepared: Prepared) -> None:
    """Say which tags of dev and test training never saw; they count as errors."""
    for name, split in prepared.held_out.items():
        for label in prepared.codec.unknown_labels(sentence.tags for sentence in split.sentences):
            log.warning("%s has the label %s, which training never saw: it counts as an error", name, label)
