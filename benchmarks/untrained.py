"""A tagger that was not trained: real vocabularies, random weights. It is as fast as a trained one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.tagging.codec import TaggingCodec

if TYPE_CHECKING:
    from seqnlp.tagging.config import TaggerSettings
    from seqnlp.tagging.prepared import Prepared

CHECKED = 50  # sentences on which an export is held to the network


@dataclass(frozen=True)
class Untrained:
    """The files of such a tagger, which every contender reads.

    Attributes:
        directory: Where they are.
        corpus: The corpus whose vocabularies it has.
    """

    directory: Path
    corpus: str

    @property
    def model(self) -> Path:
        """The exported file."""
        return self.directory / "model.onnx"

    @property
    def settings(self) -> "TaggerSettings":
        """The default settings, for the corpus."""
        from seqnlp.tagging.config import TaggerSettings

        return TaggerSettings.read(overrides=[f'data.corpus="{self.corpus}"'])

    @property
    def prepared(self) -> "Prepared":
        """The encoded corpus."""
        from seqnlp.tagging.prepared import Prepared

        return Prepared.read(self.directory / "prepared")

    @property
    def codec(self) -> TaggingCodec:
        """The codec as it is in training, without a table of known words."""
        spec = json.loads((self.directory / "prepared" / "codec.json").read_text(encoding="utf-8"))
        return TaggingCodec.from_spec(spec)

    @property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's weights by their paths, and the `transitions`, `start` and `end` of its CRF."""
        with np.load(self.directory / "weights.npz") as file:
            return dict(file)

    def make(self) -> int:
        """Prepare the corpus, build the network and export it.

        Returns:
            How many parameters the network has.
        """
        from seqnlp.cli.tagger_task import TaggerTask
        from seqnlp.export.tagger import export_tagger
        from seqnlp.tagging.building import build_network

        settings = self.settings
        prepared = TaggerTask().prepare(settings)
        prepared.write(self.directory / "prepared")
        network = build_network(prepared.codec, settings.network, settings.training.seed)
        assert network.crf is not None, "the default decoder"
        arrays: dict[str, Any] = {w.path.partition("/")[2]: np.asarray(w) for w in network.weights}
        scores = map(np.asarray, network.crf.scores())
        arrays.update(zip(("transitions", "start", "end"), scores, strict=True))
        np.savez(self.directory / "weights.npz", **arrays)
        metadata = {
            "spec": {"tokenizer": {"name": settings.text.tokenizer}},
            "provenance": {},
            "seen": prepared.seen,
        }
        dev = [sentence.words for sentence in prepared.held_out["dev"].sentences[:CHECKED]]
        export_tagger(network, prepared.codec, self.model, metadata, dev)
        return int(network.count_params())
