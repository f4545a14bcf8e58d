"""The base class of tasks whose networks read words."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from seqnlp.data.words import EncodedWords, WordCodec
from seqnlp.errors import ConfigError
from seqnlp.tasks.task import Example, ModelT, Record, Task
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Array, Arrays, Flags, Integers, JsonObject, Network, Tensor

if TYPE_CHECKING:
    from seqnlp.data.encoded import Encoded
    from seqnlp.tasks.prepared import Prepared
    from seqnlp.training.batches import TrainingBatches
    from seqnlp.training.run_directory import RunDirectory
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

    def check(self, settings: WordSettingsT) -> None:
        """Check that the language model of the settings can be read, and that an auxiliary one has states.

        Raises:
            ConfigError: It cannot, there is none to be fine-tuned, or no state could predict words.
        """
        network = settings.network
        if network.auxiliary_language_model and network.language_model is not None:
            raise ConfigError(
                "network.auxiliary_language_model and network.language_model exclude each other: states of a "
                "language model already contain the words that an auxiliary one predicts"
            )
        if network.auxiliary_language_model and not network.layers:
            raise ConfigError("network.auxiliary_language_model needs a recurrent layer (network.layers)")
        if network.language_model is not None:
            from seqnlp.training.language_models import read_language_codec

            read_language_codec(network.language_model)
        elif network.fine_tuning != "frozen":
            raise ConfigError("network.fine_tuning needs network.language_model")

    def add_language_model(self, codec: WordCodecT, settings: WordSettingsT) -> WordCodecT:
        """Return a codec that also encodes words as tokens of the language model of the settings.

        Raises:
            ConfigError: The language model cannot be read.
        """
        if settings.network.language_model is None:
            return codec
        from seqnlp.training.language_models import read_language_codec

        return replace(codec, language=read_language_codec(settings.network.language_model))

    def training_codec(self, codec: WordCodecT) -> WordCodecT:
        """Return the codec without the table of character vectors, which only a model file has."""
        return replace(codec, caches_characters=False, uses_characters=True)

    def architecture(self, config: JsonObject) -> dict[str, Any]:
        """Return the size of word embeddings. Pre-trained vectors are among the weights of the other run."""
        return {"network.vectors": None, "network.word_dimension": config["encoder"]["word_dimension"]}

    def extend_network(
        self, network: Network, prepared: "Prepared[Example, WordCodecT]", settings: WordSettingsT
    ) -> Network:
        """Return the network with rows for new words, characters and labels.

        New words and characters have the vectors of unknown ones, so predictions do not change at first.
        Output weights of new labels are initial weights.
        """
        from seqnlp.training.weights import rebuild, repeat_row

        codec, chosen, old = prepared.codec, settings.network, network.arguments["encoder"]
        encoder = {
            **old,
            "word_count": len(codec.words),
            "character_count": len(codec.characters),
            "dropout": chosen.dropout,
            "recurrent_dropout": chosen.recurrent_dropout,
        }
        others = {"seed": settings.training.seed, **self.network_arguments(prepared, settings)}
        extended = rebuild(network, {"encoder": encoder, **others})
        new = extended.encoder
        repeat_row(new.word_embedding.embeddings, UNKNOWN, old["word_count"])
        if new.word_features is not None:
            repeat_row(new.word_features, UNKNOWN, old["word_count"])
        if new.character_encoder is not None:
            repeat_row(new.character_encoder.embedding.embeddings, UNKNOWN, old["character_count"])
        return extended

    def network_arguments(
        self, prepared: "Prepared[Example, WordCodecT]", settings: WordSettingsT
    ) -> dict[str, Any]:
        """Return the arguments of the network that depend on labels or on adjustable settings.

        Training that starts from another run uses them instead of those of its network. The encoder is not
        among them.
        """
        return {}

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

    def precompute(
        self,
        network: Network,
        prepared: "Prepared[Example, WordCodecT]",
        settings: WordSettingsT,
        run: "RunDirectory",
    ) -> "Prepared[Example, WordCodecT]":
        """Return the corpus with the states of a frozen language model, so that no epoch computes them.

        Raises:
            DataError: A run is resumed, and its language model has changed.
        """
        layer = network.encoder.language_states
        if layer is None or layer.trainable:
            return prepared
        from seqnlp.training.language_features import compute_features
        from seqnlp.training.language_models import check_same_model

        assert settings.network.language_model is not None
        check_same_model(settings.network.language_model, run)

        def add(name: str, encoded: "Encoded") -> Any:
            words = self.words(encoded)
            path = run.checkpoints / f"language-{name}.npy"
            features = replace(words, language=compute_features(layer, words, path))
            changed: Any = encoded
            return features if words is encoded else replace(changed, words=features)

        return replace(
            prepared,
            train=add("train", prepared.train),
            held_out={
                name: replace(split, encoded=add(name, split.encoded))
                for name, split in prepared.held_out.items()
            },
        )

    def measures(self, codec: WordCodecT, encoded: "Encoded") -> Mapping[str, tuple[Integers, Array | None]]:
        """Return the number of words of each example, and the word ids."""
        words = self.words(encoded)
        return {"": (words.windows.sentence_lengths, words.words)}

    def mask(self, inputs: Arrays) -> Flags | None:
        """Return a mask of the positions that contain a word, bool [batch, time]."""
        return np.asarray(np.arange(inputs["words"].shape[1]) < inputs["lengths"][:, None])
