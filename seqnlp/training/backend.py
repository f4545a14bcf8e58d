"""TensorFlow, loaded without the noise that its libraries make."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2


def load_tensorflow() -> None:
    """Import TensorFlow; to be called before anything that imports Keras.

    Its C++ parts greet, and report the GPU that is not there, on the file descriptor of stderr, before any
    setting of theirs applies. Errors of the import itself are Python exceptions and come through.

    Tensors come from TensorFlow's own store of memory: a translator's step that asks the system for each of
    its large ones, and gives it back, spends a fifth of its time on pages that are new.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        with _silent():
            import tensorflow
        # Else it warns of functions that are traced for one shape after the other, as ours are meant to be.
        tensorflow.get_logger().setLevel(logging.ERROR)


@contextmanager
def _silent() -> Iterator[None]:
    """Send what is written to the descriptor of stderr nowhere."""
    kept = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        os.close(nowhere)
