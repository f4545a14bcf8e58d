"""Export of Keras networks to ONNX model files."""

if __name__ != "seqnlp.export":
    raise ImportError("import seqnlp.export, not export: a file must not be loaded as two modules")
