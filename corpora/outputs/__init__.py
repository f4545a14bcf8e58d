"""Output of `seqnlp predict` in the formats of corpus files."""
