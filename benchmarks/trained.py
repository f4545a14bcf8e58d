"""A trained translator. Decoding time depends on the length of its translations."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.weights import load_weights, save_weights
from seqnlp.records import SentencePair
from seqnlp.tasks.prepared import Prepared, load_prepared
from seqnlp.tasks.translation.codec import TranslationCodec
from seqnlp.tasks.translation.task import TranslatorTask

if TYPE_CHECKING:
    from seqnlp.tasks.translation.settings import NetworkSettings, TranslatorSettings
    from seqnlp.training.batches import TrainingBatches


@dataclass(frozen=True)
class TrainedTranslator:
    """A run of `seqnlp train translator`, and the files that contenders with other libraries read.

    Attributes:
        run: The run directory.
        directory: The directory to which `make` writes.
    """

    run: Path
    directory: Path

    @property
    def model(self) -> Path:
        """The exported file."""
        return self.run / "model.onnx"

    @property
    def settings(self) -> "TranslatorSettings":
        """The settings of the run."""
        from seqnlp.tasks.translation.settings import TranslatorSettings

        return TranslatorSettings.load(self.run / "config.toml")

    @property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The weights of the network by path."""
        return load_weights(self.directory)

    @property
    def codec(self) -> TranslationCodec:
        """The codec of the exported file."""
        return TranslationCodec.from_spec(
            json.loads((self.directory / "codec.json").read_text(encoding="utf-8"))
        )

    @property
    def prepared(self) -> Prepared[SentencePair, TranslationCodec]:
        """The prepared corpus of the run."""
        return load_prepared(self.directory / "prepared", TranslatorTask())

    @property
    def network_settings(self) -> "NetworkSettings":
        """The settings of the network with all sizes."""
        return self.settings.network.sized(self.prepared.train.tokens)

    @property
    def batches(self) -> "TrainingBatches":
        """The training batches."""
        return TranslatorTask().batches(self.prepared.train, self.settings)

    def make(self) -> tuple[int, str]:
        """Prepare the corpus of the run, and write the weights of its network.

        Returns:
            The number of parameters of the network, and its description.

        Raises:
            SeqnlpError: A file of the run or its corpus is missing or damaged.
        """
        from seqnlp.serving.model_file import open_model
        from seqnlp.tasks.corpus import prepare
        from seqnlp.training.networks import load_network

        task, settings = TranslatorTask(), self.settings
        spec = open_model(self.model).spec["codec"]
        (self.directory / "codec.json").write_text(json.dumps(spec), encoding="utf-8")
        prepare(task, settings).write(self.directory / "prepared", task)
        network = load_network(self.run / "model.keras", task.network())
        save_weights(network, self.directory)
        return int(network.count_params()), task.describe(network, settings)
