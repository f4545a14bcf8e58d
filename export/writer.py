"""Write model files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.data.codec import Codec
from seqnlp.export.graph import Graph
from seqnlp.files import atomic_write
from seqnlp.serving.model_file import FORMAT
from seqnlp.serving.runtime import load_runtime, runtime_source
from seqnlp.strict_json import dump_json
from seqnlp.types import JsonObject

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def write_model(
    graph: Graph[Codec],
    task_name: str,
    metadata: JsonObject,
    path: Path,
    check: "Callable[[InferenceSession], None]",
) -> None:
    """Write a model file if it passes a check. Otherwise write nothing.

    Args:
        graph: The graph and its codec. The metadata are added to its model.
        task_name: Name of the task.
        metadata: JSON values: `spec` without the codec, `provenance`, and others.
        path: The file to write.
        check: Receives a session of the complete file. It raises `ParityError` to reject the file.
    """
    onnxruntime = load_runtime()
    spec = {**metadata["spec"], "codec": graph.codec.to_spec()}
    values = {key: dump_json(value) for key, value in {**metadata, "format": FORMAT, "spec": spec}.items()}
    for key, value in {**values, "task": task_name}.items():
        graph.model.metadata_props.add(key=f"seqnlp.{key}", value=value)
    with atomic_write(path) as temporary:
        temporary.write_bytes(graph.model.SerializeToString())
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # no warnings about inputs with default values
        check(
            onnxruntime.InferenceSession(
                runtime_source(temporary), options, providers=["CPUExecutionProvider"]
            )
        )
