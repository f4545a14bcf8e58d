"""Adam with lazy updates of embeddings."""

from typing import Any

import keras
from keras import ops

from seqnlp.types import Tensor


@keras.saving.register_keras_serializable("seqnlp")
class LazyAdam(keras.optimizers.Adam):
    """Adam (Kingma and Ba 2015) that updates only the rows of an embedding that a batch uses.

    A batch of a thousand tokens has gradients for a few hundred of the many thousand rows of an embedding.
    Plain Adam updates all rows at every step, because the moments decay everywhere. Here the moments of a row
    decay only when the row is used. Clipping by global norm keeps the gradients sparse. Gradients of
    embeddings are sparse on TensorFlow only; on other backends this is plain Adam.

    The arguments are those of `keras.optimizers.Adam`.
    """

    def update_step(self, gradient: Tensor, variable: Tensor, learning_rate: Tensor) -> None:
        """Update one variable with its gradient."""
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
