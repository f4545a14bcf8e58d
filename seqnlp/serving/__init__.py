"""Serving: model files, sessions, threads and the base class of models. Needs only numpy and onnxruntime."""
