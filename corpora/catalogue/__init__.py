"""The corpora that seqnlp knows by name."""
