"""The data files of the embedded sample corpora; `tools/sample_corpora` composes them."""
