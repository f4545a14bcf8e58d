"""Import TensorFlow quietly."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2


def load_tensorflow() -> None:
    """Import TensorFlow without its log lines. Call this before anything imports Keras.

    TensorFlow's C++ code writes to the file descriptor of stderr before any of its settings apply. Import
    errors are Python exceptions and are not hidden.

    CPU tensors use TensorFlow's BFC allocator. It keeps the memory of large tensors between steps, where the
    system allocator would return it and request it again.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        with _discard_stderr():
            import tensorflow
        # TensorFlow warns of repeated tracing, but training traces a function for each padded shape.
        tensorflow.get_logger().setLevel(logging.ERROR)


@contextmanager
def _discard_stderr() -> Iterator[None]:
    """Discard the output to the file descriptor of stderr."""
    saved = os.dup(_STDERR)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, _STDERR)
        yield
    finally:
        os.dup2(saved, _STDERR)
        os.close(saved)
        os.close(null)
