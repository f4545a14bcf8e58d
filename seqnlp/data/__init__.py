"""Data: encoded words, batches and prepared corpora."""
