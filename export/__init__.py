"""A Keras network to a model.onnx."""

if __name__ != "seqnlp.export":
    raise ImportError("import seqnlp.export, not export: a file must not be loaded as two modules")
