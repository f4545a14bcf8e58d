"""The task of tagging words."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from seqnlp.data.words import EncodedWords
from seqnlp.errors import DataError, stop
from seqnlp.records import AnnotatedText, TaggedSentence
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.examples import (
    TaggedRecord,
    detect_output_scheme,
    make_examples,
    output_scheme,
    resolve_scheme,
    warn_of_plain_tags,
)
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.task import Outputs
from seqnlp.tasks.words import WordTask
from seqnlp.text.schemes import convert
from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.text.vocabulary import WordForm
from seqnlp.types import Arrays, JsonObject, Network, Tensor

if TYPE_CHECKING:
    from seqnlp.corpora import OnError, Problems, Reader, TaggedOptions
    from seqnlp.corpora.checks.tagged import TaggedSummary
    from seqnlp.data.encoded import Encoded
    from seqnlp.export.graph import Graph
    from seqnlp.metrics.metric import Metric
    from seqnlp.metrics.spans import SpanScores
    from seqnlp.metrics.tags import TagScores
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.tasks.tagging.network import TaggingNetwork
    from seqnlp.tasks.tagging.predict_options import TaggerPredictOptions
    from seqnlp.tasks.tagging.settings import TaggerSettings

_CHUNK = 1000
_CONTENTS = {"plain": "a tag for each word", "bio": "labelled spans"}


class TaggerTask(WordTask[TaggedRecord, TaggedSentence, "TaggerSettings", TaggingCodec, Tagger]):
    """Tags words: names, chunks, parts of speech.

    Records are tagged sentences or annotated texts. Examples are sentences with tags in the scheme of
    predictions, `bio` or `plain`. The network has a scheme of its own, `iobes` or `plain`.
    """

    name = "tagger"
    description = "Tag the words of sentences: names, chunks, parts of speech."
    noun = "sentence"
    sample = "sample/ner"
    targets = ("tags",)
    exact = ("tags",)
    close = ("emissions",)
    compared = "a logit"

    def settings(self) -> "type[TaggerSettings]":
        """Return the class of the settings."""
        from seqnlp.tasks.tagging.settings import TaggerSettings

        return TaggerSettings

    def reader(self) -> "Reader[TaggedRecord, TaggedOptions]":
        """Return the reader of tagged sentences and annotated texts."""
        from seqnlp.corpora import TAGGED

        return TAGGED

    def codec(self) -> type[TaggingCodec]:
        """Return the class of the codec."""
        return TaggingCodec

    def encoded(self) -> "type[Encoded]":
        """Return the class of encoded sentences."""
        return EncodedWords

    def network(self) -> "type[TaggingNetwork]":
        """Return the class of the network."""
        from seqnlp.tasks.tagging.network import TaggingNetwork

        return TaggingNetwork

    def model(self) -> type[Tagger]:
        """Return the serving class."""
        return Tagger

    def predict_options(self) -> "type[TaggerPredictOptions]":
        """Return the options of a prediction."""
        from seqnlp.tasks.tagging.predict_options import TaggerPredictOptions

        return TaggerPredictOptions

    def summary(
        self, options: "TaggedOptions", problems: "Problems", settings: "TaggerSettings | None" = None
    ) -> "TaggedSummary":
        """Return a summary that cuts annotated texts with the tokenizer of the settings."""
        from seqnlp.corpora.checks.tagged import TaggedSummary

        tokenizer = "words" if settings is None else settings.text.tokenizer
        return TaggedSummary(problems, options.scheme, options.tag_form, options.strict_tags, tokenizer)

    def record(self, value: object, options: "TaggedOptions") -> TaggedRecord:
        """Convert a record, a pair of words and tags, or a mapping with `words` and `tags` to a record.

        Raises:
            TypeError: The value cannot be converted, or the numbers of words and tags differ.
        """
        match value:
            case TaggedSentence() | AnnotatedText():
                return value
            case (words, tags) | {"words": words, "tags": tags}:
                sentence = TaggedSentence(tuple(cast(Any, words)), tuple(cast(Any, tags)))
                if len(sentence.words) == len(sentence.tags):
                    return sentence
        raise TypeError(f"expected a TaggedSentence or a pair of words and tags, not {value!r}")

    def resolve(self, records: Sequence[TaggedRecord], options: "TaggedOptions") -> "TaggedOptions":
        """Return the format options with the tagging scheme and the form of the tags of the records."""
        resolved = resolve_scheme(records, options)
        if options.scheme == "auto" and resolved.scheme == "plain":
            warn_of_plain_tags(records)
        return resolved

    def examples(
        self, records: Iterable[TaggedRecord], settings: "TaggerSettings", on_error: "OnError", repair: bool
    ) -> list[TaggedSentence]:
        """Convert records to sentences with tags in the scheme of predictions."""
        tokenizer = get_tokenizer(settings.text.tokenizer)
        return make_examples(records, settings.format, tokenizer, on_error, repair)

    def gold(
        self,
        records: Iterable[TaggedRecord],
        model: Tagger,
        options: "TaggedOptions",
        on_error: "OnError",
        repair: bool,
    ) -> list[TaggedSentence]:
        """Convert records to gold sentences. Annotated texts are cut by the tokenizer of the model.

        Raises:
            DataError: The data have spans and the model predicts plain tags, or vice versa.
        """
        records = list(records)
        _check_contents(detect_output_scheme(records, options), model.codec.output_scheme, records)
        return make_examples(records, options, model.tokenizer, on_error, repair)

    def is_gold(self, records: Sequence[TaggedRecord], model: Tagger, options: "TaggedOptions") -> bool:
        """Return whether the tags are those of the model.

        The last words of the lines of a text can look like tags, such as the full stop. Therefore all plain
        tags must be known, and not all the same if the model knows several. One tag of spans must be known.
        """
        resolved = resolve_scheme(records, options)
        if output_scheme(resolved.scheme) != model.codec.output_scheme:
            return False
        examples = make_examples(records, resolved, model.tokenizer, stop, repair=True)
        tags = {tag for example in examples for tag in example.tags}
        unknown = [tag for tag in tags if model.codec.unknown_labels([[tag]])]
        if model.codec.scheme == "plain":
            return not unknown and len(tags) >= min(2, len(model.codec.labels))
        return len(unknown) < len(tags)

    def example_to_json(self, example: TaggedSentence) -> Any:
        """Return the words and the tags of a sentence."""
        return [example.words, example.tags]

    def example_from_json(self, value: Any) -> TaggedSentence:
        """Restore a sentence from the result of `example_to_json`."""
        words, tags = value
        return TaggedSentence(tuple(words), tuple(tags))

    def learn_codec(self, train: Sequence[TaggedSentence], settings: "TaggerSettings") -> TaggingCodec:
        """Learn the vocabularies of words, characters and tags."""
        text, source = settings.text, output_scheme(settings.format.scheme)
        target = "plain" if source == "plain" else "iobes"
        codec = TaggingCodec.learn(
            ((sentence.words, convert(sentence.tags, source, target)) for sentence in train),
            target,
            WordForm(lower=text.lower, digits=text.digits),
            get_tokenizer(text.tokenizer).to_spec(),
            min_words=text.min_words,
            max_words=text.max_words,
            min_characters=text.min_characters,
        )
        return self.add_language_model(codec, settings)

    def extend_codec(
        self, codec: TaggingCodec, train: Sequence[TaggedSentence], settings: "TaggerSettings"
    ) -> TaggingCodec:
        """Add the words, characters and labels of training sentences.

        Raises:
            DataError: The data have spans and the codec has plain tags, or vice versa.
        """
        text, found = settings.text, output_scheme(settings.format.scheme)
        _check_contents(found, codec.output_scheme, train)
        return codec.extend(
            ((sentence.words, convert(sentence.tags, found, codec.scheme)) for sentence in train),
            text.max_words,
            min_words=text.min_words,
            min_characters=text.min_characters,
        )

    def network_arguments(
        self, prepared: "Prepared[TaggedSentence, TaggingCodec]", settings: "TaggerSettings"
    ) -> dict[str, Any]:
        """Return the number of labels, and which of them may follow one another."""
        from seqnlp.tasks.tagging.building import legal_labels

        codec = prepared.codec
        return {"labels": len(codec.labels), "legal": legal_labels(codec, settings.network)}

    def join_facts(self, old: JsonObject, new: JsonObject) -> JsonObject:
        """Return the fingerprints of both training data."""
        from seqnlp.metrics.fingerprints import Fingerprints

        if "seen" not in old:
            return new
        seen = Fingerprints.from_text(old["seen"]) | Fingerprints.from_text(new["seen"])
        return {**new, "seen": seen.to_text()}

    def encode(
        self, codec: TaggingCodec, examples: Sequence[TaggedSentence], *, context: int | None = None
    ) -> EncodedWords:
        """Encode sentences with their tags.

        Args:
            codec: The codec.
            examples: The sentences.
            context: Overrides `context` of the codec.
        """
        tags = [convert(each.tags, codec.output_scheme, codec.scheme) for each in examples]
        return codec.encode([each.words for each in examples], tags, context=context)

    def encode_training(
        self, codec: TaggingCodec, examples: Sequence[TaggedSentence], settings: "TaggerSettings"
    ) -> tuple[EncodedWords, dict[str, Any]]:
        """Encode training sentences in windows that do not overlap.

        Returns:
            The encoded sentences. The facts contain the fingerprints of the labelled spans as `seen`, or of
            the words if tags are plain.
        """
        from seqnlp.metrics.fingerprints import Fingerprints
        from seqnlp.metrics.spans import known_surfaces

        seen: Iterable[tuple[str, ...]]
        if codec.scheme == "plain":
            seen = {(word,) for example in examples for word in example.words}
        else:
            seen = known_surfaces(examples, codec.output_scheme)
        return self.encode(codec, examples, context=0), {"seen": Fingerprints(seen).to_text()}

    def unknown_labels(self, codec: TaggingCodec, examples: Iterable[TaggedSentence]) -> list[str]:
        """Return the labels of examples that are missing from the training data."""
        return codec.unknown_labels(example.tags for example in examples)

    def label_counts(self, codec: TaggingCodec, encoded: "Encoded") -> Counter[str]:
        """Return how often each label occurs: in spans, or in words if tags are plain."""
        return codec.label_counts(np.asarray(self.words(encoded).tags))

    def words(self, encoded: "Encoded") -> EncodedWords:
        """Return the encoded sentences, which consist of words."""
        assert isinstance(encoded, EncodedWords)
        return encoded

    def example_words(self, codec: TaggingCodec, example: TaggedSentence) -> Sequence[str]:
        """Return the words of a sentence."""
        return example.words

    def predict_words(self, model: Tagger, sentences: Sequence[Sequence[str]]) -> Sequence[Any]:
        """Tag sentences of words."""
        return model.tag(sentences)

    def step_outputs(self, network: "TaggingNetwork", states: Tensor) -> Tensor:
        """Return the emissions of hidden states."""
        return network.emissions(states)

    def metric(self, codec: TaggingCodec, settings: "TaggerSettings") -> "Metric":
        """Return F1 of spans, or the accuracy of plain tags."""
        from seqnlp.metrics.metric import Metric

        return Metric("accuracy" if codec.scheme == "plain" else "f1")

    def build_network(
        self, prepared: "Prepared[TaggedSentence, TaggingCodec]", settings: "TaggerSettings"
    ) -> "TaggingNetwork":
        """Return a new network."""
        from seqnlp.tasks.tagging.building import build_network

        return build_network(prepared.codec, settings.network, settings.training.seed)

    def describe(self, network: Network, settings: "TaggerSettings") -> str:
        """Describe the network in a few words."""
        return settings.network.summary

    def compute(self, network: "TaggingNetwork", inputs: Arrays) -> Arrays:
        """Compute the emissions with the network, and decode them in NumPy."""
        from seqnlp.tasks.tagging.decoding import decode

        emissions = np.asarray(network.predict_on_batch(inputs))
        return {"tags": decode(emissions, inputs["lengths"], network), "emissions": emissions}

    def settle(self, network: "TaggingNetwork", inputs: Arrays, found: Arrays, expected: Arrays) -> Arrays:
        """Replace the tags of sentences that have two equally good sequences of tags."""
        from seqnlp.export.parity import allowed_distance
        from seqnlp.tasks.tagging.decoding import path_scores

        best, other = (
            path_scores(expected["emissions"], inputs["lengths"], each["tags"], network)
            for each in (expected, found)
        )
        tied = np.abs(best - other) <= allowed_distance(self.tolerance, best)
        return {**found, "tags": np.where(tied[:, None], expected["tags"], found["tags"])}

    def score(
        self, codec: TaggingCodec, split: "Split[TaggedSentence]", outputs: Outputs
    ) -> dict[str, float]:
        """Return F1, precision and recall of spans and the accuracy, or the accuracy of plain tags."""
        encoded = self.words(split.encoded)
        ids = np.zeros(len(encoded.words), np.int64)
        for batch, arrays in outputs:
            encoded.windows.join(batch, arrays["tags"], ids)
        predictions = codec.decode(ids, [len(sentence.words) for sentence in split.examples])
        scores = _new_scores(codec)
        for sentence, predicted in zip(split.examples, predictions, strict=True):
            scores.add(sentence.words, sentence.tags, predicted)
        figures = scores.to_dict()
        return {key: figures[key] for key in ("f1", "precision", "recall", "accuracy") if key in figures}

    def graph(self, networks: Sequence["TaggingNetwork"], codec: TaggingCodec) -> "Graph[TaggingCodec]":
        """Convert the network to an ONNX graph."""
        from seqnlp.tasks.tagging.graph import build_graph

        (network,) = networks
        return build_graph(network, codec)

    def evaluate(
        self, model: Tagger, examples: Sequence[TaggedSentence], options: "PredictOptions[Tagger]"
    ) -> "SpanScores | TagScores":
        """Tag the words of gold sentences and score the tags, on seen and unseen spans or words too."""
        from seqnlp.tasks.tagging.mistakes import find_mistake

        scores = _new_scores(model.codec, model.known)
        for start in range(0, len(examples), _CHUNK):
            chunk = examples[start : start + _CHUNK]
            predictions = model.tag([sentence.words for sentence in chunk])
            for sentence, (tags, probabilities) in zip(chunk, predictions, strict=True):
                scores.add(sentence.words, sentence.tags, tags)
                mistake = find_mistake(sentence, tags, probabilities, model.codec.output_scheme)
                scores.mistakes.extend([] if mistake is None else [mistake])
        return scores


def _check_contents(found: str, predicted: str, records: Iterable[TaggedRecord]) -> None:
    """Check that data have plain tags or spans, as a model predicts them.

    Raises:
        DataError: The data have the other kind.
    """
    if found != predicted:
        origin = next((record.origin for record in records if record.origin is not None), None)
        raise DataError(
            f"the data have {_CONTENTS[found]}, the model predicts {_CONTENTS[predicted]}; "
            "--scheme and --tag-form say how the tags are read",
            None if origin is None else origin.path,
        )


def _new_scores(codec: TaggingCodec, known: Container[Any] | None = None) -> "SpanScores | TagScores":
    """Return empty scores for the tags of a codec."""
    from seqnlp.metrics.spans import SpanScores
    from seqnlp.metrics.tags import TagScores

    return TagScores(known) if codec.scheme == "plain" else SpanScores(codec.output_scheme, known)
