"""A Keras network to a model.onnx."""
