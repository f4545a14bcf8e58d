"""The base classes of networks."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Self

import keras

from seqnlp.layers.encoder import Encoder, EncoderConfig
from seqnlp.types import Tensor


class TaskNetwork(keras.Model):
    """A network that computes its loss from its inputs, its outputs and the gold targets.

    Args:
        arguments: The arguments of the subclass's constructor as JSON values, for `get_config`.
    """

    def __init__(self, arguments: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments

    @abstractmethod
    def gold_loss(self, inputs: Any, outputs: Any, gold: Any, training: bool) -> Tensor:
        """Return the loss of a batch, a scalar.

        Args:
            inputs: The arguments of `call`.
            outputs: The result of `call`.
            gold: The targets.
            training: Whether the network is being trained.
        """

    @property
    def unfrozen_groups(self) -> Sequence[Sequence[Tensor]]:
        """Groups of pre-trained weights, which training unfreezes one after the other; by default none."""
        return ()

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Return `gold_loss` plus the losses that layers have added in `call`. Keras calls this method."""
        loss = self.gold_loss(x, y_pred, y, training)
        for added in self.losses:
            loss += added
        return loss

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), **self.arguments}


class WordNetwork(TaskNetwork):
    """A network with an encoder of words. Dropout follows the encoder.

    Args:
        encoder: The configuration of the encoder.
        seed: Random seed of dropout.
        arguments: The other arguments of the subclass's constructor as JSON values.
    """

    def __init__(
        self, encoder: EncoderConfig, seed: int | None, arguments: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__({"encoder": asdict(encoder), "seed": seed, **arguments}, **kwargs)
        self.encoder = Encoder(encoder, seed, name="encoder")
        self.dropout = keras.layers.Dropout(
            encoder.dropout, seed=None if seed is None else seed + encoder.layers
        )

    @property
    def unfrozen_groups(self) -> Sequence[Sequence[Tensor]]:
        """The weights of a language model that is fine-tuned."""
        states = self.encoder.language_states
        return states.groups if states is not None and states.fine_tuned else ()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Create a network from the result of `get_config`."""
        return cls(**{**config, "encoder": EncoderConfig.from_values(config["encoder"])})
