"""Tagging: a tag for each word, such as those of names, chunks or parts of speech."""
