"""ONNX Runtime: its import, and the form in which it takes model files."""

import os
from pathlib import Path
from typing import Any


def load_runtime() -> Any:
    """Import and return ONNX Runtime, without its telemetry unless `ORT_DISABLE_TELEMETRY` is set already.

    With telemetry, version 1.32 writes to the user's cache folder when it is imported, and warns on standard
    error if it cannot.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def runtime_source(file: Path) -> str | bytes:
    """Return the path of a model file for ONNX Runtime, or its content if the path is not UTF-8."""
    try:
        return os.fsencode(file).decode()
    except UnicodeDecodeError:
        return file.read_bytes()
