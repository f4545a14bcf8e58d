"""Train recurrent sequence models on your own text, deploy each as one ONNX file."""

__version__ = "0.1.0"
