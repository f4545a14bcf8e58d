"""Tagging: a label for every word, or spans of words."""
