"""The recurrent nodes of an exported model alone, as an upper bound for the speed of the model."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from benchmarks.untrained import Untrained

Run = Callable[[], Any]

RECURRENT = ("LSTM", "GRU", "RNN")


class Prediction:
    """Predict with the recurrent nodes alone, from prepared random inputs.

    Args:
        untrained: The model.
        batches: The lengths of the rows of each batch.
        threads: Number of threads.
    """

    def __init__(self, untrained: Untrained, batches: Sequence[NDArray[np.int32]], threads: int) -> None:
        random = np.random.default_rng(1)
        graph = onnx.load(untrained.model).graph
        weights = {weight.name: weight for weight in graph.initializer}
        self.together: list[Run] = []
        self.alone: list[Run] = []
        for node in graph.node:
            if node.op_type not in RECURRENT:
                continue
            width = weights[node.input[1]].dims[-1]
            whole, one = (_session(node, weights, width, count) for count in (threads, 1))
            for lengths in batches:
                inputs = random.standard_normal((lengths.max(), len(lengths), width), np.float32)
                feed = {"inputs": inputs, "lengths": lengths}
                self.together.append(partial(whole.run, ["states"], feed))
                self.alone.append(partial(one.run, ["states"], feed))
        self.workers = ThreadPoolExecutor(threads)
        self.tokens = int(sum(lengths.sum() for lengths in batches))

    def run(self) -> int:
        """Run one batch after the other on all threads, and return their number of tokens."""
        for run in self.together:
            run()
        return self.tokens

    def run_parallel(self) -> int:
        """Run one batch per thread at a time, and return the number of tokens."""
        for each in [self.workers.submit(run) for run in self.alone]:
            each.result()
        return self.tokens


def _session(node: onnx.NodeProto, weights: dict[str, onnx.TensorProto], width: int, threads: int) -> Any:
    """Return a session with only this node. It reads `inputs` [time, batch, width] and `lengths` [batch]."""
    alone = onnx.NodeProto()
    alone.CopyFrom(node)
    names = ["inputs", node.input[1], node.input[2], node.input[3], "lengths"]
    alone.input[:] = names
    alone.output[:] = ["states"]
    float32, int32 = onnx.TensorProto.FLOAT, onnx.TensorProto.INT32
    graph = onnx.helper.make_graph(
        [alone],
        "recurrent",
        [
            onnx.helper.make_tensor_value_info("inputs", float32, ["time", "batch", width]),
            onnx.helper.make_tensor_value_info("lengths", int32, ["batch"]),
        ],
        [onnx.helper.make_tensor_value_info("states", float32, None)],
        [weights[name] for name in names[1:4]],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
