"""Recurrent layers as single ONNX nodes.

The usual conversion turns a recurrent layer into a `Loop`. Here, the layer emits a placeholder op while it is
traced: TensorFlow's `CudnnRNNV3`, which never runs and therefore needs no kernel. A
tf2onnx handler replaces each placeholder by one ONNX `LSTM`, `GRU` or `RNN` with `sequence_lens`. The
`params` of the placeholder hold the weights in ONNX's layout: W, R and B of all directions, flattened.
"""

from typing import Any

import numpy as np

from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Array, Floats, Tensor

_OPERATOR = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
_MODE = {"lstm": "lstm", "gru": "gru", "rnn": "rnn_tanh"}
_CELL = {mode: cell for cell, mode in _MODE.items()}
# The index in Keras of each ONNX gate; for the LSTM: input, output, forget, candidate.
_GATES = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "rnn": (0,)}


def emit_placeholder(
    layer: Recurrent, inputs: Tensor, lengths: Tensor, start: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Emit the placeholder op of a layer, for `seqnlp.layers.recurrent.placeholders`.

    Args:
        layer: The layer with its final weights.
        inputs: float32 [batch, time, input], or [time, batch, input] if the layer is time-major.
        lengths: int32 [batch]. A row of length 0 runs one step, whose result must be ignored.
        start: The initial state, [directions, states, batch, units]; None for zeros.

    Returns:
        The hidden states, float32 [batch, time, directions * units], or [time, batch, ...] if the layer is
        time-major, and the final state, [directions, states, batch, units].
    """
    import tensorflow as tf

    directions = len(layer.directions)
    inputs = layer.swap_axes(inputs)
    batch = tf.shape(inputs)[1]
    state = tf.zeros([directions, 2, batch, layer.units]) if start is None else start
    with tf.init_scope():  # outside the traced graph, where weights have values
        parameters = _flatten_weights(layer)
    found = tf.raw_ops.CudnnRNNV3(
        input=inputs,
        input_h=state[:, 0],
        input_c=state[:, 1] if layer.cell == "lstm" else tf.zeros([0]),
        params=tf.constant(parameters),
        sequence_lengths=tf.maximum(lengths, 1),
        rnn_mode=_MODE[layer.cell],
        # Attributes that are not used otherwise tell the handler whether there is a state, and the direction.
        seed=int(start is not None),
        seed2=int(layer.backwards),
        direction="bidirectional" if layer.bidirectional else "unidirectional",
        is_training=False,
        time_major=True,
    )
    hidden = tf.ensure_shape(found.output, [None, None, directions * layer.units])
    states = [found.output_h, found.output_c] if layer.cell == "lstm" else [found.output_h]
    last = [tf.ensure_shape(state, [directions, None, layer.units]) for state in states]
    return layer.swap_axes(hidden), tf.stack(last, axis=1)


def _flatten_weights(layer: Recurrent) -> Floats:
    """Return W, R and B of all directions, flattened and concatenated."""
    parts: tuple[list[Array], ...] = ([], [], [])
    for direction in layer.directions:
        kernel, recurrent, bias = (np.asarray(weight) for weight in direction.get_weights())
        both = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
        parts[0].append(_reorder_gates(kernel, layer.cell).T)
        parts[1].append(_reorder_gates(recurrent, layer.cell).T)
        parts[2].append(_reorder_gates(both, layer.cell).reshape(-1))
    return np.concatenate([np.stack(part).reshape(-1) for part in parts])


def _reorder_gates(weights: Array, cell: str) -> Array:
    """Reorder the gates along the last axis from Keras' order to ONNX's."""
    order = _GATES[cell]
    return np.concatenate([np.split(weights, len(order), axis=-1)[gate] for gate in order], axis=-1)


def convert_placeholder(context: Any, node: Any, name: str, args: Any) -> None:
    """Replace a placeholder op by an ONNX node; a handler for tf2onnx.

    Args:
        context: The graph of tf2onnx.
        node: The placeholder op.
        name: Its name (not used).
        args: The arguments of the registration (not used).
    """
    cell = _CELL[node.get_attr_str("rnn_mode")]
    gates = len(_GATES[cell])
    directions = 2 if node.get_attr_str("direction") == "bidirectional" else 1
    flat = node.inputs[3].get_tensor_value(as_list=False)
    output = node.output[0]
    units = context.get_shape(output)[-1] // directions
    # `flat` has directions * gates * units * (input + units + 2) numbers.
    width = flat.size // (directions * gates * units) - units - 2
    shapes = (
        (directions, gates * units, width),
        (directions, gates * units, units),
        (directions, 2 * gates * units),
    )
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    weights = [
        context.make_const(f"{node.name}_{letter}", part.reshape(shape)).output[0]
        for letter, part, shape in zip("WRB", np.split(flat, ends[:-1]), shapes, strict=True)
    ]
    one = "reverse" if node.get_attr_int("seed2") else "forward"
    attributes: dict[str, Any] = {
        "hidden_size": units,
        "direction": "bidirectional" if directions == 2 else one,
    }
    if cell == "gru":
        attributes["linear_before_reset"] = 1
    inputs, lengths = node.input[0], node.input[4]
    start = node.input[1 : 3 if cell == "lstm" else 2] if node.get_attr_int("seed") else []
    dtype = context.get_dtype(output)
    last = node.output[1 : 3 if cell == "lstm" else 2]
    last = last if any(map(context.find_output_consumers, last)) else []
    states = f"{node.name}_states"  # [time, directions, batch, units]
    context.remove_node(node.name)
    context.make_node(
        _OPERATOR[cell],
        [inputs, *weights, lengths, *start],
        attr=attributes,
        name=f"{node.name}_node",
        outputs=[states, *last],
        dtypes=[dtype] * (1 + len(last)),
    )
    if directions == 1:
        axes = context.make_const(f"{node.name}_axes", np.array([1], np.int64)).output[0]
        context.make_node("Squeeze", [states, axes], outputs=[output], dtypes=[dtype])
        return
    swapped = context.make_node("Transpose", [states], attr={"perm": [0, 2, 1, 3]}, dtypes=[dtype])
    shape = context.make_const(f"{node.name}_shape", np.array([0, 0, 2 * units], np.int64))
    context.make_node("Reshape", [swapped.output[0], shape.output[0]], outputs=[output], dtypes=[dtype])
