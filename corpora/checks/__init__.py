"""Summaries of corpora."""
