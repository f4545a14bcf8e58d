"""The language model of seqnlp."""

from collections.abc import Sequence

from benchmarks.contenders.language_models import Draw, GenerationContender
from benchmarks.untrained_language_model import UntrainedLanguageModel
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.model import LanguageModel


class Generation(GenerationContender):
    """Continue texts with `LanguageModel.predict`.

    Args:
        model: The model.
        prompts: The prompts.
        length: Number of characters to add.
        threads: Number of threads.
    """

    def __init__(
        self, model: UntrainedLanguageModel, prompts: Sequence[str], length: int, threads: int
    ) -> None:
        super().__init__(prompts, length)
        self.model = LanguageModel.load(model.model, threads)

    def texts(self, prompts: Sequence[str], draw: Draw) -> list[str]:
        """Return the continuation of each prompt."""
        return [found.text for found in self.model.predict(prompts, self._options(draw))]

    def stream(self, top_k: int) -> int:
        """Continue the first prompt piece by piece, and return the number of new characters."""
        self.seed += 1
        options = self._options(Draw(top_k=top_k, seed=self.seed))
        return sum(map(len, self.model.stream(self.prompts[0], options)))

    def _options(self, draw: Draw) -> GenerationOptions:
        return GenerationOptions(self.length, draw.temperature, draw.top_k, seed=draw.seed)
