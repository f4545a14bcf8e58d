"""The translator: texts to texts, such as translations, summaries or corrected spellings."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import SentencePair
from seqnlp.tasks.task import Outputs, Task
from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.tasks.translation.encoded import EncodedPairs
from seqnlp.tasks.translation.filtering import describe_dropped, drop_by_length, drop_empty, path_of
from seqnlp.tasks.translation.model import IMPOSSIBLE, Translator
from seqnlp.types import Array, Integers, JsonObject, Network

if TYPE_CHECKING:
    from pathlib import Path

    from onnxruntime import InferenceSession

    from seqnlp.corpora import PairOptions, Reader
    from seqnlp.data.encoded import Encoded
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.metric import Metric
    from seqnlp.metrics.scores import Scores
    from seqnlp.metrics.translation import TranslationScores
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.tasks.translation.predict_options import TranslatorPredictOptions
    from seqnlp.tasks.translation.settings import TranslatorSettings
    from seqnlp.training.batches import Batches, TrainingBatches
    from seqnlp.training.run_directory import RunDirectory

log = logging.getLogger("seqnlp")

_GREEDY_ROWS = 128
"""Rows of a batch of the greedy search for dev scores."""
_CHUNK = 1000
"""Pairs that evaluation translates at a time."""


class TranslatorTask(Task[SentencePair, SentencePair, "TranslatorSettings", TranslationCodec, Translator]):
    """Translates texts with an encoder-decoder whose decoder attends to the source."""

    name = "translator"
    description = "Translate texts: other languages, summaries, corrected spellings."
    noun = "pair"
    sample = "sample/phrases"
    can_ensemble = True
    targets = ("target",)
    close = ("scores",)
    compared = "the mean log probability of a target"

    def settings(self) -> "type[TranslatorSettings]":
        """Return the class of the settings."""
        from seqnlp.tasks.translation.settings import TranslatorSettings

        return TranslatorSettings

    def reader(self) -> "Reader[SentencePair, PairOptions]":
        """Return the reader of aligned files, tables and JSON lines."""
        from seqnlp.corpora import PAIRS

        return PAIRS

    def codec(self) -> type[TranslationCodec]:
        """Return the class of the codec."""
        return TranslationCodec

    def encoded(self) -> type[EncodedPairs]:
        """Return the class of encoded pairs."""
        return EncodedPairs

    def network(self) -> type[Network]:
        """Return the class of the network."""
        from seqnlp.tasks.translation.network import TranslationNetwork

        return TranslationNetwork

    def model(self) -> type[Translator]:
        """Return the serving class."""
        return Translator

    def predict_options(self) -> "type[TranslatorPredictOptions]":
        """Return the options of the search."""
        from seqnlp.tasks.translation.predict_options import TranslatorPredictOptions

        return TranslatorPredictOptions

    def check(self, settings: "TranslatorSettings") -> None:
        """Check that tied embeddings have one vocabulary.

        Raises:
            ConfigError: All embeddings are tied, but each side has its own vocabulary.
        """
        if settings.network.tied == "all" and not settings.text.joint:
            raise ConfigError(
                "network.tied is all, which needs one vocabulary for both sides: text.joint=true"
            )

    # Records and examples.

    def record(self, value: Any, options: "PairOptions") -> SentencePair:
        """Convert a pair of texts, or a mapping with a column for each side.

        Raises:
            TypeError: The value cannot be converted.
        """
        from seqnlp.tasks.corpus import read_cell

        match value:
            case SentencePair():
                return value
            case Mapping():
                cells = (read_cell(value, name) for name in (options.source_column, options.target_column))
                return self.record(tuple(cells), options)
            case (str(source), str(target)):
                return SentencePair(source, target)
        raise TypeError(f"expected a SentencePair or a (source, target) pair, not {value!r}")

    def example_to_json(self, example: SentencePair) -> list[str]:
        """Return both sides."""
        return [example.source, example.target]

    def example_from_json(self, value: Any) -> SentencePair:
        """Restore a pair from both sides."""
        return SentencePair(*value)

    # Encoding.

    def learn_codec(self, train: Sequence[SentencePair], settings: "TranslatorSettings") -> TranslationCodec:
        """Learn the subwords of the training pairs that have both sides."""
        text = settings.text
        return TranslationCodec.learn(
            drop_empty(train), text.subwords, text.joint, text.lower, text.max_length
        )

    def architecture(self, config: JsonObject) -> dict[str, Any]:
        """Return the sizes of the layers."""
        return {f"network.{name}": config["decoder"][name] for name in ("units", "dimension")}

    def extend_network(
        self,
        network: Network,
        prepared: "Prepared[SentencePair, TranslationCodec]",
        settings: "TranslatorSettings",
    ) -> Network:
        """Return the network with the dropout and the smoothing of the settings, and the same subwords."""
        from seqnlp.training.weights import rebuild

        chosen = settings.network
        rates = {"dropout": chosen.dropout, "recurrent_dropout": chosen.recurrent_dropout}
        arguments = {
            "decoder": {**network.arguments["decoder"], **rates},
            "label_smoothing": chosen.label_smoothing,
            "seed": settings.training.seed,
        }
        return rebuild(network, arguments)

    def encode(self, codec: TranslationCodec, examples: Sequence[SentencePair]) -> EncodedPairs:
        """Encode pairs."""
        return codec.encode_pairs(examples)

    def encode_training(
        self, codec: TranslationCodec, examples: Sequence[SentencePair], settings: "TranslatorSettings"
    ) -> tuple[EncodedPairs, dict[str, Any]]:
        """Encode the training pairs, without those that are empty, too long or too different in length.

        Returns:
            The encoded pairs, and the number of dropped pairs by reason as `dropped`.
        """
        filled = drop_empty(examples)
        kept, by_length = drop_by_length(
            codec.encode_pairs(filled), settings.text.max_length, settings.text.ratio
        )
        counts = {"with an empty side": len(examples) - len(filled), **by_length}
        dropped = {reason: count for reason, count in counts.items() if count}
        if not len(kept.lengths):
            raise DataError(
                f"no training pair is left: {describe_dropped(dropped)}; text.max_length and text.ratio "
                "are the limits",
                path_of(examples),
            )
        if dropped:
            log.warning("training pairs left out: %s", describe_dropped(dropped))
        return kept, {"dropped": dropped}

    def batches(self, encoded: "Encoded", settings: "TranslatorSettings") -> "TrainingBatches":
        """Return the training batches. Each has an even number of rows, for halves of the same shape."""
        from seqnlp.training.batches import TrainingBatches

        return TrainingBatches.from_settings(encoded, settings.training, self.targets, multiple=2)

    def measures(
        self, codec: TranslationCodec, encoded: "Encoded"
    ) -> "Mapping[str, tuple[Integers, Array | None]]":
        """Return the lengths and the subwords of both sides."""
        pairs = _pairs(encoded)
        return {
            "source": (pairs.sources.lengths, pairs.sources.ids),
            "target": (pairs.targets.lengths, pairs.targets.ids),
        }

    # Training.

    def metric(self, codec: TranslationCodec, settings: "TranslatorSettings") -> "Metric":
        """Return the metric of the settings."""
        from seqnlp.metrics.metric import Metric

        return Metric(settings.training.metric)

    def build_network(
        self, prepared: "Prepared[SentencePair, TranslationCodec]", settings: "TranslatorSettings"
    ) -> Network:
        """Return a new network. If the settings leave its size open, it depends on the training data."""
        from seqnlp.tasks.translation.building import build_network

        sized = settings.network.sized(prepared.train.tokens)
        return build_network(prepared.codec, sized, settings.training.seed)

    def describe(self, network: Network, settings: "TranslatorSettings") -> str:
        """Describe the layers and the attention."""
        decoder = network.arguments["decoder"]
        cell, attention = decoder["cell"].upper(), decoder["attention"]
        return (
            f"{network.arguments['layers']} bidirectional {cell} layer(s) and {decoder['layers']} {cell} "
            f"layer(s) of {decoder['units']} units, {'no' if attention == 'none' else attention} attention"
            f"{', input feeding' if decoder['input_feeding'] else ''}"
        )

    def dev_scores(
        self,
        network: Network,
        codec: TranslationCodec,
        split: "Split[SentencePair]",
        batches: "Batches",
    ) -> dict[str, float]:
        """Score the translations of a greedy search.

        Returns:
            `bleu` and `chrf` from 0 to 100. Unless all gold targets are impossible, also `log_likelihood` per
            subword of the possible ones, and `loss`, its negative.
        """
        from seqnlp.tasks.translation.forced_decoding import mean_log_likelihood

        pairs = _pairs(split.encoded)
        scores = self.score(codec, split, _search_greedily(network, codec, pairs))
        likelihood = mean_log_likelihood(network, pairs, batches.held_out(pairs))
        if likelihood is None:
            return scores
        return {**scores, "log_likelihood": likelihood, "loss": -likelihood}

    def score(
        self, codec: TranslationCodec, split: "Split[SentencePair]", outputs: Outputs
    ) -> dict[str, float]:
        """Score `hypotheses`, int32 [rows, steps], of each batch."""
        from seqnlp.metrics.translation import corpus_scores

        found = [""] * len(split.examples)
        for batch, arrays in outputs:
            for row, ids in zip(batch.rows, arrays["hypotheses"].tolist(), strict=False):
                found[row] = codec.decode(ids)
        scores = corpus_scores(found, [pair.target for pair in split.examples])
        return {"bleu": scores["bleu"], "chrf": scores["chrf"]}

    def finish(
        self,
        network: Network,
        prepared: "Prepared[SentencePair, TranslationCodec]",
        batches: "Batches",
    ) -> dict[str, Any]:
        """Return the number of dropped pairs by reason."""
        return {"dropped": prepared.facts["dropped"]}

    def pictures(
        self,
        model: Translator,
        prepared: "Prepared[SentencePair, TranslationCodec]",
        scores: "Scores",
        run: "RunDirectory",
    ) -> "dict[str, Path]":
        """Draw the attention for a dev text of medium length."""
        texts = sorted((pair.source for pair in prepared.held_out["dev"].examples), key=len)
        model(texts[len(texts) // 2]).draw(run.attention)
        return {"Attention": run.attention}

    # Export.

    def graph(self, networks: Sequence[Network], codec: TranslationCodec) -> "Graph[TranslationCodec]":
        """Convert a network, or an ensemble, and the beam search to an ONNX graph."""
        from seqnlp.export.graph import Graph
        from seqnlp.tasks.translation.graph import convert_networks

        return Graph(convert_networks(networks, codec.target.can_start), codec)

    def differences(
        self,
        session: "InferenceSession",
        networks: Sequence[Network],
        graph: "Graph[TranslationCodec]",
        codec: TranslationCodec,
        examples: Sequence[SentencePair],
    ) -> "Iterator[Difference]":
        """Compare the mean log probability of the subwords of each target.

        The graph returns hypotheses, not logits, so both score the gold targets by forced decoding.
        """
        from seqnlp.tasks.translation.forced_decoding import compare_likelihoods

        return compare_likelihoods(session, networks, self.encode(codec, examples))

    # Serving.

    def evaluate(
        self, model: Translator, examples: Sequence[SentencePair], options: "PredictOptions[Translator]"
    ) -> "TranslationScores":
        """Score translations, and the likelihood of the gold targets.

        Targets with characters that training never saw are impossible. They do not count for the perplexity.
        """
        from seqnlp.metrics.translation import TranslationScores
        from seqnlp.tasks.translation.mistakes import find_mistake

        scores = TranslationScores()
        for start in range(0, len(examples), _CHUNK):
            chunk = examples[start : start + _CHUNK]
            sources, targets = [pair.source for pair in chunk], [pair.target for pair in chunk]
            for pair, translation in zip(chunk, options.predict(model, sources), strict=True):
                scores.add(translation.text, pair.target)
                mistake = find_mistake(pair, translation)
                scores.mistakes.extend([] if mistake is None else [mistake])
            for total, subwords in model.log_likelihoods(sources, targets):
                if total > IMPOSSIBLE:
                    scores.add_likelihood(total, subwords)
        return scores


def _search_greedily(network: Network, codec: TranslationCodec, pairs: EncodedPairs) -> Outputs:
    """Yield batches of sources of similar length, and their `hypotheses` by greedy search."""
    sources = pairs.sources
    order = np.argsort(sources.lengths, kind="stable")
    for first in range(0, len(order), _GREEDY_ROWS):
        rows = order[first : first + _GREEDY_ROWS]
        lengths = sources.lengths[rows].astype(np.int32)
        batch = Batch(rows, len(rows), int(lengths.max()))
        found = network.search_greedily(sources.pad(batch), lengths, codec.target.can_start)
        yield batch, {"hypotheses": found}


def _pairs(encoded: "Encoded") -> EncodedPairs:
    assert isinstance(encoded, EncodedPairs)
    return encoded
