"""Untrained models: real vocabularies, random weights. They are as fast as trained ones."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.weights import load_weights, save_weights
from seqnlp.tasks.classification.codec import ClassificationCodec
from seqnlp.tasks.tagging.codec import TaggingCodec

if TYPE_CHECKING:
    from seqnlp.records import TaggedSentence
    from seqnlp.tasks.classification.settings import ClassifierSettings
    from seqnlp.tasks.prepared import Prepared
    from seqnlp.tasks.tagging.settings import TaggerSettings
    from seqnlp.training.batches import TrainingBatches

CHECKED = 50  # sentences of the parity check


@dataclass(frozen=True)
class Untrained:
    """The files of an untrained model, which all contenders read.

    Attributes:
        directory: Their directory.
        corpus: The corpus from which the vocabularies are learned.
    """

    directory: Path
    corpus: str

    @property
    def model(self) -> Path:
        """The exported file."""
        return self.directory / "model.onnx"

    @property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The weights of the network by path, and additional arrays."""
        return load_weights(self.directory)


@dataclass(frozen=True)
class UntrainedTagger(Untrained):
    """A tagger of the default sizes. Its arrays include `transitions`, `start` and `end` of the CRF."""

    @property
    def settings(self) -> "TaggerSettings":
        """The default settings with the corpus."""
        from seqnlp.tasks.tagging.settings import TaggerSettings

        return TaggerSettings.load(overrides=[f'data.corpus="{self.corpus}"'])

    @property
    def prepared(self) -> "Prepared[TaggedSentence, TaggingCodec]":
        """The prepared corpus."""
        from seqnlp.tasks.prepared import load_prepared
        from seqnlp.tasks.tagging.task import TaggerTask

        return load_prepared(self.directory / "prepared", TaggerTask())

    @property
    def batches(self) -> "TrainingBatches":
        """The training batches."""
        from seqnlp.tasks.tagging.task import TaggerTask

        return TaggerTask().batches(self.prepared.train, self.settings)

    @property
    def codec(self) -> TaggingCodec:
        """The codec of training, without cached characters."""
        spec = json.loads((self.directory / "prepared" / "codec.json").read_text(encoding="utf-8"))
        return TaggingCodec.from_spec(spec)

    def make(self) -> int:
        """Prepare the corpus, build the network and export it.

        Returns:
            The number of parameters of the network.
        """
        from seqnlp.tasks.corpus import prepare
        from seqnlp.tasks.export import write_network
        from seqnlp.tasks.prepared import Split
        from seqnlp.tasks.tagging.task import TaggerTask

        task, settings = TaggerTask(), self.settings
        prepared: Prepared[TaggedSentence, TaggingCodec] = prepare(task, settings)
        prepared.write(self.directory / "prepared", task)
        network = task.build_network(prepared, settings)
        assert network.crf is not None, "the default decoder"
        scores = map(np.asarray, network.crf.scores())
        save_weights(
            network, self.directory, **dict(zip(("transitions", "start", "end"), scores, strict=True))
        )
        dev = prepared.held_out["dev"].examples[:CHECKED]
        checked = replace(prepared, held_out={"dev": Split(task.encode(prepared.codec, dev), dev)})
        write_network(task, [network], checked, self.model, provenance={})
        return int(network.count_params())


@dataclass(frozen=True)
class UntrainedClassifier(Untrained):
    """A classifier of the default sizes that predicts each label about equally often on dev."""

    @property
    def settings(self) -> "ClassifierSettings":
        """The default settings with the corpus."""
        from seqnlp.tasks.classification.settings import ClassifierSettings

        return ClassifierSettings.load(overrides=[f'data.corpus="{self.corpus}"'])

    @property
    def codec(self) -> ClassificationCodec:
        """The codec of training, without cached characters."""
        spec = json.loads((self.directory / "codec.json").read_text(encoding="utf-8"))
        return ClassificationCodec.from_spec(spec)

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """The inputs of the GRU for each word: its embedding and its features, [words, any]."""
        weights = self.weights
        return np.concatenate([weights["encoder/words/embeddings"], weights["encoder/features"]], axis=1)

    def make(self) -> int:
        """Read the corpus, build the network and export it.

        Returns:
            The number of parameters of the network.
        """
        from seqnlp.tasks.classification.task import ClassifierTask
        from seqnlp.tasks.corpus import prepare
        from seqnlp.tasks.export import write_network

        task, settings = ClassifierTask(), self.settings
        prepared = prepare(task, settings)
        (self.directory / "codec.json").write_text(json.dumps(prepared.codec.to_spec()), encoding="utf-8")
        network = task.build_network(prepared, settings)
        # Equal labels show that a contender is the same model. With zero biases, or one label for all texts,
        # mistakes would go unnoticed.
        random = np.random.default_rng(settings.training.seed)
        for weight in network.trainable_variables:
            if weight.name == "bias":
                weight.assign(random.normal(scale=0.1, size=weight.shape))
        dev = prepared.held_out["dev"]
        plan = task.batches(prepared.train, settings).held_out(dev.encoded)
        logits = task.logits(network, dev, plan)
        network.classes.bias.assign(np.asarray(network.classes.bias) - np.median(logits, axis=0))
        save_weights(network, self.directory)
        write_network(task, [network], prepared, self.model, {})
        return int(network.count_params())
