"""Summaries of records and their problems, one class per kind of record."""
