"""Language models: predict the next token, continue texts and score them."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.data.encoded import Encoded
from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import Document
from seqnlp.tasks.language_modelling.model import LanguageModel
from seqnlp.tasks.language_modelling.streams import EncodedDocuments, StreamBatches
from seqnlp.tasks.task import Outputs, Task
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Array, Integers, JsonObject, Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnxruntime import InferenceSession

    from seqnlp.corpora import DocumentOptions, Reader
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.language import LanguageScores
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.language_modelling.predict_options import LanguageModelPredictOptions
    from seqnlp.tasks.language_modelling.settings import LanguageModelSettings
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.training.batches import Batches

_MANY = 10
"""Number of documents from which whole documents are held out."""
_STREAMS = 8
"""Parallel streams of held-out data. Each loses the context of its first tokens."""
_LONG_STREAM = 4096
_CHECKED = 200
"""Tokens of each document that the parity check compares."""


class LanguageModelTask(Task[Document, Document, "LanguageModelSettings", LanguageCodec, LanguageModel]):
    """Predicts the next character or word of texts."""

    name = "language-model"
    description = "Learn from plain texts to continue and to score texts."
    noun = "document"
    sample = "sample/stories"
    targets = ("next",)
    close = ("prompt_log_probs",)
    compared = "the log probability of a token"

    def settings(self) -> "type[LanguageModelSettings]":
        """Return the class of the settings."""
        from seqnlp.tasks.language_modelling.settings import LanguageModelSettings

        return LanguageModelSettings

    def reader(self) -> "Reader[Document, DocumentOptions]":
        """Return the reader of texts, folders of texts and JSON lines."""
        from seqnlp.corpora import DOCUMENTS

        return DOCUMENTS

    def codec(self) -> type[LanguageCodec]:
        """Return the class of the codec."""
        return LanguageCodec

    def encoded(self) -> type[EncodedDocuments]:
        """Return the class of encoded documents."""
        return EncodedDocuments

    def network(self) -> type[Network]:
        """Return the class of the network."""
        from seqnlp.tasks.language_modelling.network import LanguageNetwork

        return LanguageNetwork

    def model(self) -> type[LanguageModel]:
        """Return the serving class."""
        return LanguageModel

    def predict_options(self) -> "type[LanguageModelPredictOptions]":
        """Return the options of the generation."""
        from seqnlp.tasks.language_modelling.predict_options import LanguageModelPredictOptions

        return LanguageModelPredictOptions

    # Records and examples.

    def record(self, value: Any, options: "DocumentOptions") -> Document:
        """Convert a text, or a mapping with a column of texts.

        Raises:
            TypeError: The value cannot be converted.
        """
        from collections.abc import Mapping

        from seqnlp.tasks.corpus import read_cell

        match value:
            case Document():
                return value
            case Mapping():
                return self.record(read_cell(value, options.text_column), options)
            case str():
                return Document(value)
        raise TypeError(f"expected a Document or a text, not {value!r}")

    def hold_out(self, records: Sequence[Document]) -> tuple[Sequence[Document], Sequence[Document]]:
        """Hold out a tenth of the documents, or the last tenth of the text of few documents.

        Raises:
            DataError: The text is too short.
        """
        if len(records) >= _MANY:
            return super().hold_out(records)
        *whole, last = records
        size = sum(len(record.text) for record in records) // 10
        cut = len(last.text) - size
        if not 0 < cut < len(last.text):
            path = None if last.origin is None else last.origin.path
            raise DataError("the training text is too short to hold out dev data; give dev data", path)
        return [*whole, Document(last.text[:cut], last.origin)], [Document(last.text[cut:], last.origin)]

    def example_to_json(self, example: Document) -> str:
        """Return the text."""
        return example.text

    def example_from_json(self, value: Any) -> Document:
        """Restore a document from its text."""
        return Document(value)

    # Encoding.

    def learn_codec(self, train: Sequence[Document], settings: "LanguageModelSettings") -> LanguageCodec:
        """Learn the vocabulary.

        Raises:
            DataError: The documents have fewer than two tokens.
        """
        text = settings.text
        codec = LanguageCodec.learn(
            (document.text for document in train),
            text.unit,
            text.lower,
            text.min_count or _fewest(text.unit),
            text.max_size,
        )
        if len(codec) <= END + 1:
            raise DataError(f"the training data have no {text.unit} that occur often enough")
        return codec

    def architecture(self, config: JsonObject) -> dict[str, Any]:
        """Return the sizes of the layers, and whether embeddings and output weights are tied."""
        return {f"network.{name}": config[name] for name in ("units", "dimension", "tied")}

    def extend_codec(
        self, codec: LanguageCodec, train: Sequence[Document], settings: "LanguageModelSettings"
    ) -> LanguageCodec:
        """Add the characters or words of training documents that occur often enough."""
        if codec.unit not in ("characters", "words"):
            return codec
        texts, text = (document.text for document in train), settings.text
        learned = LanguageCodec.learn(texts, codec.unit, codec.lower, text.min_count or _fewest(codec.unit))
        vocabulary = codec.vocabulary.extend(learned.vocabulary.entries, text.max_size + 1)
        return replace(codec, vocabulary=vocabulary)

    def extend_network(
        self,
        network: Network,
        prepared: "Prepared[Document, LanguageCodec]",
        settings: "LanguageModelSettings",
    ) -> Network:
        """Return the network with rows for new tokens, and with states for the training batches.

        New tokens have the vectors of unknown ones. They share the probability of unknown tokens by their
        counts in the training data, so the probabilities of all old tokens do not change at first.
        """
        from seqnlp.tasks.language_modelling.building import share_unknown
        from seqnlp.training.weights import rebuild

        chosen, documents = settings.network, _documents(prepared.train)
        rates = {
            name: getattr(chosen, name) for name in ("input_dropout", "hidden_dropout", "weight_dropout")
        }
        arguments = {
            **rates,
            "vocabulary": len(prepared.codec),
            "rows": self.batches(documents, settings).rows,
            "seed": settings.training.seed,
        }
        extended = rebuild(network, arguments, skip=["carried"])
        share_unknown(extended, network.arguments["vocabulary"], documents.ids)
        return extended

    def encode(self, codec: LanguageCodec, examples: Sequence[Document]) -> EncodedDocuments:
        """Encode documents."""
        return EncodedDocuments.from_rows(codec.encode(document.text) for document in examples)

    def batches(self, encoded: Encoded, settings: "LanguageModelSettings") -> StreamBatches:
        """Return the training batches."""
        training, documents = settings.training, _documents(encoded)
        rows = training.streams(documents.tokens)
        direction = settings.network.direction
        return StreamBatches.for_size(documents, rows, training.window, training.seed, direction)

    def measures(
        self, codec: LanguageCodec, encoded: Encoded
    ) -> "Mapping[str, tuple[Integers, Array | None]]":
        """Return the lengths and the ids of documents."""
        documents = _documents(encoded)
        return {"": (documents.lengths, documents.ids)}

    # Training.

    def metric(self, codec: LanguageCodec, settings: "LanguageModelSettings") -> Metric:
        """Return the mean loss per token in nats."""
        return Metric("nats_per_token", "min")

    def build_network(
        self, prepared: "Prepared[Document, LanguageCodec]", settings: "LanguageModelSettings"
    ) -> Network:
        """Return a new network. If the settings leave its size open, it depends on the training data."""
        from seqnlp.tasks.language_modelling.building import build_network

        batches = self.batches(prepared.train, settings)
        return build_network(prepared.codec, settings.network, batches, settings.training.seed)

    def describe(self, network: Network, settings: "LanguageModelSettings") -> str:
        """Describe the layers."""
        arguments = network.arguments
        units = ", ".join(map(str, dict.fromkeys(layer.units for layer in network.recurrent)))
        reads = {"forward": "", "backward": " that read backward", "both": " in each direction"}
        return (
            f"{arguments['layers']} {arguments['cell'].upper()} layer(s) of {units} units"
            f"{reads[arguments['direction']]}"
        )

    def dev_scores(
        self,
        network: Network,
        codec: LanguageCodec,
        split: "Split[Document]",
        batches: "Batches",
    ) -> dict[str, float]:
        """Return `nats_per_token` and `perplexity` on parallel streams of a split.

        For both directions, they are those of the mean loss, and each direction has its own `nats_per_token`.
        """
        documents = _documents(split.encoded)
        rows = max(1, min(_STREAMS, documents.tokens // _LONG_STREAM))
        streams = np.insert(documents.streams(rows), 0, END, axis=1)
        losses = {
            direction: -float(network.log_probabilities(streams, direction).mean(dtype=np.float64))
            for direction in network.directions
        }
        nats = sum(losses.values()) / len(losses)
        scores = {"nats_per_token": nats, "perplexity": float(np.exp(nats)), "loss": nats}
        if len(losses) > 1:
            scores |= {f"{direction}_nats_per_token": loss for direction, loss in losses.items()}
        return scores

    def score(self, codec: LanguageCodec, split: "Split[Document]", outputs: Outputs) -> dict[str, float]:
        """Not used: held-out data are scored as streams."""
        raise NotImplementedError("a language model scores held-out data as streams, in dev_scores")

    # Export.

    def graph(self, networks: Sequence[Network], codec: LanguageCodec) -> "Graph[LanguageCodec]":
        """Convert a network and its generation to an ONNX graph."""
        from seqnlp.export.graph import Graph
        from seqnlp.tasks.language_modelling.graph import convert_network

        (network,) = networks
        return Graph(
            convert_network(network), dataclasses.replace(codec, direction=network.arguments["direction"])
        )

    def differences(
        self,
        session: "InferenceSession",
        networks: Sequence[Network],
        graph: "Graph[LanguageCodec]",
        codec: LanguageCodec,
        examples: Sequence[Document],
    ) -> "Iterator[Difference]":
        """Compare the log probabilities of the first tokens of documents."""
        from seqnlp.export.parity import difference

        (network,) = networks
        names = {"forward": "prompt_log_probs", "backward": "backward_log_probs"}
        search = {"max_length": np.array(1, np.int64)} if "forward" in network.directions else {}
        for example in examples:
            ids = np.array([[END, *codec.encode(example.text[: 20 * _CHECKED])[:_CHECKED], END]], np.int32)
            inputs = {"prompt": ids, "lengths": np.array([ids.shape[1]], np.int32), **search}
            for direction in network.directions:
                (found,) = session.run([names[direction]], inputs)
                scored = found[:, 1:] if direction == "forward" else found[:, :-1]
                expected = {"prompt_log_probs": network.log_probabilities(ids, direction)}
                yield difference({"prompt_log_probs": scored}, expected, None, self.exact, self.close)

    # Serving.

    def evaluate(
        self, model: LanguageModel, examples: Sequence[Document], options: "PredictOptions[LanguageModel]"
    ) -> "LanguageScores":
        """Score documents, each from its beginning; also an adapted network if the options ask for it.

        Raises:
            ConfigError: The model is not in a run directory, or its training data have changed.
        """
        from seqnlp.metrics.language import LanguageScores
        from seqnlp.tasks.language_modelling.predict_options import LanguageModelPredictOptions

        scores = LanguageScores(model.codec.unit)
        for document in model.score([example.text for example in examples]):
            unknown = model.codec.encode(document.text).count(UNKNOWN)
            scores.add(document.log_probs, len(document.text.encode(errors="surrogatepass")), unknown)
        assert isinstance(options, LanguageModelPredictOptions)
        if options.adapt != "none":
            from seqnlp.tasks.language_modelling.adaptation import adapted_nats

            scores.add_adapted(options.adapt, adapted_nats(self, model, examples, options.adapt))
        return scores


def _fewest(unit: str) -> int:
    """Return the default minimum count of a known token."""
    return 1 if unit == "characters" else 3


def _documents(encoded: Encoded) -> EncodedDocuments:
    assert isinstance(encoded, EncodedDocuments)
    return encoded
