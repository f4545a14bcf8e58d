"""Cells held against each other: on made-up tasks that ask for memory, and on a corpus."""
