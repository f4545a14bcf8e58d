"""The task of finding the constituents of sentences."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.data.words import EncodedWords
from seqnlp.errors import DataError, stop
from seqnlp.records import ParseTree
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.decoding import build_trees
from seqnlp.tasks.parsing.encoded import EncodedTrees
from seqnlp.tasks.parsing.examples import to_constituents
from seqnlp.tasks.parsing.model import POSITIONS, Parser
from seqnlp.tasks.task import Outputs
from seqnlp.tasks.words import WordTask
from seqnlp.text.vocabulary import WordForm
from seqnlp.trees.constituents import Constituents
from seqnlp.types import Arrays, Network, Tensor

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.corpora import OnError, Problems, Reader, TreeOptions
    from seqnlp.data.encoded import Encoded
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.metric import Metric
    from seqnlp.metrics.parseval import ParsevalScores
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.parsing.predict_options import ParserPredictOptions
    from seqnlp.tasks.parsing.settings import ParserSettings
    from seqnlp.tasks.parsing.summary import ConstituentSummary
    from seqnlp.tasks.prepared import Prepared, Split

log = logging.getLogger("seqnlp")

_CHUNK = 1000  # sentences of an evaluation that are in memory at once
_DEV_SCORES = ("f1", "precision", "recall", "exact", "accuracy")


class ParserTask(WordTask[ParseTree, Constituents, "ParserSettings", ParserCodec, Parser]):
    """Finds the constituents of sentences."""

    name = "parser"
    description = "Find the constituents and the parts of speech of sentences."
    noun = "sentence"
    sample = "sample/trees"
    targets = ("tags", "brackets")
    exact = ("tags",)
    close = ()
    compared = "a score"

    def settings(self) -> type["ParserSettings"]:
        """Return the class of the settings."""
        from seqnlp.tasks.parsing.settings import ParserSettings

        return ParserSettings

    def reader(self) -> "Reader[ParseTree, TreeOptions]":
        """Return the reader of treebanks."""
        from seqnlp.corpora import TREES

        return TREES

    def codec(self) -> type[ParserCodec]:
        """Return the class of the codec."""
        return ParserCodec

    def encoded(self) -> type[EncodedTrees]:
        """Return the class of encoded sentences."""
        return EncodedTrees

    def network(self) -> type[Network]:
        """Return the base class of the networks."""
        from seqnlp.tasks.parsing.network import ParsingNetwork

        return ParsingNetwork

    def model(self) -> type[Parser]:
        """Return the serving class."""
        return Parser

    def predict_options(self) -> "type[ParserPredictOptions]":
        """Return the options of a prediction."""
        from seqnlp.tasks.parsing.predict_options import ParserPredictOptions

        return ParserPredictOptions

    def summary(
        self, options: "TreeOptions", problems: "Problems", settings: "ParserSettings | None" = None
    ) -> "ConstituentSummary":
        """Return a summary of constituents and parts of speech."""
        from seqnlp.tasks.parsing.summary import ConstituentSummary

        return ConstituentSummary(problems)

    def record(self, value: object, options: "TreeOptions") -> ParseTree:
        """Return a value in memory, which must be a `ParseTree`.

        Raises:
            TypeError: The value is not a `ParseTree`.
        """
        if not isinstance(value, ParseTree):
            raise TypeError(f"expected a ParseTree, not {value!r}")
        return value

    def examples(
        self, records: Iterable[ParseTree], settings: "ParserSettings", on_error: "OnError", repair: bool
    ) -> list[Constituents]:
        """Convert trees to constituents."""
        return to_constituents(records, on_error)

    def gold(
        self,
        records: Iterable[ParseTree],
        model: Parser,
        options: "TreeOptions",
        on_error: "OnError",
        repair: bool,
    ) -> list[Constituents]:
        """Convert trees to constituents."""
        return to_constituents(records, on_error)

    def is_gold(self, records: Sequence[ParseTree], model: Parser, options: "TreeOptions") -> bool:
        """Return whether the model knows a part of speech. A text in brackets can look like a tree."""
        known = set(model.codec.tags.entries)
        return any(not known.isdisjoint(example.tags) for example in to_constituents(records, stop))

    def training_examples(
        self, examples: Sequence[Constituents], settings: "ParserSettings"
    ) -> list[Constituents]:
        """Return the sentences that are not too long. The others are left out with a warning.

        Raises:
            DataError: All sentences are too long.
        """
        limit = settings.text.max_length
        short = [sentence for sentence in examples if len(sentence.words) <= limit]
        if not short:
            raise DataError(f"every training sentence has more than {limit} words (--set text.max_length=…)")
        if len(short) < len(examples):
            log.warning(
                "%s training sentences of more than %s words are left out", len(examples) - len(short), limit
            )
        return short

    def example_to_json(self, example: Constituents) -> Any:
        """Return a sentence as a JSON value."""
        chains = [[*bounds, chain] for bounds, chain in example.chains.items()]
        return [example.words, example.tags, chains]

    def example_from_json(self, value: Any) -> Constituents:
        """Restore a sentence from the result of `example_to_json`."""
        words, tags, chains = value
        return Constituents(
            tuple(words), tuple(tags), {(start, end): tuple(chain) for start, end, chain in chains}
        )

    def learn_codec(self, train: Sequence[Constituents], settings: "ParserSettings") -> ParserCodec:
        """Learn vocabularies, parts of speech and labels.

        Raises:
            DataError: The training trees have no constituents, only parts of speech.
        """
        text = settings.text
        codec = ParserCodec.learn(
            train,
            WordForm(lower=text.lower, digits=text.digits),
            text.max_length,
            min_words=text.min_words,
            max_words=text.max_words,
            min_characters=text.min_characters,
        )
        if not len(codec.labels):
            raise DataError("no training tree has a constituent; there are only parts of speech")
        return self.add_language_model(codec, settings)

    def extend_codec(
        self, codec: ParserCodec, train: Sequence[Constituents], settings: "ParserSettings"
    ) -> ParserCodec:
        """Add the words, characters, parts of speech and labels of training sentences."""
        text = settings.text
        return codec.extend(
            train, text.max_words, min_words=text.min_words, min_characters=text.min_characters
        )

    def network_arguments(
        self, prepared: "Prepared[Constituents, ParserCodec]", settings: "ParserSettings"
    ) -> dict[str, Any]:
        """Return the numbers of parts of speech and of labels."""
        return {"tags": len(prepared.codec.tags), "labels": len(prepared.codec.labels)}

    def extend_network(
        self, network: Network, prepared: "Prepared[Constituents, ParserCodec]", settings: "ParserSettings"
    ) -> Network:
        """Return the network with rows for new words, characters, parts of speech and labels."""
        extended = super().extend_network(network, prepared, settings)
        extended.move_label_weights(network)
        return extended

    def encode(self, codec: ParserCodec, examples: Sequence[Constituents]) -> EncodedTrees:
        """Encode sentences with their parts of speech and constituents."""
        return codec.encode_trees(examples)

    def words(self, encoded: "Encoded") -> EncodedWords:
        """Return the words of encoded sentences."""
        assert isinstance(encoded, EncodedTrees)
        return encoded.words

    def example_words(self, codec: ParserCodec, example: Constituents) -> Sequence[str]:
        """Return the words of a sentence."""
        return example.words

    def unknown_labels(self, codec: ParserCodec, examples: Iterable[Constituents]) -> list[str]:
        """Return the labels of constituents that are missing from the training data, in sorted order."""
        found = {label for sentence in examples for chain in sentence.chains.values() for label in chain}
        return sorted(found.difference(codec.single_labels))

    def label_counts(self, codec: ParserCodec, encoded: "Encoded") -> Counter[str]:
        """Return how often each label of the training data occurs."""
        assert isinstance(encoded, EncodedTrees)
        numbers = np.bincount(encoded.brackets.bounds[:, 2], minlength=len(codec.labels)).tolist()
        counts: Counter[str] = Counter()
        for chain, number in zip(codec.chains, numbers, strict=True):
            for label in chain:
                counts[label] += number
        return +counts

    def metric(self, codec: ParserCodec, settings: "ParserSettings") -> "Metric":
        """Return F1 of labelled constituents."""
        from seqnlp.metrics.metric import Metric

        return Metric("f1")

    def build_network(
        self, prepared: "Prepared[Constituents, ParserCodec]", settings: "ParserSettings"
    ) -> Network:
        """Return a new network."""
        from seqnlp.tasks.parsing.building import build_network

        return build_network(prepared.codec, settings.network, settings.training.seed)

    def describe(self, network: Network, settings: "ParserSettings") -> str:
        """Describe a network in a few words."""
        return settings.network.summary

    def step_outputs(self, network: Network, states: Tensor) -> Tensor:
        """Return the logits of the parts of speech."""
        return network.read(states)["tags"]

    def compute(self, network: Network, inputs: Arrays) -> Arrays:
        """Compute the outputs of the graph with the network. Their names depend on the search."""
        outputs = network.predict_on_batch(inputs)
        return {name: np.asarray(array) for name, array in outputs.items()}

    def score(self, codec: ParserCodec, split: "Split[Constituents]", outputs: Outputs) -> dict[str, float]:
        """Return the scores of constituents, and the accuracy of the parts of speech."""
        from seqnlp.metrics.parseval import ParsevalScores

        words = [sentence.words for sentence in split.examples]
        parsed = build_trees(codec, self.words(split.encoded).windows, outputs, words)
        scores = ParsevalScores()
        for sentence, (found, _) in zip(split.examples, parsed, strict=True):
            scores.add(sentence, found)
        figures = scores.to_dict()
        return {name: figures[name] for name in _DEV_SCORES}

    def graph(self, networks: Sequence[Network], codec: ParserCodec) -> "Graph[ParserCodec]":
        """Convert a network to a graph."""
        from seqnlp.tasks.parsing.graph import build_graph

        (network,) = networks
        return build_graph(network, codec)

    def differences(
        self,
        session: "InferenceSession",
        networks: Sequence[Network],
        graph: "Graph[ParserCodec]",
        codec: ParserCodec,
        examples: Sequence[Constituents],
    ) -> "Iterator[Difference]":
        """Compare the parts of speech, and the labels and scores of the search, batch by batch."""
        from seqnlp.data.batching import Buckets
        from seqnlp.export.parity import difference

        (network,) = networks
        words = [sentence.words for sentence in examples]
        ours, theirs = codec.encode(words), graph.codec.encode(words)
        names = [output.name for output in session.get_outputs()]
        for batch in Buckets.learn(ours.lengths, POSITIONS).batches(ours.lengths):
            inputs = ours.batch(batch)
            found = dict(zip(names, session.run(names, theirs.batch(batch)), strict=True))
            expected = self.compute(network, inputs)
            yield difference(found, expected, self.mask(inputs), self.exact, self.close)
            yield network.converter().compare(found, expected, inputs["lengths"])

    def predict_words(
        self, model: Parser, sentences: Sequence[Sequence[str]]
    ) -> list[tuple[Constituents, float]]:
        """Parse sentences of words."""
        return model.parse(sentences)

    def evaluate(
        self, model: Parser, examples: Sequence[Constituents], options: "PredictOptions[Parser]"
    ) -> "ParsevalScores":
        """Parse the words of gold sentences and score the constituents."""
        from seqnlp.metrics.parseval import ParsevalScores
        from seqnlp.tasks.parsing.mistakes import find_mistake

        scores = ParsevalScores()
        for first in range(0, len(examples), _CHUNK):
            chunk = examples[first : first + _CHUNK]
            parsed = model.parse([sentence.words for sentence in chunk])
            for sentence, (found, _) in zip(chunk, parsed, strict=True):
                scores.add(sentence, found)
                mistake = find_mistake(sentence, found)
                scores.mistakes.extend([] if mistake is None else [mistake])
        return scores
