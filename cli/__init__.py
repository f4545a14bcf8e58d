"""The command line: one file per verb."""

if __name__ != "seqnlp.cli":
    raise ImportError("import seqnlp.cli, not cli: a file must not be loaded as two modules")
