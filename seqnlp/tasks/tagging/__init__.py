"""Tagging: a tag for each word, such as the parts of names or parts of speech."""
