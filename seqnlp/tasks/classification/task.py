"""Classifiers, as `seqnlp train` makes them."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seqnlp.corpora import LABELLED, LabelledOptions, OnError, fold
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import LabelledText
from seqnlp.serving.evaluation import evaluate_classifier
from seqnlp.tasks.classification.data import DevScorer, Prepared
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.settings import FEW_LABELS, ClassifierSettings
from seqnlp.tasks.corpus import CorpusSource, Memory, open_corpus, read_prepared
from seqnlp.training.run_directory import RunDirectory

log = logging.getLogger("seqnlp")

SAMPLE = "sample/reviews"


def folded(source: CorpusSource, number: int, count: int) -> CorpusSource:
    """A fold of all texts of a corpus."""
    texts = [text for name in source.corpus.splits for text in source.corpus.split(name)]
    description = {**source.description, "fold": f"{number} of {count}"}
    return replace(source, corpus=fold(texts, number, count), description=description)


class ClassifierTask:
    """Labels whole texts."""

    name = "classifier"
    records = "texts"

    def record(self, value: Any, settings: ClassifierSettings) -> LabelledText:
        """Convert a value in memory to a record: a record, a (text, label) pair, or a mapping by column.

        Raises:
            TypeError: The value is something else.
        """
        data = settings.data
        match value:
            case LabelledText():
                return value
            case Mapping():
                return self.record((value[data.text_column], value[data.label_column]), settings)
            case (str(text), label):
                return LabelledText(text, (str(label),) if isinstance(label, str | int) else tuple(label))
        raise TypeError(f"expected a LabelledText or a (text, label) pair, not {value!r}")

    def prepare(self, settings: ClassifierSettings, memory: Memory | None = None) -> Prepared:
        """Read a prepared directory, or read and encode a corpus; empty training texts are left out."""
        data = settings.data
        if data.prepared is not None:
            return read_prepared(settings, Prepared)

        def read(split: str, path: Path, on_error: OnError) -> Iterator[LabelledText]:
            phrases = data.phrases and split == "train"
            options = LabelledOptions(
                format=data.format,
                delimiter=data.delimiter,
                text_column=data.text_column,
                label_column=data.label_column,
                label_separator=data.label_separator,
                phrases=phrases,
                binary=data.binary,
            )
            return LABELLED.read(path, options, on_error)

        source = open_corpus(data, self.name, SAMPLE, read, memory)
        if data.folds is not None:
            source = folded(source, data.fold, data.folds)
        splits = [name for name in ("train", "dev", "test") if name in source.corpus.splits]
        texts: dict[str, Any] = {name: source.corpus.split(name) for name in splits}
        for name, part in texts.items():
            if not part:
                raise DataError(f"no text of {name} can be used")
        if source.problems is not None and source.problems.count:
            log.warning(source.problems.summary(noun="text"))
        train = [text for text in texts.pop("train") if text.text.strip()]
        several = data.label_separator is not None
        prepared = Prepared.of(train, texts, settings.text, source.description, several)
        for name, split in prepared.held_out.items():
            for label in prepared.codec.unknown(text.labels for text in split.texts):
                log.warning(
                    "%s has the label %s, which training never saw: it counts as an error", name, label
                )
        return prepared

    def metric(self, prepared: Prepared, settings: ClassifierSettings) -> Metric:
        """The share of texts whose label is right; F1 where texts may have several labels."""
        return Metric(prepared.codec.choice.metric)

    def batches(self, prepared: Prepared, settings: ClassifierSettings) -> Any:
        """The training batches."""
        from seqnlp.training.batches import TrainingBatches

        train = prepared.train
        return TrainingBatches.of(
            train.encoded, settings.training, settings.network.word_dropout, labels=train.labels
        )

    def report(self, prepared: Prepared, settings: ClassifierSettings) -> Any:
        """What is in the corpus."""
        from seqnlp.tasks.word_report import report_on_words

        return report_on_words(self.records, prepared, self.batches(prepared, settings))

    def network(self, prepared: Prepared, settings: ClassifierSettings) -> Any:
        """A new network."""
        from seqnlp.tasks.classification.building import build_network

        told = settings.network.log_count_ratios
        if told is None:
            told = len(prepared.codec.labels) <= FEW_LABELS
        evidence = prepared.log_count_ratios() if told else None
        weights = prepared.class_weights() if settings.network.class_weights == "balanced" else None
        seed = settings.training.seed
        return build_network(prepared.codec, settings.network, seed, evidence, weights)

    def describe(self, network: Any, settings: ClassifierSettings) -> str:
        """What the network is, in words."""
        return settings.network.summary

    def scorer(self, network: Any, prepared: Prepared, batches: Any) -> Any:
        """Scores the network on dev."""
        return DevScorer(network, prepared.codec.choice, prepared.held_out["dev"], batches.buckets)

    def finish(self, network: Any, prepared: Prepared, batches: Any) -> dict[str, Any]:
        """Fit the temperature on dev, and the threshold where texts may have several labels."""
        from seqnlp.metrics.thresholds import best_threshold
        from seqnlp.tasks.classification.calibration import temperature

        choice, labels = prepared.codec.choice, prepared.held_out["dev"].labels
        logits = self.scorer(network, prepared, batches).logits() * float(network.temperature)
        found = temperature(logits, labels, choice)
        network.temperature.assign(found)
        figures = {"temperature": round(found, 4)}
        if prepared.codec.threshold is not None:
            threshold, _ = best_threshold(choice.probabilities(logits / found), labels)
            network.threshold.assign(threshold)
            figures["threshold"] = round(threshold, 4)
        return figures

    def export(self, network: Any, prepared: Prepared, path: Path, metadata: Mapping[str, Any]) -> None:
        """Write the model file."""
        from seqnlp.tasks.classification.graph import export_classifier

        export_classifier(network, prepared.codec, path, metadata, prepared.held_out["dev"].words)

    def load(self, path: Path) -> Any:
        """Read a saved network."""
        from seqnlp.tasks.classification.network import ClassificationNetwork
        from seqnlp.training.networks import load_network

        return load_network(path, ClassificationNetwork)

    def scores(self, path: Path, prepared: Prepared) -> dict[str, Any]:
        """Score the model file on each held-out part."""
        classifier = Classifier.load(path)
        return {
            name: evaluate_classifier(classifier, split.texts) for name, split in prepared.held_out.items()
        }

    def draw(self, scores: Mapping[str, Any], prepared: Prepared, run: RunDirectory) -> dict[str, Path]:
        """Draw which labels of dev were confused."""
        from seqnlp.training.plots import plot_confusion

        plot_confusion(scores["dev"].confusion, run.confusion)
        return {"Confusion": run.confusion}

    def labeller(self, path: Path) -> Callable[[Sequence[Sequence[str]]], Any]:
        """Open the model file."""
        return Classifier.load(path).classify

    def outputs(self, network: Any, states: Any) -> Any:
        """The hidden states themselves: pooling reaches every word, however far back."""
        from keras import ops

        return ops.transpose(states, (1, 0, 2))
