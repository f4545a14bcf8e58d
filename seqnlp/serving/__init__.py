"""Serving: model files, sessions and workers. Needs numpy and onnxruntime only."""
