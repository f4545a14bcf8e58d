"""The catalogue: corpora by name."""
