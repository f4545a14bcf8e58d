"""The tagger of a run whose words have the states of a language model."""

from pathlib import Path

from benchmarks.contenders.batches import Sentences
from seqnlp.tasks.tagging.model import Tagger


class Prediction:
    """Predict the labels of words with `Tagger.tag`.

    Args:
        model: The model file.
        sentences: The sentences to tag.
        threads: Number of threads.
    """

    def __init__(self, model: Path, sentences: Sentences, threads: int) -> None:
        self.tagger = Tagger.load(model, threads)
        self.sentences = sentences

    def run(self) -> int:
        """Tag all sentences at once, and return the number of words."""
        return sum(len(labels) for labels, _ in self.tagger.tag(self.sentences))

    def one_by_one(self, count: int) -> int:
        """Tag the first sentences one at a time, and return the number of words."""
        return sum(len(self.tagger.tag([words])[0][0]) for words in self.sentences[:count])


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
