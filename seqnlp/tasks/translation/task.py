"""Translators, as `seqnlp train` makes them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.corpora import PAIRS, OnError, PairOptions
from seqnlp.corpora.formats.aligned import aligned_files
from seqnlp.errors import DataError
from seqnlp.metrics.metric import Metric
from seqnlp.records import SentencePair
from seqnlp.serving.evaluation import evaluate_translator
from seqnlp.tasks.corpus import SPLITS, CorpusSource, Memory, checksum, open_corpus, read_prepared
from seqnlp.tasks.translation.data import Prepared, TranslationBatches, described, require_joint
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.settings import TranslatorSettings
from seqnlp.training.run_directory import RunDirectory

log = logging.getLogger("seqnlp")

SAMPLE = "sample/phrases"


class TranslatorTask:
    """Turns texts into texts."""

    name = "translator"
    records = "pairs"

    def record(self, value: Any, settings: TranslatorSettings) -> SentencePair:
        """Convert a value in memory to a record: a record, a (source, target) pair, or a mapping by column.

        Raises:
            TypeError: The value is something else.
        """
        data = settings.data
        match value:
            case SentencePair():
                return value
            case Mapping():
                return SentencePair(value[data.source_column], value[data.target_column])
            case (str(source), str(target)):
                return SentencePair(source, target)
        raise TypeError(f"expected a SentencePair or a (source, target) pair, not {value!r}")

    def prepare(self, settings: TranslatorSettings, memory: Memory | None = None) -> Prepared:
        """Read a prepared directory, or read and encode a corpus."""
        data = settings.data
        if data.prepared is not None:
            prepared: Prepared = read_prepared(settings, Prepared)
            require_joint(settings.network.tied, prepared.text)
            return prepared
        require_joint(settings.network.tied, settings.text)
        options = PairOptions(
            format=data.format,
            pair=data.pair,
            delimiter=data.delimiter,
            source_column=data.source_column,
            target_column=data.target_column,
        )

        def read(split: str, path: Path, on_error: OnError) -> Iterator[SentencePair]:
            return PAIRS.read(path, options, on_error)

        source = open_corpus(data, self.name, SAMPLE, read, memory)
        splits = [name for name in ("train", "dev", "test") if name in source.corpus.splits]
        pairs: dict[str, Any] = {name: source.corpus.split(name) for name in splits}
        for name, part in pairs.items():
            if not part:
                raise DataError(f"no pair of {name} can be used")
        if source.problems is not None and source.problems.count:
            log.warning(source.problems.summary(noun="pair"))
        made = Prepared.of(pairs.pop("train"), pairs, settings.text, _description(source, data))
        if made.dropped:
            log.warning("not trained on: %s", described(made.dropped))
        return made

    def metric(self, prepared: Prepared, settings: TranslatorSettings) -> Metric:
        """What the settings say."""
        return Metric(settings.training.metric)

    def batches(self, prepared: Prepared, settings: TranslatorSettings) -> TranslationBatches:
        """The training batches."""
        return TranslationBatches.of(prepared.train, settings.training)

    def report(self, prepared: Prepared, settings: TranslatorSettings) -> Any:
        """What is in the corpus."""
        from seqnlp.tasks.translation.report import report_on_pairs

        return report_on_pairs(prepared, self.batches(prepared, settings))

    def network(self, prepared: Prepared, settings: TranslatorSettings) -> Any:
        """A new network."""
        from seqnlp.tasks.translation.building import build_network

        sized = settings.network.sized(len(prepared.train.targets.ids))
        return build_network(prepared.codec, sized, settings.training.seed)

    def describe(self, network: Any, settings: TranslatorSettings) -> str:
        """What the network is, in words."""
        return str(network.described)

    def scorer(self, network: Any, prepared: Prepared, batches: TranslationBatches) -> Any:
        """Scores the network on dev."""
        from seqnlp.tasks.translation.scoring import DevScorer

        return DevScorer(network, prepared.codec, prepared.held_out["dev"], batches.buckets)

    def finish(self, network: Any, prepared: Prepared, batches: TranslationBatches) -> dict[str, Any]:
        """Nothing is left to do."""
        return {"dropped": dict(prepared.dropped)}

    def export(self, network: Any, prepared: Prepared, path: Path, metadata: Mapping[str, Any]) -> None:
        """Write the model file."""
        self.export_together([network], prepared, path, metadata)

    def export_together(
        self, networks: Sequence[Any], prepared: Prepared, path: Path, metadata: Mapping[str, Any]
    ) -> None:
        """Write a model file of several networks that have the same pieces."""
        from seqnlp.tasks.translation.graph import export_translator

        export_translator(networks, prepared.codec, path, metadata, prepared.held_out["dev"])

    def load(self, path: Path) -> Any:
        """Read a saved network."""
        from seqnlp.tasks.translation.network import TranslationNetwork
        from seqnlp.training.networks import load_network

        return load_network(path, TranslationNetwork)

    def scores(self, path: Path, prepared: Prepared) -> dict[str, Any]:
        """Score the model file on each held-out part."""
        translator = Translator.load(path)
        return {
            name: evaluate_translator(translator, split.pairs) for name, split in prepared.held_out.items()
        }

    def draw(self, scores: Mapping[str, Any], prepared: Prepared, run: RunDirectory) -> dict[str, Path]:
        """Draw the attention of a dev text of middling length."""
        from seqnlp.training.plots import plot_attention

        texts = sorted((pair.source for pair in prepared.held_out["dev"].pairs), key=len)
        plot_attention(Translator.load(run.model)(texts[len(texts) // 2]), run.attention)
        return {"Attention": run.attention}


def _description(source: CorpusSource, data: Any) -> Mapping[str, Any]:
    """Where the corpus comes from, both files of each part if there are two."""
    if data.pair is None:
        return source.description
    files = {name: aligned_files(getattr(data, name), data.pair) for name in SPLITS if getattr(data, name)}
    return {
        name: {path.name: checksum(path) for path in (Path(each) for each in both)}
        for name, both in files.items()
    }
