"""seqnlp's translator."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from benchmarks.contenders.ours import WholeSteps
from benchmarks.contenders.translators import TranslatorPrediction, Written
from benchmarks.trained import TrainedTranslator
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions


class Prediction(TranslatorPrediction):
    """Texts in, texts out, by `Translator.predict`, which makes batches of its own.

    Args:
        model: The model.
        texts: What to translate.
        threads: How many threads compute.
    """

    def __init__(self, model: TrainedTranslator, texts: Sequence[str], threads: int) -> None:
        super().__init__(texts)
        self.translator = Translator.load(model.model, threads)

    def translate(self, texts: Sequence[str], size: int, beam_size: int) -> list[Written]:
        """The best translation of each text."""
        return self._found(texts, SearchOptions(beam_size))

    def timed(self, texts: Sequence[str], maximum: int) -> tuple[int, float]:
        """Translate texts within a limit; return the pieces of the longest hypothesis, and the seconds."""
        start = perf_counter()
        found = self._found(texts, SearchOptions(max_length=maximum))
        return max(written.size for written in found), perf_counter() - start

    def _found(self, texts: Sequence[str], options: SearchOptions) -> list[Written]:
        best = (found.hypotheses[0] for found in self.translator.predict(texts, options))
        return [Written(one.text, one.subwords) for one in best]


class Training(WholeSteps):
    """Whole steps of the translator, whose tokens are the target's pieces.

    Args:
        model: Gives the corpus and the settings.
        steps: How many batches.
        threads: How many threads compute.
    """

    def __init__(self, model: TrainedTranslator, steps: int, threads: int) -> None:
        super().__init__(model, steps, threads, counted="target_lengths")

    def built(self, model: TrainedTranslator) -> Any:
        """A new network."""
        from seqnlp.tasks.translation.building import build_network

        return build_network(model.codec, model.sized, model.settings.training.seed)
