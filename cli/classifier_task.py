"""Classifiers, as `seqnlp train` makes them."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from seqnlp.classification.config import ClassifierSettings
from seqnlp.classification.data import DevScorer, Prepared
from seqnlp.cli.corpus_source import CorpusSource, open_corpus
from seqnlp.corpora import LabelledOptions, OnError, fold, read_labelled
from seqnlp.errors import DataError
from seqnlp.metrics.classes import ClassScores
from seqnlp.records import LabelledText
from seqnlp.runtime import Classifier, evaluate_classifier

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

    def prepare(self, settings: ClassifierSettings) -> Prepared:
        """Read and encode a corpus; training texts without a word are left out."""
        data = settings.data

        def read(split: str, path: Path, on_error: OnError) -> Iterator[LabelledText]:
            phrases = data.phrases and split == "train"
            options = LabelledOptions(
                data.delimiter, data.text_column, data.label_column, phrases, data.binary
            )
            return read_labelled(path, data.format, options, on_error)

        source = open_corpus(data, self.name, SAMPLE, read)
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
        prepared = Prepared.of(train, texts, settings.text, source.description)
        for name, split in prepared.held_out.items():
            for label in sorted({text.label for text in split.texts} - set(prepared.codec.labels.entries)):
                log.warning(
                    "%s has the label %s, which training never saw: it counts as an error", name, label
                )
        return prepared

    def metric(self, prepared: Prepared) -> str:
        """The share of texts whose label is right."""
        return "accuracy"

    def batches(self, prepared: Prepared, settings: ClassifierSettings) -> Any:
        """The training batches."""
        from seqnlp.training_batches import training_batches

        train = prepared.train
        return training_batches(train.encoded, settings.training, settings.network.word_dropout, train.labels)

    def network(self, prepared: Prepared, settings: ClassifierSettings) -> Any:
        """A new network."""
        from seqnlp.classification.building import build_network

        return build_network(prepared.codec, settings.network, settings.training.seed)

    def scorer(self, network: Any, prepared: Prepared, batches: Any) -> Any:
        """Scores the network on dev."""
        return DevScorer(network, prepared.held_out["dev"], batches.buckets)

    def finish(self, network: Any, prepared: Prepared, batches: Any) -> dict[str, Any]:
        """Fit the temperature on dev."""
        from seqnlp.classification.calibration import temperature

        logits = self.scorer(network, prepared, batches).logits() * float(network.temperature)
        found = temperature(logits, prepared.held_out["dev"].labels)
        network.temperature.assign(found)
        return {"temperature": round(found, 4)}

    def export(self, network: Any, prepared: Prepared, path: Path, metadata: Mapping[str, Any]) -> None:
        """Write the model file."""
        from seqnlp.export.classifier import export_classifier

        export_classifier(network, prepared.codec, path, metadata, prepared.held_out["dev"].words)

    def load(self, path: Path) -> Any:
        """Read a saved network."""
        from seqnlp.classification.network import ClassificationNetwork
        from seqnlp.networks import load_network

        return load_network(path, ClassificationNetwork)

    def scores(self, path: Path, prepared: Prepared) -> dict[str, ClassScores]:
        """Score the model file on each held-out part."""
        classifier = Classifier.open(path)
        return {
            name: evaluate_classifier(classifier, split.texts) for name, split in prepared.held_out.items()
        }
