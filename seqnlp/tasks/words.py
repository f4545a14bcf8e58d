"""The base class of tasks whose networks read words."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.tasks.task import Example, ModelT, Record, Task
from seqnlp.types import Array, Arrays, Flags, Integers, Network, Tensor

if TYPE_CHECKING:
    from seqnlp.data.encoded import Encoded
    from seqnlp.training.batches import TrainingBatches
    from seqnlp.training.word_settings import WordTaskSettings

WordCodecT = TypeVar("WordCodecT", bound=WordCodec)
WordSettingsT = TypeVar("WordSettingsT", bound="WordTaskSettings")


class WordTask(
    Task[Record, Example, WordSettingsT, WordCodecT, ModelT],
    Generic[Record, Example, WordSettingsT, WordCodecT, ModelT],
):
    """A task whose encoded examples contain `EncodedWords`, and whose settings have `text` and `network`.

    A batch has `words` [rows, time] and `lengths` [rows].
    """

    @abstractmethod
    def words(self, encoded: "Encoded") -> EncodedWords:
        """Return the words of encoded examples."""

    @abstractmethod
    def example_words(self, codec: WordCodecT, example: Example) -> Sequence[str]:
        """Return the words of an example."""

    @abstractmethod
    def predict_words(self, model: ModelT, sentences: Sequence[Sequence[str]]) -> Sequence[Any]:
        """Predict sentences of words, to measure the speed."""

    @abstractmethod
    def step_outputs(self, network: Network, states: Tensor) -> Tensor:
        """Return the outputs of the network at each step for hidden states of its encoder.

        The gradient of the last step shows how far back the network remembers.

        Args:
            network: The network.
            states: float32 [time, batch, size].

        Returns:
            float32 [batch, time, outputs].
        """

    def batches(self, encoded: "Encoded", settings: WordSettingsT) -> "TrainingBatches":
        """Return the training batches, with word dropout.

        For an auxiliary language model they also have `gold_words`, the words before word dropout.
        """
        from seqnlp.data.word_dropout import drop_words, unknown_rates
        from seqnlp.training.batches import TrainingBatches

        rates = unknown_rates(self.words(encoded).words, settings.network.word_dropout)
        auxiliary = settings.network.auxiliary_language_model > 0

        def drop(arrays: Arrays, random: np.random.Generator) -> Arrays:
            gold = {"gold_words": arrays["words"]} if auxiliary else {}
            return {**arrays, **gold, "words": drop_words(arrays["words"], rates, random)}

        return TrainingBatches.from_settings(encoded, settings.training, self.targets, drop)

    def measures(self, codec: WordCodecT, encoded: "Encoded") -> Mapping[str, tuple[Integers, Array | None]]:
        """Return the number of words of each example, and the word ids."""
        words = self.words(encoded)
        return {"": (words.windows.sentence_lengths, words.words)}

    def mask(self, inputs: Arrays) -> Flags | None:
        """Return a mask of the positions that contain a word, bool [batch, time]."""
        return np.asarray(np.arange(inputs["words"].shape[1]) < inputs["lengths"][:, None])
