"""Comparison of recurrent cells on synthetic memory tasks and on corpora."""
