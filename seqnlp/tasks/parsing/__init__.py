"""Parsing: the constituents of a sentence, from its words."""
