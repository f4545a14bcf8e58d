"""The task of classifiers: labels for whole texts."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.words import EncodedWords
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import LabelledText
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.windows import join_logits
from seqnlp.tasks.task import Outputs
from seqnlp.tasks.words import WordTask
from seqnlp.types import Floats, JsonObject, Network, Tensor

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.corpora import LabelledOptions, OnError, Reader
    from seqnlp.data.encoded import Encoded
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.classes import ClassScores
    from seqnlp.metrics.label_sets import LabelSetScores
    from seqnlp.metrics.metric import Metric
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.classification.encoded import EncodedTexts
    from seqnlp.tasks.classification.network import ClassificationNetwork
    from seqnlp.tasks.classification.predict_options import ClassifierPredictOptions
    from seqnlp.tasks.classification.settings import ClassifierSettings
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.text.tokenizers import Tokenizer
    from seqnlp.training.batches import Batches

log = logging.getLogger("seqnlp")

_CHUNK = 1000


class ClassifierTask(
    WordTask[LabelledText, LabelledText, "ClassifierSettings", ClassificationCodec, Classifier]
):
    """Labels whole texts: exactly one label per text, or any number."""

    name: ClassVar[str] = "classifier"
    description: ClassVar[str] = "Label whole texts, for example with a sentiment or with topics."
    noun: ClassVar[str] = "text"
    sample: ClassVar[str | None] = "sample/reviews"
    targets: ClassVar[tuple[str, ...]] = ("labels",)
    close: ClassVar[tuple[str, ...]] = ("logits",)
    tolerance: ClassVar[float] = 1e-5
    compared: ClassVar[str] = "a probability or an attention weight"

    def settings(self) -> "type[ClassifierSettings]":
        """Return the class of the settings."""
        from seqnlp.tasks.classification.settings import ClassifierSettings

        return ClassifierSettings

    def reader(self) -> "Reader[LabelledText, LabelledOptions]":
        """Return the reader of labelled texts."""
        from seqnlp.corpora import LABELLED

        return LABELLED

    def codec(self) -> type[ClassificationCodec]:
        """Return the class of the codec."""
        return ClassificationCodec

    def encoded(self) -> "type[EncodedTexts]":
        """Return the class of encoded texts."""
        from seqnlp.tasks.classification.encoded import EncodedTexts

        return EncodedTexts

    def network(self) -> "type[ClassificationNetwork]":
        """Return the class of the network."""
        from seqnlp.tasks.classification.network import ClassificationNetwork

        return ClassificationNetwork

    def model(self) -> type[Classifier]:
        """Return the serving class."""
        return Classifier

    def predict_options(self) -> "type[ClassifierPredictOptions]":
        """Return the options of a prediction."""
        from seqnlp.tasks.classification.predict_options import ClassifierPredictOptions

        return ClassifierPredictOptions

    def record(self, value: object, options: "LabelledOptions") -> LabelledText:
        """Convert a record, a (text, label) pair, or a mapping with named columns to a record.

        Raises:
            ConfigError: The mapping lacks a column.
            TypeError: The value cannot be converted.
        """
        match value:
            case LabelledText():
                return value
            case Mapping():
                from seqnlp.tasks.corpus import read_cell

                columns = (options.text_column, options.label_column)
                return self.record(tuple(read_cell(value, column) for column in columns), options)
            case (str(text), list() | tuple() | set() | frozenset() as labels):
                return LabelledText(text, tuple(map(_name_label, labels)))
            case (str(text), label):
                return LabelledText(text, (_name_label(label),))
        raise TypeError(f"expected a LabelledText or a (text, label) pair, not {value!r}")

    def split_options(self, options: "LabelledOptions", split: str) -> "LabelledOptions":
        """Return the format options of a split: only the training file is read by phrases."""
        return replace(options, phrases=options.phrases and split == "train")

    def gold(
        self,
        records: Iterable[LabelledText],
        model: Classifier,
        options: "LabelledOptions",
        on_error: "OnError",
        repair: bool,
    ) -> list[LabelledText]:
        """Check that the model predicts as many labels per text as the records have, and return them.

        Raises:
            ConfigError: A label separator is given for a single-label model.
            DataError: A text has several labels or none, and the model predicts exactly one.
        """
        texts = list(records)
        if not model.codec.multi_label:
            if options.label_separator is not None:
                raise ConfigError("--label-separator needs a multi-label model; this one is single-label")
            _check_single_label(texts)
        return texts

    def is_gold(self, records: Sequence[LabelledText], model: Classifier, options: "LabelledOptions") -> bool:
        """Return whether the model knows the labels of a text. A text in brackets can look like a tree."""
        return any(not model.codec.unknown_labels([record.labels]) for record in records)

    def training_examples(
        self, examples: Sequence[LabelledText], settings: "ClassifierSettings"
    ) -> list[LabelledText]:
        """Return the texts that are not empty.

        Raises:
            DataError: All texts are empty.
        """
        texts = [text for text in examples if text.text.strip()]
        if not texts:
            raise DataError("all training texts are empty", _path(examples[0]))
        if len(texts) < len(examples):
            log.warning("%s empty training texts are left out", f"{len(examples) - len(texts):,}")
        _warn_of_labels(texts, settings.format.has_header)
        return texts

    def example_to_json(self, example: LabelledText) -> Any:
        """Return a text and its labels."""
        return [example.text, example.labels]

    def example_from_json(self, value: Any) -> LabelledText:
        """Restore a text from the result of `example_to_json`."""
        text, labels = value
        return LabelledText(text, tuple(labels))

    def learn_codec(
        self, train: Sequence[LabelledText], settings: "ClassifierSettings"
    ) -> ClassificationCodec:
        """Learn the vocabularies, the labels and, if the settings ask for them, the subwords.

        Raises:
            DataError: All texts have the same label, or no text of multi-label data has one.
        """
        from seqnlp.text.vocabulary import WordForm

        tokenizer, text = _learn_tokenizer(train, settings), settings.text
        multi_label = settings.format.label_separator is not None
        if not multi_label:
            _check_single_label(train)
        codec = ClassificationCodec.learn(
            ((tokenizer.split(each.text), each.labels) for each in train),
            WordForm(lower=text.lower, digits=text.digits),
            multi_label,
            tokenizer,
            min_words=text.min_words,
            max_words=text.max_words,
            min_characters=text.min_characters,
        )
        needed = 1 if multi_label else 2
        if len(codec.labels) < needed:
            problem = "no training text has a label"
            if len(codec.labels):
                problem = f"every training text has the label {codec.labels.entries[0]!r}"
            raise DataError(f"{problem}; a classifier needs at least {needed}", _path(train[0]))
        return self.add_language_model(replace(codec, max_length=text.max_length), settings)

    def extend_codec(
        self, codec: ClassificationCodec, train: Sequence[LabelledText], settings: "ClassifierSettings"
    ) -> ClassificationCodec:
        """Add the words, characters and labels of training texts.

        Raises:
            DataError: A text has several labels or none, and the codec is for exactly one, or vice versa.
        """
        text, multi_label = settings.text, settings.format.label_separator is not None
        if not codec.multi_label:
            _check_single_label(train)
        if multi_label != codec.multi_label:
            kinds = {True: "any number of labels per text", False: "exactly one label per text"}
            raise DataError(
                f"the data have {kinds[multi_label]} (format.label_separator), the other run has "
                f"{kinds[codec.multi_label]}",
                _path(train[0]),
            )
        return codec.extend(
            ((codec.split_words(each.text), each.labels) for each in train),
            text.max_words,
            min_words=text.min_words,
            min_characters=text.min_characters,
        )

    def training_codec(self, codec: ClassificationCodec) -> ClassificationCodec:
        """Return the codec with the threshold of training. A model file has one that was fitted on dev."""
        threshold = 0.5 if codec.multi_label else None
        return replace(super().training_codec(codec), threshold=threshold)

    def architecture(self, config: JsonObject) -> dict[str, Any]:
        """Return the size of word embeddings, and whether log-count ratios are inputs."""
        ratios = config["encoder"]["feature_count"] > 0
        return {**super().architecture(config), "network.log_count_ratios": ratios}

    def network_arguments(
        self, prepared: "Prepared[LabelledText, ClassificationCodec]", settings: "ClassifierSettings"
    ) -> dict[str, Any]:
        """Return the number of labels, their weights and the smoothing."""
        weights = self._class_weights(prepared, settings)
        return {
            "labels": len(prepared.codec.labels),
            "class_weights": None if weights is None else weights.tolist(),
            "label_smoothing": settings.network.label_smoothing,
        }

    def encode(self, codec: ClassificationCodec, examples: Sequence[LabelledText]) -> "EncodedTexts":
        """Encode texts with their labels.

        Raises:
            DataError: A text has several labels or none, and the model predicts exactly one.
        """
        from seqnlp.tasks.classification.encoded import EncodedTexts

        if not codec.multi_label:
            _check_single_label(examples)
        return EncodedTexts(
            codec.encode([codec.split_words(each.text) for each in examples]),
            codec.encode_labels([each.labels for each in examples]),
        )

    def words(self, encoded: "Encoded") -> EncodedWords:
        """Return the words of encoded texts."""
        return _texts(encoded).words

    def example_words(self, codec: ClassificationCodec, example: LabelledText) -> Sequence[str]:
        """Return the words of a text."""
        return codec.split_words(example.text)

    def unknown_labels(self, codec: ClassificationCodec, examples: Iterable[LabelledText]) -> list[str]:
        """Return the labels of texts that are missing from the training data."""
        return codec.unknown_labels(text.labels for text in examples)

    def label_counts(self, codec: ClassificationCodec, encoded: "Encoded") -> Counter[str]:
        """Return the number of texts with each label."""
        counts = _texts(encoded).labels.sum(axis=0).tolist()
        return +Counter(dict(zip(codec.labels.entries, counts, strict=True)))

    def metric(self, codec: ClassificationCodec, settings: "ClassifierSettings") -> "Metric":
        """Return the accuracy, or F1 for multi-label data."""
        from seqnlp.metrics.metric import Metric

        return Metric(codec.decision.metric)

    def build_network(
        self, prepared: "Prepared[LabelledText, ClassificationCodec]", settings: "ClassifierSettings"
    ) -> "ClassificationNetwork":
        """Return a new network, with log-count ratios and class weights if the settings ask for them."""
        from seqnlp.tasks.classification.building import build_network
        from seqnlp.tasks.classification.log_count_ratios import log_count_ratios

        codec, train, chosen = prepared.codec, _texts(prepared.train), settings.network
        ratios = None
        if chosen.use_log_count_ratios(len(codec.labels)):
            ratios = log_count_ratios(train.words, train.labels, len(codec.words))
        weights = self._class_weights(prepared, settings)
        return build_network(codec, chosen, settings.training.seed, ratios, weights)

    def _class_weights(
        self, prepared: "Prepared[LabelledText, ClassificationCodec]", settings: "ClassifierSettings"
    ) -> Floats | None:
        from seqnlp.tasks.classification.class_weights import balance_classes

        if settings.network.class_weights != "balanced":
            return None
        return balance_classes(_texts(prepared.train).labels, prepared.codec.multi_label)

    def describe(self, network: Network, settings: "ClassifierSettings") -> str:
        """Describe the network in a few words."""
        return settings.network.summary

    def score(
        self, codec: ClassificationCodec, split: "Split[LabelledText]", outputs: Outputs
    ) -> dict[str, float]:
        """Return the metric, and the mean negative log-likelihood as `loss`."""
        return codec.decision.scores(_join(split, outputs), _texts(split.encoded).labels)

    def logits(self, network: Network, split: "Split[LabelledText]", batches: Sequence[Batch]) -> Floats:
        """Return the logits of a split, float64 [texts, labels].

        Args:
            network: The network.
            split: The split.
            batches: The batches of all rows of the split.
        """
        return _join(split, ((each, self._compute(network, split.encoded.batch(each))) for each in batches))

    def finish(
        self,
        network: Network,
        prepared: "Prepared[LabelledText, ClassificationCodec]",
        batches: "Batches",
    ) -> dict[str, Any]:
        """Fit the temperature on dev, and the threshold of multi-label data. The network stores both."""
        from seqnlp.metrics.thresholds import best_threshold
        from seqnlp.tasks.classification.calibration import fit_temperature

        decision, dev = prepared.codec.decision, prepared.held_out["dev"]
        labels = _texts(dev.encoded).labels
        logits = self.logits(network, dev, batches.held_out(dev.encoded)) * float(network.temperature)
        temperature = fit_temperature(logits, labels, decision)
        network.temperature.assign(temperature)
        figures = {"temperature": round(temperature, 4)}
        if prepared.codec.multi_label:
            threshold, _ = best_threshold(decision.probabilities(logits / temperature), labels)
            network.threshold.assign(threshold)
            figures["threshold"] = round(threshold, 4)
        return figures

    def graph(self, networks: Sequence[Network], codec: ClassificationCodec) -> "Graph[ClassificationCodec]":
        """Convert a network to an ONNX graph."""
        from seqnlp.tasks.classification.graph import build_graph

        (network,) = networks
        return build_graph(network, codec)

    def differences(
        self,
        session: "InferenceSession",
        networks: Sequence[Network],
        graph: "Graph[ClassificationCodec]",
        codec: ClassificationCodec,
        examples: Sequence[LabelledText],
    ) -> "Iterator[Difference]":
        """Compare the decisions, the probabilities and the attention weights."""
        from seqnlp.export.parity import difference

        (network,) = networks
        words = [codec.split_words(each.text) for each in examples]
        ours, theirs = codec.encode(words), graph.codec.encode(words)
        outputs = ["probabilities", "attention"] if network.attends else ["probabilities"]
        for batch in Buckets.learn(ours.lengths, 2048).batches(ours.lengths):
            inputs = ours.batch(batch)
            found = dict(zip(outputs, session.run(outputs, theirs.batch(batch)), strict=True))
            logits = network.predict_on_batch(inputs)
            expected = {"probabilities": np.asarray(network.probabilities(logits))}
            if network.attends:
                attention = network.attention(network.encoder(inputs), inputs["lengths"])
                expected["attention"] = np.asarray(attention)
            for each in (found, expected):
                each["probabilities"] = each["probabilities"][: len(batch.rows)]
                each["labels"] = graph.codec.decision.decide(each["probabilities"])
            yield difference(found, expected, None, exact=["labels"], close=outputs)

    def evaluate(
        self,
        model: Classifier,
        examples: Sequence[LabelledText],
        options: "PredictOptions[Classifier]",
    ) -> "ClassScores | LabelSetScores":
        """Classify texts and score the labels and their probabilities."""
        from seqnlp.metrics.classes import ClassScores
        from seqnlp.metrics.label_sets import LabelSetScores
        from seqnlp.tasks.classification.mistakes import find_mistake

        scores = LabelSetScores() if model.codec.multi_label else ClassScores()
        for first in range(0, len(examples), _CHUNK):
            chunk = examples[first : first + _CHUNK]
            for text, found in zip(chunk, model.predict([each.text for each in chunk]), strict=True):
                scores.add(text.labels, found.labels, found.scores)
                mistake = find_mistake(text, found)
                scores.mistakes.extend([] if mistake is None else [mistake])
        return scores

    def predict_words(self, model: Classifier, sentences: Sequence[Sequence[str]]) -> Sequence[Any]:
        """Return the probabilities of texts that are split into words."""
        return list(model.classify(sentences))

    def step_outputs(self, network: Network, states: Tensor) -> Tensor:
        """Return the hidden states. Pooling reads each of them directly."""
        from keras import ops

        return ops.transpose(states, (1, 0, 2))


def _texts(encoded: "Encoded") -> "EncodedTexts":
    from seqnlp.tasks.classification.encoded import EncodedTexts

    assert isinstance(encoded, EncodedTexts)
    return encoded


def _path(text: LabelledText) -> str | None:
    return None if text.origin is None else text.origin.path


def _warn_of_labels(texts: Sequence[LabelledText], has_header: bool) -> None:
    """Warn of labels that are equal numbers, and of a first row that looks like a header."""
    from seqnlp.corpora.checks.labelled import LabelledSummary

    for warning in LabelledSummary(has_header).count(texts).warnings:
        log.warning(warning)


def _name_label(label: Any) -> str:
    """Return the name of a label in memory, also of a NumPy scalar, as in JSON lines.

    Raises:
        TypeError: The label is not a string, a finite number or a boolean.
    """
    from seqnlp.corpora.formats.label_sets import name_label

    try:
        return name_label(getattr(label, "item", lambda: label)())
    except ValueError as error:
        raise TypeError(str(error)) from None


def _check_single_label(texts: Iterable[LabelledText]) -> None:
    """Check that each text has exactly one label.

    Raises:
        DataError: A text has several labels or none.
    """
    for text in texts:
        if len(text.labels) != 1:
            raise DataError(
                f"a text has {len(text.labels)} labels, not one; multi-label data need a label separator",
                _path(text),
                None if text.origin is None else text.origin.line,
            )


def _learn_tokenizer(train: Sequence[LabelledText], settings: "ClassifierSettings") -> "Tokenizer":
    """Return the tokenizer of the settings; subwords are learned from the training texts."""
    from seqnlp.text.tokenizers import get_tokenizer

    text = settings.text
    if text.tokenizer != "subwords":
        return get_tokenizer(text.tokenizer)
    from seqnlp.text.subword_learning import learn_subwords

    return learn_subwords((each.text for each in train), text.subwords, text.lower)


def _join(split: "Split[LabelledText]", outputs: Outputs) -> Floats:
    """Return the logits of the texts of a split, float64 [texts, labels], joined from windows."""
    encoded = _texts(split.encoded)
    logits = np.zeros((len(encoded.lengths), encoded.labels.shape[1]), np.float32)
    for batch, computed in outputs:
        logits[batch.rows] = computed["logits"][: len(batch.rows)]
    return join_logits(logits, encoded.words.windows, len(split.examples))
