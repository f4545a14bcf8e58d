"""Adam with lazy updates of embeddings."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from seqnlp.types import Tensor

_LOWER = 1 / 2.6
"""The factor between the learning rates of a group of weights and of the one before."""


@keras.saving.register_keras_serializable("seqnlp")
class LazyAdam(keras.optimizers.Adam):
    """Adam (Kingma and Ba 2015) that updates only the rows of an embedding that a batch uses.

    A batch of a thousand tokens has gradients for a few hundred of the many thousand rows of an embedding.
    Plain Adam updates all rows at every step, because the moments decay everywhere. Here the moments of a row
    decay only when the row is used. Clipping by global norm keeps the gradients sparse. Gradients of
    embeddings are sparse on TensorFlow only; on other backends this is plain Adam.

    Pre-trained weights can be unfrozen gradually, with lower learning rates (see `unfreeze`).

    The arguments are those of `keras.optimizers.Adam`.
    """

    _unfreezing: Mapping[int, tuple[float, int]] = {}

    def unfreeze(self, groups: Sequence[Sequence[Tensor]], steps: int) -> None:
        """Unfreeze groups of weights gradually, with discriminative learning rates (Howard and Ruder 2018).

        In the first epoch only weights outside all groups are trained. Each further epoch unfreezes one more
        group. The learning rate of the first group is that of the other weights divided by 2.6, and each
        further group has a rate that is 2.6 times lower. The schedule depends only on the number of the step.

        Args:
            groups: The weights of each group.
            steps: Number of steps of an epoch.
        """
        self._unfreezing = {
            self._get_variable_index(variable): (_LOWER**number, number * steps)
            for number, group in enumerate(groups, 1)
            for variable in group
        }

    def _rate(self, variable: Tensor, learning_rate: Tensor) -> Tensor:
        """Return the learning rate of a variable at this step; 0 if it is frozen."""
        index = self._get_variable_index(variable)
        if index not in self._unfreezing:
            return learning_rate
        factor, first = self._unfreezing[index]
        return learning_rate * factor * ops.cast(self.iterations >= first, learning_rate.dtype)

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Update one variable with its gradient."""
        learning_rate = self._rate(variable, learning_rate)
        if keras.backend.backend() != "tensorflow":
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf

        index = self._get_variable_index(variable)
        momentum, velocity = self._momentums[index].value, self._velocities[index].value
        step = ops.cast(self.iterations + 1, "float32")
        rate = ops.cast(learning_rate, "float32")
        power_1, power_2 = ops.power(self.beta_1, step), ops.power(self.beta_2, step)
        if not isinstance(gradient, tf.IndexedSlices):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=momentum.handle,
                v=velocity.handle,
                beta1_power=power_1,
                beta2_power=power_2,
                lr=rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
            )
            return
        rows, places = tf.unique(gradient.indices)
        summed = tf.math.unsorted_segment_sum(gradient.values, places, tf.size(rows))
        m = self.beta_1 * tf.gather(momentum, rows) + (1 - self.beta_1) * summed
        v = self.beta_2 * tf.gather(velocity, rows) + (1 - self.beta_2) * tf.square(summed)
        alpha = rate * tf.sqrt(1 - power_2) / (1 - power_1)
        momentum.scatter_update(tf.IndexedSlices(m, rows))
        velocity.scatter_update(tf.IndexedSlices(v, rows))
        variable.scatter_sub(tf.IndexedSlices(alpha * m / (tf.sqrt(v) + self.epsilon), rows))

    def _clip_gradients(self, gradients: list[Any]) -> list[Any]:
        if keras.backend.backend() != "tensorflow" or not self.global_clipnorm:
            dense: list[Any] = super()._clip_gradients(gradients)
            return dense
        import tensorflow as tf

        clipped: list[Any] = tf.clip_by_global_norm(gradients, self.global_clipnorm)[0]
        return clipped
