"""Benchmarks of speed and quality. Each module is one command and prints a table that `docs/` shows."""
