"""Language models: predict the next token, continue texts and score them."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.data.encoded import Encoded
from seqnlp.data.language_codec import DEFAULT_SUBWORDS, END, LanguageCodec
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import Document, Passage
from seqnlp.tasks.language_modelling.model import LanguageModel, pad_prompts
from seqnlp.tasks.language_modelling.passages import StoredDocuments, StoredPassages, passages_of
from seqnlp.tasks.language_modelling.streams import EncodedDocuments, StreamBatches
from seqnlp.tasks.task import Task
from seqnlp.types import Array, Integers, JsonObject, Network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from onnxruntime import InferenceSession

    from seqnlp.corpora import DocumentOptions, OnError, Reader
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.language import LanguageScores
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.language_modelling.predict_options import LanguageModelPredictOptions
    from seqnlp.tasks.language_modelling.settings import LanguageModelSettings
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.training.batches import Batches

_MOST_TOKENS = 30_000
"""Default maximum of distinct characters or words."""
_MANY = 10
"""Number of documents from which whole documents are held out."""
_CHECKED = 200
"""Tokens of each document that the parity check compares."""
_CHECKED_DOCUMENTS = 100
_CHECKED_ROWS = 20
"""Documents of a batch of the parity check."""


class LanguageModelTask(Task[Document, Passage, "LanguageModelSettings", LanguageCodec, LanguageModel]):
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

    def read(self, path: "Path", options: "DocumentOptions", on_error: "OnError") -> Sequence[Document]:
        """Read the documents of a file into a temporary file."""
        from seqnlp.corpora import read_passages

        return StoredDocuments.write(read_passages(path, options, on_error))

    def hold_out(self, records: Sequence[Document]) -> tuple[Sequence[Document], Sequence[Document]]:
        """Hold out a tenth of the documents, or the last tenth of the text of few documents.

        Raises:
            DataError: The text is too short.
        """
        if len(records) < _MANY:
            return _cut_last(records)
        if not isinstance(records, StoredDocuments):
            return super().hold_out(records)
        from seqnlp.corpora import held_out_numbers

        chosen = np.zeros(len(records), bool)
        for number in held_out_numbers(len(records)):
            chosen[number] = True
        return records.select(~chosen), records.select(chosen)

    def examples(
        self,
        records: Sequence[Document],
        settings: "LanguageModelSettings",
        on_error: "OnError",
        repair: bool,
    ) -> Sequence[Passage]:
        """Return the passages of documents."""
        return passages_of(records)

    def gold(
        self,
        records: Sequence[Document],
        model: LanguageModel,
        options: "DocumentOptions",
        on_error: "OnError",
        repair: bool,
    ) -> Sequence[Passage]:
        """Return the passages of documents."""
        return passages_of(records)

    def example_to_json(self, example: Passage) -> list[Any]:
        """Return the text, and whether it ends its document."""
        return [example.text, example.last]

    def example_from_json(self, value: Any) -> Passage:
        """Restore a passage from the result of `example_to_json`.

        Raises:
            ValueError: It is another value.
        """
        match value:
            case [str(text), bool(last)]:
                return Passage(text, last)
        raise ValueError(f"{value!r} is no passage")

    def examples_from_json(self, values: Iterable[Any]) -> Sequence[Passage]:
        """Restore passages into a temporary file."""
        return StoredPassages.write(map(self.example_from_json, values))

    # Encoding.

    def learn_codec(self, train: Sequence[Passage], settings: "LanguageModelSettings") -> LanguageCodec:
        """Learn the vocabulary.

        Raises:
            DataError: The documents have fewer than two tokens.
        """
        text = settings.text
        codec = LanguageCodec.learn(
            (passage.text for passage in train),
            text.unit,
            text.lower,
            text.min_count or _fewest(text.unit),
            text.max_size or _most(text.unit),
        )
        if len(codec) <= END + 1:
            raise DataError(f"the training data have no {text.unit} that occur often enough")
        return codec

    def architecture(self, config: JsonObject) -> dict[str, Any]:
        """Return the sizes of the layers, and whether embeddings and output weights are tied."""
        return {f"network.{name}": config[name] for name in ("units", "dimension", "tied")}

    def extend_codec(
        self, codec: LanguageCodec, train: Sequence[Passage], settings: "LanguageModelSettings"
    ) -> LanguageCodec:
        """Add the characters or words of training documents that occur often enough."""
        if codec.unit not in ("characters", "words", "abc"):
            return codec
        texts, text = (passage.text for passage in train), settings.text
        learned = LanguageCodec.learn(texts, codec.unit, codec.lower, text.min_count or _fewest(codec.unit))
        vocabulary = codec.vocabulary.extend(
            learned.vocabulary.entries, (text.max_size or _most(codec.unit)) + 1
        )
        return replace(codec, vocabulary=vocabulary)

    def extend_network(
        self,
        network: Network,
        prepared: "Prepared[Passage, LanguageCodec]",
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

    def encode(self, codec: LanguageCodec, examples: Sequence[Passage]) -> EncodedDocuments:
        """Encode documents."""
        return EncodedDocuments.write(_encode(codec, examples), len(codec))

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
        self, prepared: "Prepared[Passage, LanguageCodec]", settings: "LanguageModelSettings"
    ) -> Network:
        """Return a new network. If the settings leave its size open, it depends on the training data."""
        from seqnlp.tasks.language_modelling.building import build_network

        batches = self.batches(prepared.train, settings)
        return build_network(prepared.codec, settings.network, batches, settings.training.seed)

    def describe(self, network: Network, settings: "LanguageModelSettings") -> str:
        """Describe the layers."""
        arguments = network.arguments
        cell, units = arguments["cell"].upper(), [layer.units for layer in network.recurrent]
        reads = {"forward": "", "backward": " that read backward", "both": " in each direction"}
        sizes = ", ".join(map(str, dict.fromkeys(units)))
        return f"{len(units)} {cell} layer(s) of {sizes} units{reads[arguments['direction']]}"

    def dev_scores(
        self,
        network: Network,
        codec: LanguageCodec,
        split: "Split[Passage]",
        batches: "Batches",
    ) -> dict[str, float]:
        """Score the documents of a split, each from its beginning (or backward, from its end).

        Returns:
            `nats_per_token`, `perplexity`, `loss`, and the median `document_perplexity`. For both directions,
            they are those of the mean loss, and each direction has its own `nats_per_token`.
        """
        from seqnlp.tasks.language_modelling.dev_scores import score_documents

        documents = _documents(split.encoded)
        found = {
            direction: score_documents(network, documents, direction) for direction in network.directions
        }
        losses = {direction: float(nats.sum()) / documents.tokens for direction, nats in found.items()}
        nats = sum(losses.values()) / len(losses)
        per_document = sum(found.values()) / len(found) / documents.lengths
        scores = {
            "nats_per_token": nats,
            "perplexity": float(np.exp(nats)),
            "document_perplexity": float(np.exp(np.median(per_document))),
            "loss": nats,
        }
        if len(losses) > 1:
            scores |= {f"{direction}_nats_per_token": loss for direction, loss in losses.items()}
        return scores

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
        examples: Sequence[Passage],
    ) -> "Iterator[Difference]":
        """Compare the log probabilities of the first tokens of some documents."""
        from seqnlp.export.parity import difference

        (network,) = networks
        names = {"forward": "prompt_log_probs", "backward": "backward_log_probs"}
        search = {"max_length": np.array(1, np.int64)} if "forward" in network.directions else {}
        texts = (each.text[: 20 * _CHECKED] for each in islice(_beginnings(examples), _CHECKED_DOCUMENTS))
        rows = ([END, *codec.encode(text)[:_CHECKED], END] for text in texts)
        while batch := list(islice(rows, _CHECKED_ROWS)):
            prompts = pad_prompts(batch)
            ids, lengths = prompts.values()
            present = np.arange(1, ids.shape[1]) < lengths[:, None]
            for direction in network.directions:
                (found,) = session.run([names[direction]], {**prompts, **search})
                scored = found[:, 1:] if direction == "forward" else found[:, :-1]
                expected = {"prompt_log_probs": network.log_probabilities(ids, direction, lengths)}
                yield difference({"prompt_log_probs": scored}, expected, present, self.exact, self.close)

    # Serving.

    def evaluate(
        self, model: LanguageModel, examples: Sequence[Passage], options: "PredictOptions[LanguageModel]"
    ) -> "LanguageScores":
        """Score documents, each from its beginning; also an adapted network if the options ask for it.

        Raises:
            ConfigError: The model cannot adapt, is not in a run directory, or its training data have changed.
        """
        from seqnlp.tasks.language_modelling.evaluation import score_documents
        from seqnlp.tasks.language_modelling.predict_options import LanguageModelPredictOptions

        scores = score_documents(model, examples)
        assert isinstance(options, LanguageModelPredictOptions)
        if options.adapt != "none":
            from seqnlp.tasks.language_modelling.adaptation import adapted_nats

            scores.add_adapted(options.adapt, adapted_nats(self, model, examples, options.adapt))
        return scores


def _cut_last(records: Sequence[Document]) -> tuple[Sequence[Document], Sequence[Document]]:
    """Cut off the last tenth of the text of documents.

    Raises:
        DataError: The text, or that of the last document, is too short.
    """
    stored = records if isinstance(records, StoredDocuments) else StoredDocuments.write(passages_of(records))
    lengths = stored.lengths
    size = int(lengths.sum()) // 10
    if not 0 < size < lengths[-1:].sum():
        place = stored.passages[-1].origin if len(stored) else None
        path = None if place is None else place.path
        raise DataError("the training text is too short to hold out dev data; give dev data", path)
    return stored.cut(int(lengths.sum()) - size)


def _encode(codec: LanguageCodec, passages: Iterable[Passage]) -> Iterator[tuple[list[int], bool]]:
    """Yield the ids of each passage, and whether its document ends with it."""
    before = ""
    for passage in passages:
        yield codec.encode(passage.text, before), passage.last
        before = "" if passage.last else passage.text


def _beginnings(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the first passage of each document."""
    begins = True
    for passage in passages:
        if begins:
            yield passage
        begins = passage.last


def _fewest(unit: str) -> int:
    """Return the default minimum count of a known token."""
    return {"words": 3, "abc": 2}.get(unit, 1)


def _most(unit: str) -> int:
    """Return the default maximum number of distinct tokens."""
    return DEFAULT_SUBWORDS if unit == "subwords" else _MOST_TOKENS


def _documents(encoded: Encoded) -> EncodedDocuments:
    assert isinstance(encoded, EncodedDocuments)
    return encoded
