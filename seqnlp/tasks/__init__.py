"""The tasks: one folder for each."""
