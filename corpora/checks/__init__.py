"""Summaries: what records contain and what is wrong with them, one class per kind of record."""
