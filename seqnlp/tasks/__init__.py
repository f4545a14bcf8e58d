"""Tasks: one folder per task."""
