"""The tagger of a run whose words have the states of a language model."""

from pathlib import Path

from benchmarks.contenders import ours
from benchmarks.contenders.batches import Sentences
from seqnlp.tasks.tagging.model import Tagger


class Prediction(ours.Prediction):
    """Predict the labels of words with `Tagger.tag`.

    Args:
        model: The model file.
        sentences: The sentences to tag.
        threads: Number of threads.
    """

    def __init__(self, model: Path, sentences: Sentences, threads: int) -> None:
        self.tagger = Tagger.load(model, threads)
        self.sentences = sentences


class Network:
    """The network of a run.

    Args:
        run: The run directory.
    """

    def __init__(self, run: Path) -> None:
        from seqnlp.tasks.tagging.network import TaggingNetwork
        from seqnlp.training.networks import load_network

        self.network = load_network(run / "model.keras", TaggingNetwork)

    def parameters(self) -> tuple[int, int]:
        """Return the number of parameters of the tagger, and of its language model."""
        language = self.network.encoder.language_states
        assert language is not None, "the run has a language model"
        return int(self.network.count_params()), int(language.count_params())
