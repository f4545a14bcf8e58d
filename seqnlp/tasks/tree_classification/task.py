"""The task of labelling every node of given trees."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.errors import DataError
from seqnlp.records import ParseTree, Span
from seqnlp.serving.softmax import softmax
from seqnlp.tasks.task import Outputs, Task
from seqnlp.tasks.tree_classification.codec import TreeCodec, join_chain
from seqnlp.tasks.tree_classification.encoded import EncodedTrees, expect_trees
from seqnlp.tasks.tree_classification.model import TreeClassifier
from seqnlp.text.vocabulary import UNKNOWN, WordForm
from seqnlp.trees.binary import binarize, merge_chains
from seqnlp.trees.frontier import Frontier
from seqnlp.trees.groups import make_batches
from seqnlp.types import Array, Integers, Network

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.corpora import Reader, SentimentTreeOptions
    from seqnlp.data.encoded import Encoded
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.metric import Metric
    from seqnlp.metrics.trees import TreeScores
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.tasks.tree_classification.batches import TreeBatches
    from seqnlp.tasks.tree_classification.predict_options import TreePredictOptions
    from seqnlp.tasks.tree_classification.settings import TreeSettings

_CHECKED_WORDS = 512  # of a batch in the parity check
_CHUNK = 1000  # trees that are evaluated at once


class TreeClassifierTask(Task[ParseTree, ParseTree, "TreeSettings", TreeCodec, TreeClassifier]):
    """Labels every node of given trees with a recursive network."""

    name = "tree-classifier"
    description = "Label every node of given trees."
    noun = "tree"
    targets = ("labels",)
    close = ("logits",)
    tolerance = 1e-5
    compared = "a probability"

    def settings(self) -> "type[TreeSettings]":
        """Return the class of the settings."""
        from seqnlp.tasks.tree_classification.settings import TreeSettings

        return TreeSettings

    def reader(self) -> "Reader[ParseTree, SentimentTreeOptions]":
        """Return the reader of trees."""
        from seqnlp.corpora import SENTIMENT_TREES

        return SENTIMENT_TREES

    def codec(self) -> type[TreeCodec]:
        """Return the class of the codec."""
        return TreeCodec

    def encoded(self) -> type[EncodedTrees]:
        """Return the class of encoded trees."""
        return EncodedTrees

    def network(self) -> type[Network]:
        """Return the Keras class of the network."""
        from seqnlp.tasks.tree_classification.network import TreeNetwork

        return TreeNetwork

    def model(self) -> type[TreeClassifier]:
        """Return the serving class."""
        return TreeClassifier

    def predict_options(self) -> "type[TreePredictOptions]":
        """Return the options of a prediction."""
        from seqnlp.tasks.tree_classification.predict_options import TreePredictOptions

        return TreePredictOptions

    def record(self, value: object, options: "SentimentTreeOptions") -> ParseTree:
        """Return a value in memory, which must be a `ParseTree`.

        Raises:
            TypeError: The value is not a `ParseTree`.
        """
        from seqnlp.corpora import polarize

        if not isinstance(value, ParseTree):
            raise TypeError(f"expected a ParseTree, not {value!r}")
        return polarize(value) if options.binary else value

    def example_to_json(self, example: ParseTree) -> Any:
        """Return a tree as a JSON value."""
        return [example.words, [[*span] for span in example.spans]]

    def example_from_json(self, value: Any) -> ParseTree:
        """Restore a tree from the result of `example_to_json`."""
        words, spans = value
        return ParseTree(tuple(words), tuple(Span(*span) for span in spans))

    def learn_codec(self, train: Sequence[ParseTree], settings: "TreeSettings") -> TreeCodec:
        """Learn the vocabularies.

        Raises:
            DataError: The trees have fewer than two labels.
        """
        text = settings.text
        form = WordForm(lower=text.lower, digits=text.digits)
        codec = TreeCodec.learn(
            map(binarize, train), form, text.min_words, text.max_words, text.min_characters
        )
        labels = codec.labels.entries
        if len(labels) < 2:
            path = None if train[0].origin is None else train[0].origin.path
            found = f"all trees have the label {labels[0]}" if labels else "the trees have none"
            raise DataError(f"training needs at least two labels, but {found}", path)
        return codec

    def extend_codec(
        self, codec: TreeCodec, train: Sequence[ParseTree], settings: "TreeSettings"
    ) -> TreeCodec:
        """Add the words and labels of training trees."""
        text = settings.text
        return codec.extend(map(binarize, train), text.min_words, text.max_words, text.min_characters)

    def extend_network(
        self, network: Network, prepared: "Prepared[ParseTree, TreeCodec]", settings: "TreeSettings"
    ) -> Network:
        """Return the network with rows for new labels, and for new words, with the vector of unknown ones."""
        from seqnlp.training.weights import rebuild, repeat_row

        codec, chosen = prepared.codec, settings.network
        arguments = {
            "words": len(codec.words),
            "labels": len(codec.labels),
            "dropout": chosen.dropout,
            "label_smoothing": chosen.label_smoothing,
            "seed": settings.training.seed,
        }
        extended = rebuild(network, arguments)
        repeat_row(extended.table, UNKNOWN, network.arguments["words"])
        return extended

    def encode(self, codec: TreeCodec, examples: Sequence[ParseTree]) -> EncodedTrees:
        """Encode trees with their labels."""
        return codec.encode_trees([binarize(tree) for tree in examples])

    def unknown_labels(self, codec: TreeCodec, examples: Iterable[ParseTree]) -> list[str]:
        """Return the labels of trees that are missing from the training data."""
        return codec.unknown_labels(examples)

    def batches(self, encoded: "Encoded", settings: "TreeSettings") -> "TreeBatches":
        """Return the training batches, with word dropout."""
        from seqnlp.tasks.tree_classification.batches import TreeBatches

        return TreeBatches.from_settings(
            expect_trees(encoded), settings.training, settings.network.word_dropout
        )

    def measures(self, codec: TreeCodec, encoded: "Encoded") -> Mapping[str, tuple[Integers, Array | None]]:
        """Return the number of words of each tree, and the word ids."""
        return {"": (encoded.lengths, expect_trees(encoded).words)}

    def label_counts(self, codec: TreeCodec, encoded: "Encoded") -> Counter[str]:
        """Return the number of nodes with each label of the training data."""
        labels = expect_trees(encoded).labels
        counts = np.bincount(labels[labels >= 0], minlength=len(codec.labels)).tolist()
        return +Counter(dict(zip(codec.labels.entries, counts, strict=False)))

    def metric(self, codec: TreeCodec, settings: "TreeSettings") -> "Metric":
        """Return the accuracy of all nodes or of whole trees."""
        from seqnlp.metrics.metric import Metric

        return Metric(settings.training.metric)

    def build_network(self, prepared: "Prepared[ParseTree, TreeCodec]", settings: "TreeSettings") -> Network:
        """Return a new network."""
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

    def describe(self, network: Network, settings: "TreeSettings") -> str:
        """Describe a network in a few words."""
        return settings.network.summary

    def score(self, codec: TreeCodec, split: "Split[ParseTree]", outputs: Outputs) -> dict[str, float]:
        """Score the logits of the nodes of a split."""
        from seqnlp.tasks.tree_classification.dev_scores import score_nodes

        encoded = expect_trees(split.encoded)
        logits = np.zeros((len(encoded.labels), len(codec.labels)), np.float32)
        for batch, found in outputs:
            layout = encoded.layout(batch)
            logits[layout.nodes] = found["logits"][layout.places]
        return score_nodes(logits, encoded)

    def graph(self, networks: Sequence[Network], codec: TreeCodec) -> "Graph[TreeCodec]":
        """Convert a network to an ONNX graph."""
        from seqnlp.tasks.tree_classification.graph import tree_graph

        (network,) = networks
        return tree_graph(network, codec)

    def differences(
        self,
        session: "InferenceSession",
        networks: Sequence[Network],
        graph: "Graph[TreeCodec]",
        codec: TreeCodec,
        examples: Sequence[ParseTree],
    ) -> "Iterator[Difference]":
        """Compare the probabilities of all nodes, which the file and the network order differently."""
        from seqnlp.export.parity import difference

        (network,) = networks
        encoded = self.encode(codec, examples)
        order = np.argsort(encoded.forest.tree_heights)
        for batch in make_batches(encoded.lengths, order, _CHECKED_WORDS):
            layout, frontier = encoded.layout(batch), Frontier.from_forest(encoded.forest, batch.rows)
            inputs = {"words": encoded.words[frontier.words], **frontier.to_arrays()}
            (found,) = session.run(["logits"], inputs)
            expected = self.compute(network, layout.inputs(encoded.words))["logits"][layout.places]
            theirs, ours = (
                {"probabilities": softmax(logits[np.argsort(nodes)].astype(float))}
                for logits, nodes in ((found, frontier.nodes), (expected, layout.nodes))
            )
            yield difference(theirs, ours, None, exact=[], close=["probabilities"])

    def evaluate(
        self, model: TreeClassifier, examples: Sequence[ParseTree], options: "PredictOptions[TreeClassifier]"
    ) -> "TreeScores":
        """Label trees and score the labels."""
        from seqnlp.metrics.trees import TreeScores
        from seqnlp.tasks.tree_classification.mistakes import find_mistake

        scores = TreeScores()
        for first in range(0, len(examples), _CHUNK):
            trees = examples[first : first + _CHUNK]
            for tree, labelled in zip(trees, model.predict(trees), strict=True):
                gold = {bounds: join_chain(chain) for bounds, chain in merge_chains(tree.spans)}
                predicted = {(span.start, span.end): span.label for span in labelled.tree.spans}
                labels = {bounds: label for bounds, label in gold.items() if label}
                scores.add(labels, predicted)
                mistake = find_mistake(tree, labels, labelled)
                scores.mistakes.extend([] if mistake is None else [mistake])
        return scores
