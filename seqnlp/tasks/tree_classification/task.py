"""Tree classifiers, as `seqnlp train` makes them."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seqnlp.corpora import TREES, OnError, TreeOptions, polarize
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import ParseTree
from seqnlp.tasks.corpus import Memory, open_corpus, read_prepared
from seqnlp.tasks.tree_classification.codec import POLAR
from seqnlp.tasks.tree_classification.data import DevScorer, Prepared
from seqnlp.tasks.tree_classification.settings import TreeSettings
from seqnlp.training.run_directory import RunDirectory

log = logging.getLogger("seqnlp")


class TreeClassifierTask:
    """Labels all nodes of given trees."""

    name = "tree-classifier"
    records = "trees"

    def record(self, value: Any, settings: TreeSettings) -> ParseTree:
        """Return a value in memory, which must be a `ParseTree`.

        Raises:
            TypeError: The value is something else.
        """
        if not isinstance(value, ParseTree):
            raise TypeError(f"expected a ParseTree, not {value!r}")
        return polarize(value) if settings.data.binary else value

    def prepare(self, settings: TreeSettings, memory: Memory | None = None) -> Prepared:
        """Read a prepared directory, or read and encode a corpus."""
        data = settings.data
        if data.prepared is not None:
            return read_prepared(settings, Prepared)
        options = TreeOptions(format=data.format, binary=data.binary)

        def read(split: str, path: Path, on_error: OnError) -> Iterator[ParseTree]:
            return TREES.read(path, options, on_error)

        source = open_corpus(data, self.name, None, read, memory)
        splits = [name for name in ("train", "dev", "test") if name in source.corpus.splits]
        trees: dict[str, Any] = {name: source.corpus.split(name) for name in splits}
        for name, part in trees.items():
            if not part:
                raise DataError(f"no tree of {name} can be used")
        if source.problems is not None and source.problems.count:
            log.warning(source.problems.summary(noun="tree"))
        description = {**source.description, **({"labels": POLAR} if data.binary else {})}
        prepared = Prepared.of(trees.pop("train"), trees, settings.text, description)
        for name, split in prepared.held_out.items():
            unseen = int((split.encoded.labels == len(prepared.codec.labels)).sum())
            if unseen:
                log.warning(
                    "%s has %s nodes with labels that training never saw: they count as errors", name, unseen
                )
        return prepared

    def metric(self, prepared: Prepared, settings: TreeSettings) -> Metric:
        """The share of whole trees, or of nodes, whose label is right."""
        return Metric(settings.training.metric)

    def batches(self, prepared: Prepared, settings: TreeSettings) -> Any:
        """The training batches."""
        from seqnlp.tasks.tree_classification.batches import TreeBatches

        return TreeBatches.of(prepared.train, settings.training, settings.network.word_dropout)

    def report(self, prepared: Prepared, settings: TreeSettings) -> Any:
        """What is in the corpus."""
        from seqnlp.tasks.tree_classification.report import report_on_trees

        return report_on_trees(prepared, self.batches(prepared, settings))

    def network(self, prepared: Prepared, settings: TreeSettings) -> Any:
        """A new network."""
        from seqnlp.tasks.tree_classification.network import TreeNetwork

        codec, sizes = prepared.codec, settings.network
        network = TreeNetwork(
            len(codec.words),
            len(codec.labels),
            sizes.dimension,
            sizes.units,
            sizes.cell,
            sizes.dropout,
            sizes.label_smoothing,
            settings.training.seed,
        )
        network.build()
        return network

    def describe(self, network: Any, settings: TreeSettings) -> str:
        """What the network is, in words."""
        return settings.network.summary

    def scorer(self, network: Any, prepared: Prepared, batches: Any) -> Any:
        """Scores the network on dev."""
        return DevScorer(network, prepared.held_out["dev"], batches.positions)

    def finish(self, network: Any, prepared: Prepared, batches: Any) -> dict[str, Any]:
        """Nothing is left to do."""
        return {}

    def export(self, network: Any, prepared: Prepared, path: Path, metadata: Mapping[str, Any]) -> None:
        """Write the model file."""
        from seqnlp.tasks.tree_classification.graph import export_tree_network
        from seqnlp.trees.binary import binarised

        check = [binarised(tree) for tree in prepared.held_out["dev"].trees]
        export_tree_network(network, prepared.codec, path, metadata, check)

    def load(self, path: Path) -> Any:
        """Read a saved network."""
        from seqnlp.tasks.tree_classification.network import TreeNetwork
        from seqnlp.training.networks import load_network

        return load_network(path, TreeNetwork)

    def scores(self, path: Path, prepared: Prepared) -> dict[str, Any]:
        """Score the model file on each held-out part."""
        from seqnlp.serving.evaluation import evaluate_tree_classifier
        from seqnlp.tasks.tree_classification.model import TreeClassifier

        classifier = TreeClassifier.load(path)
        return {
            name: evaluate_tree_classifier(classifier, split.trees)
            for name, split in prepared.held_out.items()
        }

    def draw(self, scores: Mapping[str, Any], prepared: Prepared, run: RunDirectory) -> dict[str, Path]:
        """Draw which labels of dev's whole trees were confused."""
        from seqnlp.training.plots import plot_confusion

        plot_confusion(scores["dev"].confusion, run.confusion)
        return {"Confusion": run.confusion}
