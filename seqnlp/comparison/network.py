"""The network of a synthetic task."""

import keras
from keras import ops

from seqnlp.comparison.synthetic_tasks import SyntheticTask
from seqnlp.comparison.variant import Variant
from seqnlp.layers.network import TaskNetwork
from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Tensor


class SequenceNetwork(TaskNetwork):
    """One recurrent layer, and a dense layer that predicts the targets of the last steps.

    Args:
        task: The synthetic task.
        variant: The cell and its directions.
        units: Hidden units of each direction.
        seed: Seed of the recurrent layer.
    """

    def __init__(self, task: SyntheticTask, variant: Variant, units: int, seed: int) -> None:
        super().__init__({})
        self.task = task
        self.recurrent = Recurrent(units, variant.cell, variant.bidirectional, seed=seed)
        self.output_layer = keras.layers.Dense(task.outputs)

    def states(self, inputs: Tensor) -> Tensor:
        """Compute the hidden states, [rows, time, size], of inputs [rows, time, features]."""
        rows, steps = ops.shape(inputs)[:2]
        return self.recurrent(inputs, ops.full((rows,), steps, dtype="int32"))

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Compute the predictions, [rows, target_steps, outputs]."""
        return self.output_layer(self.states(inputs)[:, -self.task.target_steps :])

    def gold_loss(self, inputs: Tensor, outputs: Tensor, gold: Tensor, training: bool) -> Tensor:
        """Return the loss of the task."""
        return self.task.loss(outputs, gold)
