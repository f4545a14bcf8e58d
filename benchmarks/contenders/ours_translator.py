"""The translator of seqnlp."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from benchmarks.contenders.ours import WholeSteps
from benchmarks.contenders.translators import Output, TranslatorPrediction
from benchmarks.trained import TrainedTranslator
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions


class Prediction(TranslatorPrediction):
    """Translate texts with `Translator.predict`, which makes its own batches.

    Args:
        model: The model.
        texts: The texts to translate.
        threads: Number of threads.
    """

    def __init__(self, model: TrainedTranslator, texts: Sequence[str], threads: int) -> None:
        super().__init__(texts)
        self.translator = Translator.load(model.model, threads)

    def translate(self, texts: Sequence[str], size: int, beam_size: int) -> list[Output]:
        """Return the best translation of each text."""
        return self._found(texts, SearchOptions(beam_size))

    def timed(self, texts: Sequence[str], maximum: int) -> tuple[int, float]:
        """Translate texts up to a length limit, and return the longest length and the seconds."""
        start = perf_counter()
        found = self._found(texts, SearchOptions(max_length=maximum))
        return max(written.size for written in found), perf_counter() - start

    def _found(self, texts: Sequence[str], options: SearchOptions) -> list[Output]:
        best = (found.hypotheses[0] for found in self.translator.predict(texts, options))
        return [Output(one.text, one.subwords) for one in best]


class Training(WholeSteps):
    """Complete training steps of the translator. Its tokens are target subwords.

    Args:
        model: Defines the corpus and the settings.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, model: TrainedTranslator, steps: int, threads: int) -> None:
        super().__init__(model, steps, threads, counted="target_lengths")

    def build(self, model: TrainedTranslator) -> Any:
        """Return a new network."""
        from seqnlp.tasks.translation.building import build_network

        return build_network(model.codec, model.network_settings, model.settings.training.seed)
