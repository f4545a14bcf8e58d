"""Adam that touches only the rows of an embedding that a batch used."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("seqnlp")
class LazyAdam(keras.optimizers.Adam):
    """Adam (Kingma and Ba 2015) with lazy updates of embeddings, and global clipping that keeps them sparse.

    A batch of a thousand tokens has gradients in some hundred rows of an embedding of many thousand. Plain
    Adam moves all rows at every step, since the moments decay everywhere; here the moments of a row decay
    when it is used. On other backends than TensorFlow, whose gradients of embeddings are dense, it is Adam.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one variable by its gradient."""
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
            return super()._clip_gradients(gradients)
        import tensorflow as tf

        return tf.clip_by_global_norm(gradients, self.global_clipnorm)[0]
